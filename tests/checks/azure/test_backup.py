"""Backups: the truth table."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from checks.azure.backup import machine_is_backed_up
from core.resource import NotObservedError
from core.resources.azure.backup import BackupItem
from tests.checks.azure.making import AS_OF, machine, population

DAY = timedelta(days=1)


def item(state: str, latest: datetime | None, protects: str = "") -> BackupItem:
    return BackupItem(
        id=f"/i/{state}", protects=protects or machine().id, subscription="s", state=state, latest_copy=latest
    )


@pytest.mark.parametrize(
    ("items", "status", "words"),
    [
        ([item("Protected", AS_OF - DAY)], "pass", "is of 2026-11-21"),
        ([item("ProtectionConfigured", AS_OF - DAY)], "pass", "is of 2026-11-21"),
        ([item("SoftDeleted", AS_OF - DAY)], "fail", "whose backup is SoftDeleted"),
        ([item("Protected", AS_OF - 3 * DAY)], "fail", "2026-11-19, more than 2 days before"),
        ([item("Protected", None)], "fail", "there is no copy"),
        ([item("ProtectionStopped", AS_OF - DAY)], "fail", "whose backup is ProtectionStopped"),
        ([item("ProtectionStopped", AS_OF), item("Protected", AS_OF)], "pass", "is of 2026-11-22"),
        ([item("Protected", AS_OF, "/another")], "fail", "is not backed up"),
        ([], "fail", "is not backed up"),
    ],
)
def test_machine_is_backed_up(items: list[BackupItem], status: str, words: str) -> None:
    verdict = machine_is_backed_up(machine(), population(BackupItem, items), as_of=AS_OF)
    assert verdict.status == status
    assert words in verdict.reason


def test_one_that_is_approved_or_may_be_hidden() -> None:
    nothing = population(BackupItem, gap="denied")
    assert machine_is_backed_up(machine(), nothing, as_of=AS_OF, approved=("vm",)).status == "not_applicable"
    with pytest.raises(NotObservedError):
        machine_is_backed_up(machine(), nothing, as_of=AS_OF)
