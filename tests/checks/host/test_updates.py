"""Truth tables of the checks of updates."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from checks.host.updates import (
    installed_updates_are_in_force,
    other_updates_are_installed,
    package_lists_are_fresh,
    security_updates_are_installed,
    security_updates_are_offered,
    security_updates_install_themselves,
)
from core.model import Status
from core.resources.host.updates import AutomaticUpdates, PackageIndex, PendingUpdate, Reboot, Updates
from tests.twins import NOW

YESTERDAY, LAST_MONTH = NOW - timedelta(days=1), NOW - timedelta(days=31)
SECURITY = PackageIndex(origin="Debian", suite="stable-security", published=YESTERDAY, security=True)
MAIN = PackageIndex(origin="Debian", suite="stable", published=YESTERDAY, security=False)


def pending(name: str = "openssl", *, security: bool = True) -> PendingUpdate:
    return PendingUpdate(package=name, installed="1", candidate="2", origin="Debian", security=security)


def updates(**changes: object) -> Updates:
    values: dict[str, object] = {
        "id": "web-1",
        "manager": "apt",
        "indexes": (MAIN, SECURITY),
        "refreshed": YESTERDAY,
        "pending": (),
    }
    return Updates(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    ("refreshed", "status"), [(YESTERDAY, Status.PASS), (LAST_MONTH, Status.FAIL), (None, Status.FAIL)]
)
def test_lists_are_fresh(refreshed: datetime | None, status: Status) -> None:
    assert package_lists_are_fresh(updates(refreshed=refreshed), as_of=NOW).status is status


def test_security_updates_are_offered() -> None:
    assert security_updates_are_offered(updates()).status is Status.PASS
    assert security_updates_are_offered(updates(indexes=(MAIN,))).status is Status.FAIL
    assert security_updates_are_offered(updates(manager="dnf", indexes=())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PASS),
        ({"manager": "dnf", "indexes": ()}, Status.PASS),
        ({"pending": (pending(),)}, Status.FAIL),
        ({"pending": (pending(),), "refreshed": LAST_MONTH}, Status.FAIL),
        ({"pending": (pending(security=False),)}, Status.PASS),
        ({"refreshed": LAST_MONTH}, Status.UNKNOWN),
        ({"refreshed": None}, Status.UNKNOWN),
        ({"indexes": (MAIN,)}, Status.UNKNOWN),
    ],
)
def test_old_lists_never_pass(changes: dict[str, object], status: Status) -> None:
    assert security_updates_are_installed(updates(**changes), as_of=NOW).status is status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PASS),
        ({"pending": (pending(),)}, Status.PASS),
        ({"pending": (pending(security=False),)}, Status.FAIL),
        ({"refreshed": LAST_MONTH}, Status.UNKNOWN),
        ({"refreshed": None}, Status.UNKNOWN),
    ],
)
def test_other_updates(changes: dict[str, object], status: Status) -> None:
    assert other_updates_are_installed(updates(**changes), as_of=NOW).status is status


def test_a_reason_names_a_few_packages() -> None:
    many = tuple(pending(f"package-{number:02}") for number in range(20))
    reason = security_updates_are_installed(updates(pending=many), as_of=NOW).reason
    assert reason.startswith("20 security updates are pending: package-00,")
    assert reason.endswith("package-07 and 12 more")


def automatic(**changes: object) -> AutomaticUpdates:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "program": "unattended-upgrades",
        "refreshes_lists": True,
        "installs": True,
        "covers_security": True,
        "started_by": "systemd",
    }
    return AutomaticUpdates(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PASS),
        ({"container": "docker", "program": ""}, Status.NOT_APPLICABLE),
        ({"container": "lxc"}, Status.PASS),
        ({"program": ""}, Status.FAIL),
        ({"installs": False}, Status.FAIL),
        ({"covers_security": False}, Status.FAIL),
        ({"started_by": ""}, Status.FAIL),
    ],
)
def test_security_updates_install_themselves(changes: dict[str, object], status: Status) -> None:
    assert security_updates_install_themselves(automatic(**changes)).status is status


def reboot(**changes: object) -> Reboot:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "requested": False,
        "requested_for": (),
        "running_kernel": "6.1.0-18-amd64",
        "newest_kernel": "6.1.0-18-amd64",
        "newest_is_running": True,
    }
    return Reboot(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PASS),
        ({"container": "lxc"}, Status.NOT_APPLICABLE),
        ({"requested": True}, Status.FAIL),
        ({"requested": True, "requested_for": ("linux-image-amd64",)}, Status.FAIL),
        ({"newest_kernel": "", "newest_is_running": False}, Status.UNKNOWN),
        ({"newest_kernel": "6.1.0-25-amd64", "newest_is_running": False}, Status.FAIL),
    ],
)
def test_updates_are_in_force(changes: dict[str, object], status: Status) -> None:
    assert installed_updates_are_in_force(reboot(**changes)).status is status
