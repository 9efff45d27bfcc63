"""Defender for Cloud: its plans, and whom it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collectors.azure.operations import Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import where
from collectors.azure.source import AzureSubscription
from core.plugins import collector
from core.resources.azure.logging import DefenderPlan, SecurityContact

PLANS = Read("{scope}/providers/Microsoft.Security/pricings", "2024-01-01", "Microsoft.Security/pricings/read")
CONTACTS = Read(
    "{scope}/providers/Microsoft.Security/securityContacts",
    "2020-01-01-preview",
    "Microsoft.Security/securityContacts/read",
    bare=True,
)
"""Documented with `value` around the list, answered without (github.com/Azure/azure-rest-api-specs/issues/29458)."""
SEVERITIES = ("High", "Medium", "Low")
BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")


@collector(permissions=(PLANS,))
def plans(subscription: AzureSubscription) -> Iterator[DefenderPlan]:
    """Every plan that Defender for Cloud offers, and whether the subscription has it."""
    for found in subscription.listed(PLANS):
        yield DefenderPlan(
            **where(found),
            name=found.must("name"),
            tier=found.text("properties.pricingTier"),
            coverage=found.text("properties.resourcesCoverageStatus", absent=""),
            deprecated=found.flag("properties.deprecated", absent=False),
        )


@collector(permissions=(CONTACTS,))
def contacts(subscription: AzureSubscription) -> Iterator[SecurityContact]:
    """Whom Defender for Cloud tells what it finds in the subscription."""
    for found in subscription.listed(CONTACTS):
        alerts, least_severity = _told(found)
        yield SecurityContact(
            **where(found),
            addresses=part_of(found.text("properties.emails", absent=""), _addresses),
            alerts=alerts,
            least_severity=least_severity,
            roles=part_of(
                found.switch("properties.notificationsByRole.state", absent=False),
                lambda on: found.texts("properties.notificationsByRole.roles") if on else (),  # noqa: B023 - at once
            ),
        )


def _told(found: Answer) -> tuple[Any, Any]:
    """Whether alerts are told, and from which severity on. Newer versions of the question say it of each source of
    what is told (learn.microsoft.com/rest/api/defenderforcloud/security-contacts/list)."""
    if not found.has("properties.notificationsSources"):
        alerts = found.switch("properties.alertNotifications.state", absent=False)
        return alerts, found.word("properties.alertNotifications.minimalSeverity", SEVERITIES, absent="")
    for each in found.parts("properties.notificationsSources"):
        if each.value("sourceType") == "Alert":
            return found.flag("properties.isEnabled"), each.word("minimalSeverity", SEVERITIES, absent="")
    return False, ""


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(each for each in BETWEEN_ADDRESSES.split(text) if each)
