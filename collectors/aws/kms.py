"""KMS keys. Keys of AWS services are listed too, but only asked what everybody may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.kms import KeyUse, KmsKey

LIST_KEYS = Read("kms", "ListKeys")
LIST_ALIASES = Read("kms", "ListAliases")
DESCRIBE_KEY = Read("kms", "DescribeKey")
ROTATION = Read("kms", "GetKeyRotationStatus")
LAST_USE = Read("kms", "GetKeyLastUsage")
POLICY = Read("kms", "GetKeyPolicy")

DESCRIBED = (
    "manager", "state", "spec", "origin", "multi_region", "primary", "created", "deleted_on", "rotates",
    "rotation_days", "use", "statements",
)  # fmt: skip
"""The fields of a key that are not seen where it cannot be described."""


@collector(permissions=(LIST_KEYS, LIST_ALIASES, DESCRIBE_KEY, ROTATION, LAST_USE, POLICY))
def keys(region: AwsRegion) -> Iterator[KmsKey]:
    """Every key of the region, with its state, rotation, last use and policy."""
    listed = [each["KeyArn"] for each in region.pages(LIST_KEYS, "Keys")]
    aliases: dict[str, list[str]] = {}
    for each in region.pages(LIST_ALIASES, "Aliases") if listed else ():
        aliases.setdefault(each.get("TargetKeyId", ""), []).append(each["AliasName"])
    yield from region.each(lambda arn: _key(region, arn, aliases), listed)


def _key(region: AwsRegion, arn: str, aliases: Mapping[str, list[str]]) -> KmsKey:
    names = tuple(sorted(aliases.get(arn.rpartition("/")[2], ())))
    found = region.look(lambda: region.ask(DESCRIBE_KEY, KeyId=arn)["KeyMetadata"])
    if isinstance(found, Unobserved):  # a key whose policy keeps us out must not hide the others
        unseen: Any = found
        return KmsKey(id=arn, key=arn.rpartition("/")[2], aliases=names, **dict.fromkeys(DESCRIBED, unseen))
    rotation = region.look(lambda: _rotation(region, found))
    return KmsKey(
        id=arn,
        key=found["KeyId"],
        aliases=names,
        manager=found["KeyManager"],
        state=found["KeyState"],
        spec=found.get("KeySpec") or found["CustomerMasterKeySpec"],
        origin=found["Origin"],
        multi_region=found.get("MultiRegion", False),
        primary=found.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") != "REPLICA",
        created=found["CreationDate"],
        deleted_on=found.get("DeletionDate"),
        rotates=rotation[0] if isinstance(rotation, tuple) else rotation,
        rotation_days=rotation[1] if isinstance(rotation, tuple) else rotation,
        use=region.look(lambda: _use(region, found)),
        statements=region.look(
            lambda: statements(region.ask(POLICY, KeyId=arn, PolicyName="default")["Policy"]),
        ),
    )


def _use(region: AwsRegion, found: Mapping[str, Any]) -> KeyUse | None:
    """KMS tells it of all keys; of those that are ours and can be used it is asked."""
    if found["KeyManager"] != "CUSTOMER" or found["KeyState"] != "Enabled":
        return None
    said = region.ask(LAST_USE, KeyId=found["Arn"])
    return KeyUse(last=said.get("KeyLastUsage", {}).get("Timestamp"), since=said["TrackingStartDate"])


def _rotation(region: AwsRegion, found: Mapping[str, Any]) -> tuple[bool | None, int | None]:
    """KMS rotates symmetric keys whose material it made itself, and no others. It is asked of those alone."""
    symmetric = (found.get("KeySpec") or found["CustomerMasterKeySpec"]) == "SYMMETRIC_DEFAULT"
    usable = found["KeyState"] in ("Enabled", "Disabled")
    if found["KeyManager"] != "CUSTOMER" or not symmetric or found["Origin"] != "AWS_KMS" or not usable:
        return None, None
    said = region.ask(ROTATION, KeyId=found["Arn"])
    return said["KeyRotationEnabled"], said.get("RotationPeriodInDays")
