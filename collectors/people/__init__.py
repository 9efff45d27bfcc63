"""People, from a CSV file that the organization exports from where it keeps them, or from a service that knows them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.people.permissions import equivalent, least_privilege
from collectors.people.service import PeopleService
from collectors.people.settings import Service, Settings
from collectors.people.source import READ, People, PeopleFile, RecordedPeople
from collectors.rest import RecordedLine
from collectors.rest_credentials import Token
from collectors.scim.source import SCHEMAS, Extent, Scim
from collectors.scim.users import USERS
from core.model import Exchange, Unit
from core.plugins import Collector, PluginError
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
        yield _service(entry.name, entry.scim, clock) if entry.scim else PeopleFile(entry, clock)


def _service(name: str, service: Service, clock: Clock) -> Source:
    """The list that a service gives. Raises `PluginError` without the package that asking it takes."""
    try:
        from collectors._rest_line import LiveLine  # noqa: PLC0415 - who has a file, and a replay, need no httpx
    except ImportError as error:
        raise PluginError(f"SCIM needs a package: {error}", "pip install 'annexa[scim]'") from error
    token = Token(partial(service.token.reveal, os.environ))
    line = LiveLine({"": service.url}, token, {USERS, SCHEMAS}, clock, authority=service.authority)
    return PeopleService(Scim(f"people/{name}", line, Extent(tuple(service.services))), clock)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - the list is judged at the moment when it was read, which is recorded
) -> People:
    """The list of a unit as it was then (`core.replay.Replay`)."""
    if any(each.operation == READ for each in exchanges):
        return RecordedPeople(unit, Recording(exchanges, bodies))
    return PeopleService(Scim(unit.source, RecordedLine(unit, Recording(exchanges, bodies))), lambda: unit.started)
