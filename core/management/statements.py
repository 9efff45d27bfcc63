"""Statements: what the organization says of itself, made as a whole and replaced as a whole. Pure.

Each version says everything anew. The newest counts; the earlier ones stay in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from core.management.events import Event, RefusedActError, refuse_empty, refuse_gap


class Statement(Protocol):
    """What is said, and what is wrong with it: a sentence, empty when nothing is."""

    @property
    def wrong(self) -> str: ...


Said = TypeVar("Said", bound=Statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Generic[Said]):
    """A statement as it counts now; `events` is the number of this version, from 1."""

    id: str
    said: Said
    events: int
    at: datetime
    author: str
    login: str
    reason: str
    leaf: int
    signed: bool = False


def fold(events: Iterable[Event[Any]]) -> Version[Any] | None:
    """The newest version that these events of one statement make; `None` for none. Raises `RefusedActError`."""
    found: Version[Any] | None = None
    for event in events:
        found = after(found, event)
    return found


def after(before: Version[Any] | None, event: Event[Any]) -> Version[Any]:
    """The statement after one more event. Raises `RefusedActError` for one that contradicts itself."""
    refuse_gap(event.record, event, before.events if before else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if event.act.wrong:
        raise RefusedActError(f"{event.record}: {event.act.wrong}", "mend the statement, then seal it")
    return version(event)


def version(event: Event[Any]) -> Version[Any]:
    """The version that an event made, which was tried when it was sealed: it needs none of those before it."""
    return Version(
        id=event.record,
        said=event.act,
        events=event.number,
        at=event.at,
        author=event.author,
        login=event.login,
        reason=event.reason,
        leaf=event.leaf,
        signed=bool(event.signature),
    )


def twice(names: Iterable[str]) -> str:
    """The first name that stands there twice, or nothing."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""
