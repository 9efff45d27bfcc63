"""What holds for a whole organization at Okta: its log, and settings against attackers and for Okta's own people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, cast

from collectors.okta.source import Okta, is_active
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError, items_of
from core.plugins import collector
from core.resources.idp import AuditLog
from core.resources.okta import OktaOrganization

EVENTS = Read("/api/v1/logs", needs="okta.logs.read", limit="/api/v1/logs")
STREAMS = Read("/api/v1/logStreams", needs="okta.logStreams.read", limit="/api/v1/logStreams")
THREATS = Read("/api/v1/threats/configuration", needs="okta.threatInsights.read", limit="/api/v1/threats")
ZONES = Read("/api/v1/zones", needs="okta.networkZones.read", limit="/api/v1/zones")
SUPPORT = Read("/api/v1/org/privacy/oktaSupport", needs="okta.orgs.read", limit="/api/v1/org")
KEPT_DAYS = 90
"""https://developer.okta.com/docs/reference/api/system-log/: older events are not there."""
BLOCKLIST, BY_ADDRESS = "BLOCKLIST", "IP"
THREAT_ACTIONS = ("none", "audit", "block")
ThreatAction = Literal["none", "audit", "block"]


@collector(permissions=(EVENTS, STREAMS))
def log(okta: Okta) -> Iterator[AuditLog]:
    """The System Log: when it was last written, and where it is sent. It cannot be switched off."""
    yield AuditLog(
        id="system-log",
        name="System Log",
        enabled=True,
        kept_days=KEPT_DAYS,
        exported_to=okta.look(
            lambda: tuple(sorted(each.text("name") for each in okta.entries(STREAMS) if is_active(each)))
        ),
        daily=True,
        newest=okta.look(lambda: _newest(okta)),
    )


@collector(permissions=(THREATS, ZONES, SUPPORT))
def organization(okta: Okta) -> Iterator[OktaOrganization]:
    """Whether attackers are blocked, and whether Okta's support may act."""
    yield OktaOrganization(
        id=okta.id,
        threat_insight=okta.look(lambda: _threat_action(okta)),
        blocklists=okta.look(lambda: tuple(sorted(_blocklists(okta)))),
        support_access=okta.look(lambda: _support_access(okta)),
    )


def _newest(okta: Okta) -> datetime | None:
    """When the newest event of the last seven days was written."""
    answer = okta.ask(EVENTS, limit="1", sortOrder="DESCENDING")
    found = [Fields(each, "an event") for each in items_of(EVENTS, answer.data, "")]
    return found[0].moment("published") if found else None


def _threat_action(okta: Okta) -> ThreatAction:
    said = okta.one(THREATS).text("action")
    if said not in THREAT_ACTIONS:
        raise RestError(f"{said} is not known here as what ThreatInsight does")
    return cast("ThreatAction", said)


def _blocklists(okta: Okta) -> Iterator[str]:
    for each in okta.entries(ZONES):
        if (usage := each.text("usage")) not in (BLOCKLIST, "POLICY"):
            raise RestError(f"{usage} is not known here as what a zone is for")
        if usage == BLOCKLIST and is_active(each) and not _is_empty(each):
            yield each.text("name")


def _is_empty(zone: Fields) -> bool:
    """Whether a zone of addresses names none: every organization has such a blocklist, switched on, that stops nobody.

    Zones by place, operator or service cannot be made without naming one.
    """
    if zone.text("type") != BY_ADDRESS:
        return False
    return all(zone.is_null(each) or not zone.values(each) for each in ("gateways", "proxies"))


def _support_access(okta: Okta) -> bool:
    said = okta.one(SUPPORT).text("support")
    if said not in ("ENABLED", "DISABLED"):
        raise RestError(f"{said} is not known here as a state of access for support")
    return said == "ENABLED"
