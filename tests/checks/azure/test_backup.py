"""Backups: the truth table."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from checks.azure.backup import copies_are_kept, machine_is_backed_up, vault_is_immutable, vault_keeps_deleted_copies
from core.resource import NotObservedError
from core.resources.azure.backup import BackupItem, BackupPolicy, BackupVault
from tests.checks.azure.making import AS_OF, machine, population

DAY = timedelta(days=1)


def item(state: str, latest: datetime | None, protects: str = "") -> BackupItem:
    return BackupItem(
        id=f"/i/{state}",
        protects=protects or machine().id,
        subscription="s",
        state=state,
        latest_copy=latest,
        policy="/policy",
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


@pytest.mark.parametrize(
    ("days", "used", "status"), [(30, True, "pass"), (29, True, "fail"), (7, False, "not_applicable")]
)
def test_copies_are_kept(days: int, used: bool, status: str) -> None:
    policy = BackupPolicy(id="/policy", name="daily", subscription="s", days=days)
    items = population(BackupItem, [item("Protected", AS_OF)] if used else [])
    assert copies_are_kept(policy, items).status == status
    if not used:
        with pytest.raises(NotObservedError):
            copies_are_kept(policy, population(BackupItem, gap="denied"))


@pytest.mark.parametrize(
    ("soft_delete", "immutable", "kept", "stands"),
    [
        ("AlwaysON", "Locked", "pass", "pass"),
        ("Enabled", "Unlocked", "pass", "fail"),
        ("Disabled", "Disabled", "fail", "fail"),
        ("Invalid", "New", "unknown", "unknown"),
    ],
)
def test_vaults_withstand_who_deletes(soft_delete: str, immutable: str, kept: str, stands: str) -> None:
    vault = BackupVault(
        id="/v", name="v", location="westeurope", subscription="s", soft_delete=soft_delete, immutable=immutable
    )
    assert vault_keeps_deleted_copies(vault).status == kept
    assert vault_is_immutable(vault).status == stands
