"""What commands about records that people answer for have in common: who acts and why, and an open store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import configuration
from commands.output import plain, say, table, when, write_json

if TYPE_CHECKING:
    from datetime import date

    from core.management.events import Event
    from core.management.nonconformity import Nonconformity
    from management.evidence import Evidence
    from management.looking import Step
    from management.sealing import By, Desk

Names = Annotated[list[str], typer.Argument(metavar="ID...", help="One record or several: NC-0001 NC-0002.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is sealed.")]
Claimed = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who you are, sealed as a claim. Default: your login.")
]
Sign = Annotated[
    Path | None, typer.Option("--sign", metavar="KEY", help="Sign with this SSH key: the claim becomes proof.")
]
Owner = Annotated[str, typer.Option("--owner", metavar="NAME", help="Who answers for it.")]
Due = Annotated[str, typer.Option("--due", metavar="DAY", help="By when: 2026-01-31.")]


@contextmanager
def at_desk(config: Path | None) -> Iterator[Desk]:
    """An open store, what is configured, and the clock. Raises `AnnexaError`."""
    from evidence_store.store import Store
    from management.sealing import Desk
    from runs.clock import now

    settings = configuration(config)
    with Store.open(settings.location) as store:
        yield Desk(settings, store, now)


def by(reason: str, claimed: str, sign: Path | None) -> By:
    """Who acts and why."""
    from management.sealing import By

    return By(reason=reason, name=claimed, key=sign)


def day(text: str) -> date | None:
    """A day as people write it, or none. Raises `AnnexaError`."""
    from datetime import date

    from core.errors import AnnexaError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise AnnexaError(f"{text} is not a day", "write it as 2026-01-31") from error


def needed_day(text: str) -> date:
    """A day as people write it. Raises `AnnexaError` where there is none."""
    from core.errors import AnnexaError

    found = day(text)
    if found is None:
        raise AnnexaError("a day is missing", "write it as 2026-01-31")
    return found


def event_as_json(event: Event[Any]) -> dict[str, Any]:
    """One act on a record, flat."""
    from core.management.events import written

    act, content = written(event.act)
    return {
        "number": event.number,
        "at": plain(event.at),
        "act": act,
        "author": event.author,
        "login": event.login,
        "reason": event.reason,
        "content": content,
        "signature": event.signature,
        "leaf": event.leaf,
    }


def step_as_json(step: Step) -> dict[str, Any]:
    """The same, with what can be said of its signature: `verified` is null where nobody can tell."""
    return {**event_as_json(step.event), "who": step.who, "verified": step.verified}


def say_steps(steps: Sequence[Step]) -> None:
    """Say everything that was done to a record, by whom, when and why."""
    say("", "What was done", style="bold")
    table(
        ["", "When", "What", "Who and why"],
        [[str(each.event.number), when(each.event.at), each.act, [each.who, each.event.reason]] for each in steps],
    )


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """What evidence says of a record, with the ids of the findings that fail or cannot be judged."""
    return {
        **plain(evidence),
        "sentence": evidence.sentence,
        "findings": [each.id for each in evidence.findings],
        "left": [f"{source} {scope}".strip() for source, scope in evidence.left],
    }


def told(records: Sequence[Nonconformity], *, json: bool) -> None:
    """Say what became of records."""
    if json:
        write_json(plain(records))
        return
    for each in records:
        say(f"{each.id} is {each.stage}, due {each.due}: {each.title}")
        say(f"  sealed in leaf {each.leaf}", style="dim")
