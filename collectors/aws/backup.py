"""AWS Backup. Plans and vaults are asked one by one for what listings leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.backup import (
    BackupPlan,
    BackupRule,
    BackupVault,
    BackupVaultContents,
    ProtectedResource,
    RestoreTest,
)
from core.resources.aws.policy import Statement

PLANS = Read("backup", "ListBackupPlans")
PLAN = Read("backup", "GetBackupPlan")
SELECTIONS = Read("backup", "ListBackupSelections")
VAULTS = Read("backup", "ListBackupVaults")
VAULT_POLICY = Read("backup", "GetBackupVaultAccessPolicy")
RECOVERY_POINTS = Read("backup", "ListRecoveryPointsByBackupVault")
PROTECTED = Read("backup", "ListProtectedResources")
RESTORE_TESTS = Read("backup", "ListRestoreTestingPlans")

OF_AWS = "AWS_OWNED_KMS_KEY"


@collector(permissions=(PLANS, PLAN, SELECTIONS))
def plans(region: AwsRegion) -> Iterator[BackupPlan]:
    """Every plan of the region, with its rules and what it selects."""
    yield from region.each(lambda found: _plan(region, found), list(region.pages(PLANS, "BackupPlansList")))


def _plan(region: AwsRegion, found: Mapping[str, Any]) -> BackupPlan:
    number = found["BackupPlanId"]
    rules = region.look(lambda: region.ask(PLAN, BackupPlanId=number)["BackupPlan"]["Rules"])
    selected = region.look(lambda: list(region.pages(SELECTIONS, "BackupSelectionsList", BackupPlanId=number)))
    return BackupPlan(
        id=found["BackupPlanArn"],
        name=found["BackupPlanName"],
        rules=part_of(rules, lambda all_of_them: tuple(_rule(each) for each in all_of_them)),
        selections=part_of(selected, lambda all_of_them: tuple(sorted(each["SelectionName"] for each in all_of_them))),
    )


def _rule(found: Mapping[str, Any]) -> BackupRule:
    return BackupRule(
        name=found["RuleName"],
        vault=found["TargetBackupVaultName"],
        schedule=found.get("ScheduleExpression", ""),
        days=found.get("Lifecycle", {}).get("DeleteAfterDays"),
        copies_to=tuple(sorted(each["DestinationBackupVaultArn"] for each in found.get("CopyActions", ()))),
    )


@collector(permissions=(VAULTS, VAULT_POLICY))
def vaults(region: AwsRegion) -> Iterator[BackupVault]:
    """Every vault of the region, with its lock and its policy."""
    yield from region.each(lambda found: _vault(region, found), list(region.pages(VAULTS, "BackupVaultList")))


def _vault(region: AwsRegion, found: Mapping[str, Any]) -> BackupVault:
    name = found["BackupVaultName"]
    silent = unobserved(f"AWS does not say whether {name} is locked")
    return BackupVault(
        id=found["BackupVaultArn"],
        name=name,
        key="" if found.get("EncryptionKeyType") == OF_AWS else found.get("EncryptionKeyArn", ""),
        locked=found.get("Locked", silent),
        lock_ends=not found.get("LockDate"),
        minimum_days=found.get("MinRetentionDays"),
        statements=region.look(lambda: _policy(region, name)),
    )


def _policy(region: AwsRegion, name: str) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(VAULT_POLICY, BackupVaultName=name).get("Policy"))
    except ClientError as error:
        if is_answer(error, "ResourceNotFoundException"):  # the vault is there, so it is the policy that is not
            return ()
        raise


@collector(permissions=(VAULTS, RECOVERY_POINTS))
def contents(region: AwsRegion) -> Iterator[BackupVaultContents]:
    """What is in each vault of the region."""
    yield from region.each(lambda found: _contents(region, found), list(region.pages(VAULTS, "BackupVaultList")))


def _contents(region: AwsRegion, found: Mapping[str, Any]) -> BackupVaultContents:
    name = found["BackupVaultName"]
    points = region.look(lambda: list(region.pages(RECOVERY_POINTS, "RecoveryPoints", BackupVaultName=name)))
    return BackupVaultContents(
        id=found["BackupVaultArn"],
        name=name,
        empty=part_of(points, lambda seen: not seen),
        plain=part_of(points, lambda seen: _points(seen, encrypted=False)),
        unclear=part_of(points, lambda seen: _points(seen, encrypted=None)),
    )


def _points(found: list[Mapping[str, Any]], *, encrypted: bool | None) -> tuple[str, ...]:
    return tuple(sorted(each["RecoveryPointArn"] for each in found if each.get("IsEncrypted") is encrypted))


@collector(permissions=(PROTECTED,))
def protected(region: AwsRegion) -> Iterator[ProtectedResource]:
    """Everything in the region that was backed up once, and when last."""
    for found in region.pages(PROTECTED, "Results"):
        yield ProtectedResource(
            id=found["ResourceArn"], type=found.get("ResourceType", ""), last=found.get("LastBackupTime")
        )


@collector(permissions=(RESTORE_TESTS,))
def restore_tests(region: AwsRegion) -> Iterator[RestoreTest]:
    """The plans by which restoring is exercised in the region."""
    for found in region.pages(RESTORE_TESTS, "RestoreTestingPlans"):
        yield RestoreTest(
            id=found["RestoreTestingPlanArn"],
            name=found["RestoreTestingPlanName"],
            last=found.get("LastExecutionTime"),
        )
