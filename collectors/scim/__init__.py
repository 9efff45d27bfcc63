"""Services that speak SCIM 2.0 (RFC 7643 and 7644), whichever they are, read-only.

What the service says of itself (`service.py`), and what it tells of users and groups, are told apart: an attribute that
it does not declare, or does not show, is unobserved and never empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.rest import RecordedLine, live_line
from collectors.rest_credentials import Token
from collectors.rest_equivalent import equivalent
from collectors.scim.permissions import least_privilege
from collectors.scim.settings import Settings
from collectors.scim.source import Extent, Scim
from core.model import Exchange, Unit
from core.plugins import Collector
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured services. Nothing is sent before the first question."""
    declared = {read for each in collectors for read in each.permissions}
    for entry in settings:
        token = Token(partial(entry.token.reveal, os.environ))
        line = live_line("scim")({"": entry.url}, token, declared, clock, authority=entry.authority)
        yield Scim(f"scim/{entry.name}", line, Extent(tuple(entry.services)))


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Scim:
    """The service of a unit as it answered then (`core.replay.Replay`)."""
    return Scim(unit.source, RecordedLine(unit, Recording(exchanges, bodies)))
