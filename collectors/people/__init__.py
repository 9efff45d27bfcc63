"""People, from a CSV file that the organization exports from where it keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from collectors.people.permissions import equivalent, least_privilege
from collectors.people.settings import Settings
from collectors.people.source import PeopleFile, RecordedPeople
from core.model import Exchange, Unit
from core.plugins import Collector
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]


def open_sources(
    settings: Sequence[Settings],
    collectors: Sequence[Collector],  # noqa: ARG001 - there is one question
    clock: Clock,
) -> Iterator[Source]:
    """The configured lists. Nothing is read before the first question."""
    for entry in settings:
        yield PeopleFile(entry, clock)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - the list is judged at the moment when it was read, which is recorded
) -> RecordedPeople:
    """The list of a unit as it was then (`core.replay.Replay`)."""
    return RecordedPeople(unit, Recording(exchanges, bodies))
