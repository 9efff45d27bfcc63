"""Organizations at Okta, on the Identity Engine and on the classic one, read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.okta.credentials import PrivateKeyJwt
from collectors.okta.permissions import least_privilege, scopes
from collectors.okta.settings import Settings
from collectors.okta.source import Extent, Okta
from collectors.rest import RecordedLine, live_line
from collectors.rest_credentials import Credential, Token
from collectors.rest_equivalent import equivalent
from core.model import Exchange, Unit
from core.plugins import Collector
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]

LEFT_FOR_OTHERS = 0.5
"""Okta counts the calls of everybody together, sign-ins by other programs too: half of them is not ours."""


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured organizations. Nothing is sent before the first question."""
    declared = {read for each in collectors for read in each.permissions}
    for entry in settings:
        credential: Credential
        if entry.token:
            credential, bearer = Token(partial(entry.token.reveal, os.environ), "SSWS"), "owner of the API token"
        else:
            key = partial(_revealed, entry)
            credential = PrivateKeyJwt(entry.url, entry.client_id, key, scopes(declared), clock)
            bearer = f"application {entry.client_id}"
        line = live_line("okta")(
            {"": entry.url}, credential, declared, clock, authority=entry.authority, spare=LEFT_FOR_OTHERS
        )
        yield Okta(f"okta/{entry.name}", line, Extent(tuple(entry.services)), bearer)


def _revealed(entry: Settings) -> str:
    return entry.private_key.reveal(os.environ) if entry.private_key else ""


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Okta:
    """The organization of a unit as it answered then (`core.replay.Replay`)."""
    return Okta(unit.source, RecordedLine(unit, Recording(exchanges, bodies)))
