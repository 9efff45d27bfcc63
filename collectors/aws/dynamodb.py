"""DynamoDB: there is no bulk call, so each table is asked on its own, several at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.dynamodb import Table
from core.resources.aws.policy import Statement

LIST = Read("dynamodb", "ListTables")
DESCRIBE = Read("dynamodb", "DescribeTable")
BACKUPS = Read("dynamodb", "DescribeContinuousBackups")
POLICY = Read("dynamodb", "GetResourcePolicy")

LONGEST_DAYS = 35
"""How far back a table can be restored where nobody chose less."""


@collector(permissions=(LIST, DESCRIBE, BACKUPS, POLICY))
def tables(region: AwsRegion) -> Iterator[Table]:
    """Every table of the region, copies of global tables included."""
    yield from region.each(lambda name: _table(region, name), region.pages(LIST, "TableNames"))


def _table(region: AwsRegion, name: str) -> Table:
    arn = f"arn:{region.identity.partition}:dynamodb:{region.scope}:{region.account}:table/{name}"
    found = region.look(lambda: region.ask(DESCRIBE, TableName=name)["Table"])
    return Table(
        id=arn,
        name=name,
        account=region.account,
        key=part_of(found, lambda table: _key(table.get("SSEDescription", {}))),
        guarded=part_of(found, lambda table: told(table, "DeletionProtectionEnabled")),
        restorable_days=region.look(lambda: _days(region.ask(BACKUPS, TableName=name)["ContinuousBackupsDescription"])),
        statements=region.look(lambda: _statements(region, arn)),
    )


def _key(encryption: Mapping[str, Any]) -> str:
    """The key of a table. Where nothing is said, or the type is not KMS, AWS owns it."""
    if encryption.get("SSEType") != "KMS" or encryption.get("Status") == "DISABLED":
        return ""
    key: str = told(encryption, "KMSMasterKeyArn")
    return key


def _days(backups: Mapping[str, Any]) -> int:
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    match recovery.get("PointInTimeRecoveryStatus"):
        case "ENABLED":
            return int(recovery.get("RecoveryPeriodInDays", LONGEST_DAYS))
        case "DISABLED":
            return 0
        case status:
            unsaid: int = unobserved(f"nobody knows the state of recovery {status}")
            return unsaid


def _statements(region: AwsRegion, arn: str) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, ResourceArn=arn)["Policy"])
    except ClientError as error:
        if is_answer(error, "PolicyNotFoundException"):
            return ()
        raise
