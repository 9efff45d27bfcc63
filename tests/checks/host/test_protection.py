"""Truth tables of the checks of malware protection and integrity monitoring."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from checks.host.protection import file_integrity_is_monitored, malware_protection_runs, malware_signatures_are_fresh
from core.model import Status
from core.resources.host.protection import IntegrityMonitoring, MalwareProtection
from tests.twins import NOW


def malware(*agents: str, **changes: object) -> MalwareProtection:
    values: dict[str, object] = {"id": "web-1", "container": "", "agents": agents, "signatures_published": NOW}
    return MalwareProtection(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def test_protection_runs() -> None:
    assert malware_protection_runs(malware("ClamAV")).status is Status.PASS
    assert malware_protection_runs(malware()).status is Status.FAIL
    assert malware_protection_runs(malware(container="docker")).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("agents", "published", "status"),
    [
        (("ClamAV",), NOW - timedelta(days=2), Status.PASS),
        (("ClamAV",), NOW - timedelta(days=4), Status.FAIL),
        (("ClamAV",), None, Status.FAIL),
        (("SentinelOne",), None, Status.UNKNOWN),
        ((), NOW, Status.NOT_APPLICABLE),
    ],
)
def test_signatures_are_fresh(agents: tuple[str, ...], published: datetime | None, status: Status) -> None:
    assert malware_signatures_are_fresh(malware(*agents, signatures_published=published), as_of=NOW).status is status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PASS),
        ({"agents": ("Wazuh",), "tool": ""}, Status.PASS),
        ({"scheduled_by": ""}, Status.FAIL),
        ({"database_exists": False}, Status.FAIL),
        ({"tool": ""}, Status.FAIL),
        ({"tool": "", "container": "podman"}, Status.NOT_APPLICABLE),
    ],
)
def test_integrity_is_monitored(changes: dict[str, object], status: Status) -> None:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "agents": (),
        "tool": "aide",
        "database_exists": True,
        "scheduled_by": "systemd",
    }
    seen = IntegrityMonitoring(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields
    assert file_integrity_is_monitored(seen).status is status
