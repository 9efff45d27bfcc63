"""Truth tables of the checks of the system itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.host.system import machine_identity_is_unique, release_is_supported
from core.model import Status
from core.resource import NotObservedError
from core.resources.host.system import System
from tests.twins import NOW, population


def system(**changes: object) -> System:
    values: dict[str, object] = {
        "id": "web-1",
        "name": "Debian GNU/Linux 12 (bookworm)",
        "distribution": "debian",
        "release": "12",
        "codename": "bookworm",
        "kernel": "6.1.0-18-amd64",
        "architecture": "x86_64",
        "identity": "a" * 64,
        "container": "",
        "hypervisor": "",
        "first_process": "systemd",
        "systemd_runs": True,
        "booted_at": NOW,
    }
    return System(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    ("distribution", "release", "day", "status"),
    [
        ("debian", "12", (2026, 6, 10), Status.PASS),
        ("debian", "12", (2026, 6, 11), Status.PASS),
        ("debian", "12", (2028, 7, 1), Status.FAIL),
        ("ubuntu", "20.04", (2026, 1, 1), Status.FAIL),
        ("ubuntu", "24.04", (2026, 1, 1), Status.PASS),
        ("rhel", "9.4", (2026, 1, 1), Status.PASS),
        ("rocky", "7.9", (2026, 1, 1), Status.FAIL),
        ("alpine", "3.22.1", (2026, 1, 1), Status.PASS),
        ("amzn", "2", (2026, 7, 1), Status.FAIL),
        ("debian", "", (2026, 1, 1), Status.UNKNOWN),
        ("gentoo", "2.15", (2026, 1, 1), Status.UNKNOWN),
    ],
)
def test_support_ends(distribution: str, release: str, day: tuple[int, int, int], status: Status) -> None:
    moment = datetime(*day, tzinfo=UTC)
    assert release_is_supported(system(distribution=distribution, release=release), as_of=moment).status is status


def test_long_term_support_may_not_count() -> None:
    verdict = release_is_supported(system(), as_of=datetime(2027, 1, 1, tzinfo=UTC), long_term_support_counts=False)
    assert verdict.status is Status.FAIL
    assert "2028-06-30 does not count" in verdict.reason
    counts = release_is_supported(system(), as_of=datetime(2027, 1, 1, tzinfo=UTC), long_term_support_counts=True)
    assert counts.status is Status.PASS
    assert counts.reason.endswith("goes on until 2028-06-30")


def test_a_twin_is_named_and_an_unseen_host_may_be_one() -> None:
    alone, twin, other = system(), system(id="web-2"), system(id="web-3", identity="b" * 64)
    assert machine_identity_is_unique(alone, population(alone, other)).status is Status.PASS
    verdict = machine_identity_is_unique(alone, population(alone, twin, other))
    assert verdict.status is Status.FAIL
    assert "web-2" in verdict.reason
    assert machine_identity_is_unique(system(identity=""), population(alone)).status is Status.FAIL
    assert machine_identity_is_unique(alone, population(alone)).status is Status.NOT_APPLICABLE
    with pytest.raises(NotObservedError):
        machine_identity_is_unique(alone, population(alone, missing="web-2 is down"))
