"""Truth tables of the checks of the system itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.host.system import machine_identity_is_unique, release_is_supported
from core.model import Evidence, Status, Verdict, failed
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.host.system import System
from tests.twins import NOW, evidence


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


def host(name: str, identity: str = "a" * 64, missing: str = "") -> Evidence:
    return evidence(system(id=name, identity=identity), source=f"host/{name}", missing=missing)


def test_a_twin_is_named_and_an_unseen_host_may_be_one() -> None:
    alone, twin, other = host("web-1"), host("web-2"), host("web-3", "b" * 64)
    down = evidence(kind="host_system", source="host/web-4", missing="web-4 is down")

    def verdict(*hosts: Evidence, identity: str = "a" * 64) -> Verdict:
        return machine_identity_is_unique(system(identity=identity), Population("host_system", hosts, "host/web-1"))

    assert verdict(alone, other).status is Status.PASS
    assert verdict(alone, twin, other) == failed("the machine identity is also that of host/web-2")
    assert verdict(alone, twin, down).status is Status.FAIL
    assert verdict(alone, identity="").status is Status.FAIL
    assert verdict(alone).status is Status.NOT_APPLICABLE
    with pytest.raises(NotObservedError, match="web-4 is down"):
        verdict(alone, other, down)
    with pytest.raises(NotObservedError, match="not every host_system could be compared"):
        verdict(alone, host("web-2", unobserved("only root may read it")))
