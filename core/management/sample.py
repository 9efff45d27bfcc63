"""Samples: what was drawn of a population, by which method and seed, sealed so that nobody draws until it suits. Pure.

A sample is drawn once. Whoever wants another one draws anew, and both stay in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap
from core.sampling import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumDrawn:
    """One `part` of the population: how many items it had, and the `lines` of those drawn, the smallest rank first.

    `population` is the SHA-256 of its items in the order of their bytes, each with a line feed behind it.
    """

    part: str
    size: int
    population: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Of what was drawn, at which size of the log and which moment, and what.

    `of` is `verdicts` (`drawn_from` checks) or `resources` (of a kind); `in_sources` are the patterns that were asked
    for, or none for all. `strata` says what parts were made by. `unseen` are sentences about what was out of sight:
    with any, the population is not shown to be complete.
    """

    of: str
    drawn_from: tuple[str, ...]
    in_sources: tuple[str, ...]
    size: int
    moment: datetime
    method: Method
    strata: str
    seed: str
    wanted: int
    parts: tuple[StratumDrawn, ...]
    unseen: tuple[str, ...]

    @property
    def population(self) -> int:
        """How many there were to draw from."""
        return sum(part.size for part in self.parts)

    @property
    def drawn(self) -> int:
        return sum(len(part.lines) for part in self.parts)


ACTS: Mapping[str, type[Drawn]] = {name_of(Drawn): Drawn}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample, who drew it and why."""

    id: str
    said: Drawn
    author: str
    login: str
    reason: str
    at: datetime
    leaf: int
    events: int = 1


def fold(events: Iterable[Event[Drawn]]) -> Sample | None:
    """The sample that these events of one make; `None` for none. Raises `RefusedActError`."""
    found: Sample | None = None
    for event in events:
        found = after(found, event)
    return found


def after(record: Sample | None, event: Event[Drawn]) -> Sample:
    """The sample that an event makes. Raises `RefusedActError` where there is one already."""
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author, seed=event.act.seed)
    if record is not None:
        raise RefusedActError(f"{record.id}: was drawn already", "draw anew: annexa sample")
    if not event.act.drawn:
        raise RefusedActError(f"{event.record}: draws nothing", "draw one item or more, from what has some")
    return Sample(
        id=event.record,
        said=event.act,
        author=event.author,
        login=event.login,
        reason=event.reason,
        at=event.at,
        leaf=event.leaf,
    )
