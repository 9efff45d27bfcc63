"""Tenants of Microsoft Entra ID, read-only, through Microsoft Graph."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.entra.permissions import least_privilege
from collectors.entra.recorded import RecordedTenant
from collectors.entra.settings import Settings
from collectors.entra.source import AZURE, RATES, Entra, Extent, Questions
from collectors.rest_equivalent import equivalent
from core.model import Exchange, Unit
from core.plugins import Collector, PluginError
from core.recording import Clock
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]

GRAPH = {
    "public": "https://graph.microsoft.com",
    "china": "https://microsoftgraph.chinacloudapi.cn",
    "us_government": "https://graph.microsoft.us",
}
"""https://learn.microsoft.com/graph/deployments"""
SENDS = {"Prefer": "include-unknown-enum-members"}
"""Without it Graph says `unknownFutureValue` where it has a newer word."""


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured tenants. Nothing is sent before the first question."""
    try:
        from collectors._rest_line import LiveLine  # noqa: PLC0415 - replay needs no httpx
        from collectors.azure._connection import ENDPOINT  # noqa: PLC0415 - replay needs no azure-core
        from collectors.azure._credentials import ENDPOINTS, credential  # noqa: PLC0415 - replay needs no azure-identity
        from collectors.entra._identity import AzureIdentity  # noqa: PLC0415 - the same
    except ImportError as error:
        raise PluginError(f"Entra ID needs a package: {error}", "pip install 'annexa[entra]'") from error
    declared = {read for each in collectors for read in each.permissions}
    for entry in settings:
        address, azure = entry.url or GRAPH[entry.cloud], ENDPOINTS[entry.cloud]
        who = partial(credential, entry, os.environ)
        identity = AzureIdentity(who, address)
        line = LiveLine({"": address}, identity, declared, clock, authority=entry.authority, sends=SENDS, rates=RATES)
        reached = os.environ.get(ENDPOINT) or azure
        other = LiveLine({AZURE: reached}, AzureIdentity(who, azure), declared, clock, authority=entry.authority)
        questions = Questions(entry.per_user_mfa, entry.diagnostic_settings)
        extent = Extent(tuple(entry.services))
        yield Entra(f"entra/{entry.name}", line, extent, identity.bearer, questions=questions, azure=other)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Entra:
    """The tenant of a unit as it answered then (`core.replay.Replay`)."""
    return Entra(unit.source, RecordedTenant(unit, exchanges, bodies))
