"""What differs from a published schema has to be declared, and what is declared has to be so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def settle(provider: str, found: Iterable[str], known: Mapping[str, str], name: str) -> None:
    """Fail for what is neither in the schema nor declared under `name`, and for what is declared and is not so."""
    told = {each.partition(", ")[0]: each for each in found}
    stray = sorted(said for key, said in told.items() if key not in known)
    stale = sorted(set(known) - told.keys())
    remedy = (
        f"If the publisher has it, make tests/shapes/{provider}.json anew (tests/shapes/derive_{provider}.py says how: it "
        f"takes in what servers show and collectors know by now). If it is a slip, mend it. If it is on purpose, say why in "
        f"{name}."
    )
    assert not stray, "\n  ".join(("Not as the published schema says:", *stray, remedy))
    assert not stale, "\n  ".join((f"Declared in {name}, and not so any more:", *stale))
