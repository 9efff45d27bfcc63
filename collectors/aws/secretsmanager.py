"""Secrets Manager: what is said of secrets. No operation that gives a value is declared, so none is ever sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.secretsmanager import Secret

LIST_SECRETS = Read("secretsmanager", "ListSecrets")
POLICY = Read("secretsmanager", "GetResourcePolicy")
MOST = 100


@collector(permissions=(LIST_SECRETS, POLICY))
def secrets(region: AwsRegion) -> Iterator[Secret]:
    """Every secret of the region that is not going to be deleted, with its policy and when it was used and rotated."""
    listed = region.pages(LIST_SECRETS, "SecretList", MaxResults=MOST)
    yield from region.each(lambda found: _secret(region, found), listed)


def _secret(region: AwsRegion, found: Mapping[str, Any]) -> Secret:
    arn = found["ARN"]
    return Secret(
        id=arn,
        name=found["Name"],
        owner=found.get("OwningService", ""),
        replica=found.get("PrimaryRegion", region.scope) != region.scope,
        key=found.get("KmsKeyId", ""),
        rotates=found.get("RotationEnabled", False),
        rotated=found.get("LastRotatedDate"),
        created=found["CreatedDate"],
        used=found.get("LastAccessedDate"),
        statements=region.look(lambda: statements(region.ask(POLICY, SecretId=arn).get("ResourcePolicy"))),
    )
