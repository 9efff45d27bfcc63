"""Redshift: clusters, with the settings that their parameter groups have, and snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.redshift import RedshiftCluster, RedshiftSnapshot

CLUSTERS = Read("redshift", "DescribeClusters")
PARAMETERS = Read("redshift", "DescribeClusterParameters")
LOGGING = Read("redshift", "DescribeLoggingStatus")
SNAPSHOTS = Read("redshift", "DescribeClusterSnapshots")

Values = Mapping[str, str]
ZONES = {"enabled": True, "disabled": False, "true": True, "false": False}
FLAGS = {"true": True, "false": False}
IN_SYNC = "in-sync"


@collector(permissions=(CLUSTERS, PARAMETERS, LOGGING))
def clusters(region: AwsRegion) -> Iterator[RedshiftCluster]:
    """Every cluster of the region."""
    listed = list(region.pages(CLUSTERS, "Clusters"))
    groups = sorted({each["ParameterGroupName"] for found in listed for each in found["ClusterParameterGroups"]})
    values = dict(
        zip(groups, region.each(lambda group: region.look(lambda: _values(region, group)), groups), strict=True)
    )
    yield from region.each(lambda found: _cluster(region, found, values), listed)


@collector(permissions=(SNAPSHOTS,))
def snapshots(region: AwsRegion) -> Iterator[RedshiftSnapshot]:
    """Every snapshot of the account that was made by hand or by a program, in the region."""
    for found in region.pages(SNAPSHOTS, "Snapshots", SnapshotType="manual"):
        name, cluster = found["SnapshotIdentifier"], found["ClusterIdentifier"]
        yield RedshiftSnapshot(
            id=found.get("SnapshotArn") or _arn(region, "snapshot", f"{cluster}/{name}"),
            name=name,
            cluster=cluster,
            created=told(found, "SnapshotCreateTime"),
            encrypted=told(found, "Encrypted"),
            restorable_by=tuple(sorted(each["AccountId"] for each in found.get("AccountsWithRestoreAccess") or ())),
        )


def _values(region: AwsRegion, group: str) -> Values:
    listed = region.pages(PARAMETERS, "Parameters", ParameterGroupName=group)
    return {each["ParameterName"]: each["ParameterValue"] for each in listed if "ParameterValue" in each}


def _cluster(region: AwsRegion, found: Mapping[str, Any], values: Mapping[str, Values]) -> RedshiftCluster:
    name = found["ClusterIdentifier"]
    logging = region.look(lambda: region.ask(LOGGING, ClusterIdentifier=name))
    zones = str(found.get("MultiAZ")).lower()
    return RedshiftCluster(
        id=_arn(region, "cluster", name),
        name=name,
        encrypted=told(found, "Encrypted"),
        key=found.get("KmsKeyId", ""),
        public=told(found, "PubliclyAccessible"),
        own_routes=told(found, "EnhancedVpcRouting"),
        multi_zone=ZONES[zones] if zones in ZONES else unobserved("Redshift does not say in how many zones it is"),
        backup_days=told(found, "AutomatedSnapshotRetentionPeriod"),
        upgrades=told(found, "AllowVersionUpgrade"),
        managed_password="MasterPasswordSecretArn" in found,
        needs_tls=_flag(found, values, "require_ssl"),
        logs_queries=_flag(found, values, "enable_user_activity_logging"),
        logs_to=part_of(logging, _logs_to),
        log_failure=part_of(logging, _failure),
    )


def _flag(found: Mapping[str, Any], values: Mapping[str, Values], parameter: str) -> bool:
    """A parameter of the group that a cluster has, if it runs with it by now."""
    for group in found["ClusterParameterGroups"]:
        said = values[group["ParameterGroupName"]]
        status = next(
            (
                each.get("ParameterApplyStatus")
                for each in group.get("ClusterParameterStatusList", ())
                if each.get("ParameterName") == parameter
            ),
            group.get("ParameterApplyStatus"),
        )
        if status != IN_SYNC:
            pending: bool = unobserved(f"it does not run with its {parameter} yet: {status}")
            return pending
        flag: bool = part_of(said, lambda values: _read(values, parameter))
        return flag
    nothing: bool = unobserved("it has no parameter group")
    return nothing


def _read(values: Values, parameter: str) -> bool:
    value = values.get(parameter, "").lower()
    return FLAGS[value] if value in FLAGS else unobserved(f"its parameter group does not say {parameter}")


def _logs_to(logging: Mapping[str, Any]) -> str:
    """Where the audit log goes. Clusters of before 2022 name only the bucket."""
    if not logging["LoggingEnabled"]:
        return ""
    kind = logging.get("LogDestinationType", "s3")
    return f"{kind} {logging.get('BucketName', '')}".strip()


def _failure(logging: Mapping[str, Any]) -> str:
    """What went wrong, if it did so after the last success. Not when: that changes with every try."""
    failed, succeeded = logging.get("LastFailureTime"), logging.get("LastSuccessfulDeliveryTime")
    if failed is None or (succeeded is not None and succeeded > failed):
        return ""
    return str(logging.get("LastFailureMessage", "nobody says why"))


def _arn(region: AwsRegion, kind: str, name: str) -> str:
    return f"arn:{region.identity.partition}:redshift:{region.scope}:{region.account}:{kind}:{name}"
