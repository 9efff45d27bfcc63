"""Customers of Google Workspace, read-only, by a service account that acts for an administrator."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from collectors.google_workspace.permissions import least_privilege
from collectors.google_workspace.settings import Settings
from collectors.google_workspace.source import DIRECTORY, SERVICES, Extent, LinePerScope, Workspace
from collectors.rest import RecordedLine, live_line
from collectors.rest_credentials import Credential
from collectors.rest_equivalent import equivalent
from collectors.rest_pace import Rate
from core.model import Exchange, Unit
from core.plugins import Collector, PluginError
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]

EXTRA = "google_workspace"
RATES = {DIRECTORY: Rate(1200, 60)}
"""Half of the 2,400 questions a minute that Google allows one user of a project:
https://developers.google.com/workspace/admin/directory/v1/limits"""


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured customers. Nothing is sent, and no key is read, before the first question."""
    declared = {read for each in collectors for read in each.permissions}
    live, token_for = live_line(EXTRA), _ways_in()
    for entry in settings:
        lines = {
            scope: live(
                {service: entry.endpoint or f"https://{service}" for service in SERVICES},
                token_for(entry, scope, clock),
                {read for read in declared if read.needs == scope},
                clock,
                authority=entry.authority,
                rates=RATES,
            )
            for scope in sorted({read.needs for read in declared})
        }
        bearer = f"service account, for {entry.subject}"
        yield Workspace(f"{EXTRA}/{entry.name}", LinePerScope(lines), Extent(tuple(entry.services)), bearer, clock)


def _ways_in() -> Callable[[Settings, str, Clock], Credential]:
    """What opens an interface for a scope. Raises `PluginError` without the package for it."""
    try:
        from collectors.google_workspace._credentials import (  # noqa: PLC0415 - replay needs no google-auth
            DelegatedToken,
            ImpersonatedToken,
        )
    except ImportError as error:
        raise PluginError(f"{EXTRA} needs a package: {error}", f"pip install 'annexa[{EXTRA}]'") from error

    def token_for(entry: Settings, scope: str, clock: Clock) -> Credential:
        if entry.key is None:
            return ImpersonatedToken(entry.impersonate, entry.subject, scope, clock)
        return DelegatedToken(partial(entry.key.reveal, os.environ), entry.subject, scope, clock)

    return token_for


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Workspace:
    """The customer of a unit as it answered then (`core.replay.Replay`)."""
    return Workspace(unit.source, RecordedLine(unit, Recording(exchanges, bodies)))
