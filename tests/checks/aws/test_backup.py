"""Truth tables of the checks of AWS Backup."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.backup import (
    plan_copies_elsewhere,
    plan_exists,
    plan_keeps_backups,
    plan_selects_something,
    recovery_points_are_encrypted,
    restoring_is_exercised,
    vault_is_locked,
    vault_is_not_public,
    vault_lets_in_approved_accounts,
    vault_uses_our_key,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.backup import BackupPlan, BackupRule, BackupVault, BackupVaultContents, RestoreTest
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, account, everybody, policy, status
from tests.twins import population

HERE = f"arn:aws:backup:eu-west-1:{ACCOUNT}"


def rule(**changes: Any) -> BackupRule:
    given: dict[str, Any] = {"name": "daily", "vault": "safe", "schedule": "", "days": 90, "copies_to": ()}
    return BackupRule(**{**given, **changes})


def plan(*rules: BackupRule, selections: Any = ("all",)) -> BackupPlan:
    return BackupPlan(id=f"{HERE}:backup-plan:1", name="plan", rules=rules, selections=selections)


def vault(**changes: Any) -> BackupVault:
    given: dict[str, Any] = {
        "id": f"{HERE}:backup-vault:safe",
        "name": "safe",
        "key": OURS,
        "locked": True,
        "lock_ends": True,
        "minimum_days": 7,
        "statements": (),
    }
    return BackupVault(**{**given, **changes})


def contents(**changes: Any) -> BackupVaultContents:
    given: dict[str, Any] = {
        "id": f"{HERE}:backup-vault:safe",
        "name": "safe",
        "empty": False,
        "plain": (),
        "unclear": (),
    }
    return BackupVaultContents(**{**given, **changes})


def exercise(last: datetime | None) -> RestoreTest:
    return RestoreTest(id=f"{HERE}:restore-testing-plan:monthly", name="monthly", last=last)


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ((), "fail"),
        ((plan(rule()),), "pass"),
        ((plan(),), "fail"),
        ((plan(rule(), selections=()),), "fail"),
        ((plan(rule(), selections=()), plan(rule())), "pass"),
    ],
)
def test_plan_exists(plans: tuple[BackupPlan, ...], expected: str) -> None:
    assert status(plan_exists(population(*plans, kind="aws_backup_plan"))) == expected


def test_where_a_region_was_denied_only_a_plan_that_was_seen_counts() -> None:
    assert status(plan_exists(population(plan(rule()), missing="denied"))) == "pass"
    with pytest.raises(NotObservedError):
        plan_exists(population(plan(), missing="denied"))


def test_plan_selects_something() -> None:
    assert status(plan_selects_something(plan(rule()))) == "pass"
    assert status(plan_selects_something(plan(rule(), selections=()))) == "fail"
    with pytest.raises(NotObservedError):
        plan_selects_something(plan(selections=unobserved("denied")))


@pytest.mark.parametrize(
    ("days", "expected"),
    [((), "not_applicable"), ((7,), "fail"), ((7, 35), "pass"), ((7, None), "pass"), ((34, 7), "fail")],
)
def test_plan_keeps_backups(days: tuple[int | None, ...], expected: str) -> None:
    assert status(plan_keeps_backups(plan(*(rule(days=each) for each in days)))) == expected


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ((), "fail"),
        ((f"{HERE}:backup-vault:beside",), "fail"),
        ((f"arn:aws:backup:eu-north-1:{ACCOUNT}:backup-vault:far",), "pass"),
        ((f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:apart",), "pass"),
    ],
)
def test_plan_copies_elsewhere(copies: tuple[str, ...], expected: str) -> None:
    assert status(plan_copies_elsewhere(plan(rule(copies_to=copies)))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"lock_ends": False, "minimum_days": None}, "pass"),
        ({"locked": False}, "fail"),
        ({"locked": False, "name": "aws/efs/automatic-backup-vault"}, "not_applicable"),
    ],
)
def test_vault_is_locked(changes: dict[str, Any], expected: str) -> None:
    assert status(vault_is_locked(vault(**changes))) == expected


@pytest.mark.parametrize(("named", "expected"), [(OURS, "pass"), (OF_AWS, "fail"), ("", "fail"), ("9", "unknown")])
def test_vault_uses_our_key(named: str, expected: str) -> None:
    assert status(vault_uses_our_key(vault(key=named), two_keys())) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"empty": True}, "not_applicable"),
        ({"plain": ("arn:1",)}, "fail"),
        ({"plain": ("arn:1",), "unclear": ("arn:2",)}, "fail"),
        ({"unclear": ("arn:2",)}, "unknown"),
    ],
)
def test_recovery_points_are_encrypted(changes: dict[str, Any], expected: str) -> None:
    assert status(recovery_points_are_encrypted(contents(**changes))) == expected


def test_vault_is_not_public() -> None:
    of_organization = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert status(vault_is_not_public(vault())) == "pass"
    assert status(vault_is_not_public(vault(statements=policy(everybody("backup:*"))))) == "fail"
    confined = policy(everybody("backup:*", Condition=of_organization))
    assert status(vault_is_not_public(vault(statements=confined))) == "pass"
    with pytest.raises(NotObservedError):
        vault_is_not_public(vault(statements=unobserved("denied")))


@pytest.mark.parametrize(
    ("who", "approved", "expected"),
    [(ACCOUNT, (), "pass"), (OTHER, (), "fail"), (OTHER, (OTHER,), "pass")],
)
def test_vault_lets_in_approved_accounts(who: str, approved: tuple[str, ...], expected: str) -> None:
    found = vault(statements=policy(account(who, "backup:CopyIntoBackupVault")))
    assert status(vault_lets_in_approved_accounts(found, approved=approved)) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ((), "fail"),
        ((None,), "fail"),
        ((datetime(2026, 11, 1, tzinfo=UTC), None), "pass"),
        ((datetime(2026, 1, 1, tzinfo=UTC),), "fail"),
    ],
)
def test_restoring_is_exercised(last: tuple[datetime | None, ...], expected: str) -> None:
    tests = population(*(exercise(each) for each in last), kind="aws_backup_restore_test")
    assert status(restoring_is_exercised(tests, as_of=AS_OF)) == expected


def test_an_exercise_that_is_long_past_proves_nothing_where_we_could_not_look() -> None:
    with pytest.raises(NotObservedError):
        restoring_is_exercised(population(exercise(datetime(2026, 1, 1, tzinfo=UTC)), missing="denied"), as_of=AS_OF)
