"""Events: what somebody did to a record that people answer for. Nothing but its events says what a record is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from core.codec import CodecError
from core.errors import AnnexaError
from core.plans import plan_for

Act = TypeVar("Act")


class RefusedActError(AnnexaError):
    """A record does not take this act as it is, or not from this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Generic[Act]):
    """One act on one record. `number` counts its events from 1: whoever acts says which one they had seen last.

    `login` is what the operating system says of whoever ran the command, `author` who they claimed to be. `signature`
    is theirs, by SSH, where they signed. `leaf` is the position that seals it.
    """

    record: str
    number: int
    at: datetime
    login: str
    author: str
    reason: str
    act: Act
    signature: str = ""
    leaf: int = -1


def written(act: object) -> tuple[str, Mapping[str, Any]]:
    """An act as plain data: its name, and what it says. Raises `CodecError`."""
    kind: Any = type(act)  # a class is hashable, which type checkers do not believe
    return name_of(kind), plan_for(kind)[0](act)


def read(acts: Mapping[str, type[Act]], name: str, content: Mapping[str, Any]) -> Act:
    """The act of this name. Raises `CodecError` for what is none."""
    if name not in acts:
        raise CodecError(f"there is no act named {name}", "a newer version of Annexa may know it")
    kind: Any = acts[name]
    found: Act = plan_for(kind)[1](content)
    return found


def name_of(kind: type) -> str:
    """How an act is called where it is sealed: `raised`."""
    return kind.__name__.lower()


def refuse_gap(record: str, event: Event[Any], before: int) -> None:
    """Raise `RefusedActError` unless an event is the one after the `before` that the record has."""
    if event.number != before + 1:
        raise RefusedActError(
            f"{record}: somebody else changed it meanwhile: this would be event {event.number}, and there are {before}",
            "look at what changed, then decide again",
        )


def refuse_empty(record: str, **texts: str) -> None:
    """Raise `RefusedActError` where something that must be said is not."""
    for name, text in texts.items():
        if not text.strip():
            how = "say why with --reason" if name == "reason" else "say it"
            raise RefusedActError(f"{record}: {name.replace('_', ' ')} is missing", f"{how}: it is what counts later")


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same but for case, spaces and how their letters are composed."""
    return bool(_folded(one)) and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(normalize("NFKC", name).casefold().split())
