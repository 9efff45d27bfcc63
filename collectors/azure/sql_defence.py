"""What logical servers and managed instances of Azure SQL are asked alike: how people sign in, and what watches them.

The shapes are those of learn.microsoft.com/rest/api/sql: server-security-alert-policies/get,
server-vulnerability-assessments/list-by-server, encryption-protectors/get,
server-azure-ad-only-authentications/list-by-server, and the same of managed instances.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from core.resource import Unobserved, unobserved
from core.resources.azure.sql import ThreatAlerts, VulnerabilityScans


def takes_no_passwords(found: Iterable[Answer]) -> Any:
    """Whether only identities of the directory sign in. A server on which it was never decided has no such setting, and
    takes passwords."""
    return next((each.flag("properties.azureADOnlyAuthentication") for each in found), False)


def key_type(found: Answer) -> Any:
    """Whose key protects the databases."""
    return found.text("properties.serverKeyType")


def threat_alerts(found: Answer) -> ThreatAlerts:
    """What a server's own policy says of attacks."""
    return ThreatAlerts(
        enabled=found.switch("properties.state"),
        silenced=_told(found, "properties.disabledAlerts"),
        addresses=_told(found, "properties.emailAddresses"),
        administrators=found.flag("properties.emailAccountAdmins", absent=False),
    )


def vulnerability_scans(managed: Any, scheduled: Any) -> VulnerabilityScans:
    """What watches for vulnerabilities: whether Azure itself does, and the listing of the older way, which may be
    unobserved. A server on which that was never decided has no such setting, or one that says no."""
    return VulnerabilityScans(
        managed=managed,
        scheduled=part_of(scheduled, lambda found: any_on(list(map(_is_scheduled, found)))),
        addresses=part_of(
            scheduled,
            lambda found: tuple(
                chain.from_iterable(
                    _told(each, "properties.recurringScans.emails") for each in found if each.has("properties")
                )
            ),
        ),
    )


def _is_scheduled(found: Answer) -> Any:
    if not found.has("properties"):  # without them everything would seem to have its default
        return unobserved("Azure does not say properties")
    return found.flag("properties.recurringScans.isEnabled", absent=False)


def managed_scans(found: Iterable[Answer]) -> Any:
    """Whether Azure searches a server by itself. One on which it was never decided has no such setting."""
    return any_on([each.switch("properties.state") for each in found])


def any_on(said: list[Any]) -> Any:
    """Whether one of several is on; unobserved when none is seen to be, and one was not understood."""
    if any(each is True for each in said):
        return True
    return next((each for each in said if isinstance(each, Unobserved)), False)


def _told(found: Answer, place: str) -> tuple[str, ...]:
    """A list of texts. Azure fills one in which nothing stands with one empty text."""
    return tuple(filter(None, found.texts(place)))
