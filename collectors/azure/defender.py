"""Defender for Cloud: its plans, and whom it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.azure.operations import Read
from collectors.azure.parts import part_of
from collectors.azure.rows import where
from collectors.azure.source import AzureSubscription
from core.plugins import collector
from core.resources.azure.logging import DefenderPlan, SecurityContact

PLANS = Read("{scope}/providers/Microsoft.Security/pricings", "2024-01-01", "Microsoft.Security/pricings/read")
CONTACTS = Read(
    "{scope}/providers/Microsoft.Security/securityContacts",
    "2020-01-01-preview",
    "Microsoft.Security/securityContacts/read",
)
BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")


@collector(permissions=(PLANS,))
def plans(subscription: AzureSubscription) -> Iterator[DefenderPlan]:
    """Every plan that Defender for Cloud offers, and whether the subscription has it."""
    for found in subscription.listed(PLANS):
        yield DefenderPlan(
            **where(found),
            name=found.must("name"),
            tier=found.text("properties.pricingTier"),
            deprecated=found.flag("properties.deprecated", absent=False),
        )


@collector(permissions=(CONTACTS,))
def contacts(subscription: AzureSubscription) -> Iterator[SecurityContact]:
    """Whom Defender for Cloud tells what it finds in the subscription."""
    for found in subscription.listed(CONTACTS):
        yield SecurityContact(
            **where(found),
            addresses=part_of(found.text("properties.emails", absent=""), _addresses),
            alerts=found.switch("properties.alertNotifications.state", absent=False),
            least_severity=found.text("properties.alertNotifications.minimalSeverity", absent=""),
            roles=part_of(
                found.switch("properties.notificationsByRole.state", absent=False),
                lambda on: found.texts("properties.notificationsByRole.roles") if on else (),  # noqa: B023 - at once
            ),
        )


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(each for each in BETWEEN_ADDRESSES.split(text) if each)
