"""Keys of KMS for the tests of what they encrypt."""

from __future__ import annotations

from datetime import UTC, datetime

from core.population import Population
from core.resources.aws.kms import KmsKey
from tests.checks.aws.making import ACCOUNT
from tests.twins import population

OURS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1111"
OF_AWS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/2222"


def key(arn: str, manager: str, *aliases: str) -> KmsKey:
    return KmsKey(
        id=arn,
        key=arn.rpartition("/")[2],
        aliases=aliases,
        manager=manager,
        state="Enabled",
        spec="SYMMETRIC_DEFAULT",
        origin="AWS_KMS",
        multi_region=False,
        primary=True,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        deleted_on=None,
        rotates=True,
        rotation_days=365,
        use=None,
        statements=(),
    )


def two_keys() -> Population[KmsKey]:
    """One that we manage, and one that AWS does."""
    return population(key(OURS, "CUSTOMER", "alias/ours"), key(OF_AWS, "AWS", "alias/aws/backup"))
