"""Backups: a plan that works and one that selects nothing, vaults with and without a lock.

moto knows no selections, no policies of vaults, no recovery points and no exercises.
"""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

TODAY = 1795366800
VAULT = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:locked"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        key = aws.client("kms", region).create_key(Description="of the vault")["KeyMetadata"]["Arn"]
        backup = aws.client("backup", region)
        backup.create_backup_vault(BackupVaultName="locked", EncryptionKeyArn=key)
        backup.put_backup_vault_lock_configuration(BackupVaultName="locked", MinRetentionDays=7)
        backup.create_backup_vault(BackupVaultName="open")
        elsewhere = f"arn:aws:backup:eu-north-1:{ACCOUNT}:backup-vault:copies"
        rule = {"RuleName": "daily", "TargetBackupVaultName": "locked"}
        long = {**rule, "Lifecycle": {"DeleteAfterDays": 90}, "CopyActions": [{"DestinationBackupVaultArn": elsewhere}]}
        short = {**rule, "Lifecycle": {"DeleteAfterDays": 7}}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "long", "Rules": [long]})
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "short", "Rules": [short]})


_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
        }
    ],
}

ANSWERS = {
    "backup:ListBackupSelections": Canned({"BackupSelectionsList": [{"SelectionName": "databases"}]}),
    "backup:GetBackupVaultAccessPolicy": Canned({"Policy": json.dumps(_POLICY)}),
    "backup:ListRecoveryPointsByBackupVault": Canned(
        {
            "RecoveryPoints": [
                {"RecoveryPointArn": "arn:aws:ec2:us-east-1::snapshot/snap-1", "IsEncrypted": True},
                {"RecoveryPointArn": "arn:aws:ec2:us-east-1::snapshot/snap-2", "IsEncrypted": False},
            ]
        }
    ),
    "backup:ListProtectedResources": Canned(
        {
            "Results": [
                {
                    "ResourceArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders",
                    "ResourceType": "DynamoDB",
                    "LastBackupTime": TODAY,
                }
            ]
        }
    ),
    "backup:ListRestoreTestingPlans": Canned(
        {
            "RestoreTestingPlans": [
                {
                    "RestoreTestingPlanArn": f"arn:aws:backup:us-east-1:{ACCOUNT}:restore-testing-plan:monthly",
                    "RestoreTestingPlanName": "monthly",
                    "ScheduleExpression": "cron(0 5 1 * ? *)",
                    "CreationTime": TODAY,
                    "LastExecutionTime": TODAY,
                }
            ]
        }
    ),
}
