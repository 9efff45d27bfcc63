"""What labels (tags) say of resources, for all clouds alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from core.model import Verdict, failed, not_applicable, passed

SHOWN = 10
"""How many resources a reason names."""


class Labelled(Protocol):
    """A resource that has labels."""

    @property
    def id(self) -> str: ...

    @property
    def labels(self) -> Collection[str]: ...


class AllLabelled(Protocol):
    """A population of such resources."""

    def __iter__(self) -> Iterator[Labelled]: ...

    def __len__(self) -> int: ...


def all_have_labels(what: str, resources: AllLabelled, keys: Sequence[str], *, any_case: bool = False) -> Verdict:
    """Whether all resources (`what`, in words) have all labels that are wanted, in `any_case` or just as written."""
    if not keys:
        return not_applicable("no label is wanted: name them in the setting keys")
    wanted = {key.casefold() if any_case else key for key in keys}
    lacking = sorted(
        each.id
        for each in resources
        if not wanted <= {label.casefold() if any_case else label for label in each.labels}
    )
    if not lacking:
        return passed(f"all of {len(resources)} {what} have {', '.join(keys)}")
    shown = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
    return failed(f"{len(lacking)} of {len(resources)} {what} lack one of {', '.join(keys)}: {shown}")
