"""Organizations at GitHub, at github.com or on a server of one's own, read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.github.credentials import InstallationToken
from collectors.github.permissions import least_privilege
from collectors.github.settings import Settings
from collectors.github.source import GRAPH, LIMIT, Extent, Github
from collectors.rest import RecordedLine, live_line
from collectors.rest_credentials import Credential, Token
from collectors.rest_equivalent import equivalent
from collectors.rest_pace import Rate
from core.model import Exchange, Unit
from core.plugins import Collector
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]

RATES = {LIMIT: Rate(450, 60)}
"""Half of the 900 questions a minute that GitHub lets one token ask, whatever it lets ask in an hour:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"""
VERSION = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured organizations. Nothing is sent before the first question."""
    declared = {read for each in collectors for read in each.permissions}
    for entry in settings:
        credential: Credential
        if entry.private_key:
            key = partial(entry.private_key.reveal, os.environ)
            credential = InstallationToken(entry.url, entry.app_id, entry.installation_id, key, clock)
            bearer = f"installation {entry.installation_id} of app {entry.app_id}"
        else:
            credential, bearer = Token(partial(_revealed, entry)), "owner of the token"
        line = live_line("github")(
            {"": entry.url, GRAPH.service: entry.url.removesuffix("/").removesuffix("/v3")},
            credential, declared, clock, authority=entry.authority, sends=VERSION, rates=RATES,
        )  # fmt: skip
        yield Github(f"github/{entry.name}", line, Extent(entry.name, entry.enterprise, entry.managed_users), bearer)


def _revealed(entry: Settings) -> str:
    return entry.token.reveal(os.environ) if entry.token else ""


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Github:
    """The organization of a unit as it answered then (`core.replay.Replay`)."""
    return Github(unit.source, RecordedLine(unit, Recording(exchanges, bodies)))
