"""RDS, Aurora, Neptune and DocumentDB: one API lists the instances and clusters of all four."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.rds_versions import MAJOR_VERSIONS, VERSIONS, Versions
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.rds import (
    AppliedGroup,
    DatabaseCluster,
    DatabaseEvents,
    DatabaseInstance,
    DatabaseProxy,
    EventSubscription,
)

INSTANCES = Read("rds", "DescribeDBInstances")
CLUSTERS = Read("rds", "DescribeDBClusters")
PROXIES = Read("rds", "DescribeDBProxies")
SUBSCRIPTIONS = Read("rds", "DescribeEventSubscriptions")

ENCRYPTIONS = {"none": False, "sse-kms": True, "sse-rds": True}
"""`sse-rds` is a key that AWS owns: `StorageEncrypted` then says false all the same."""
IN_SYNC = "in-sync"


@collector(permissions=(INSTANCES, VERSIONS, MAJOR_VERSIONS))
def instances(region: AwsRegion) -> Iterator[DatabaseInstance]:
    """Every database instance of the region, members of clusters included."""
    listed = list(region.pages(INSTANCES, "DBInstances"))
    versions = Versions(region, [each for each in listed if not each.get("DBClusterIdentifier")])
    for found in listed:
        yield _instance(found, versions)


@collector(permissions=(CLUSTERS, VERSIONS, MAJOR_VERSIONS))
def clusters(region: AwsRegion) -> Iterator[DatabaseCluster]:
    """Every cluster of the region."""
    listed = list(region.pages(CLUSTERS, "DBClusters"))
    versions = Versions(region, listed)
    for found in listed:
        yield _cluster(found, versions)


@collector(permissions=(PROXIES,))
def proxies(region: AwsRegion) -> Iterator[DatabaseProxy]:
    """Every proxy of the region."""
    for found in region.pages(PROXIES, "DBProxies"):
        yield DatabaseProxy(
            id=found["DBProxyArn"],
            name=found["DBProxyName"],
            family=told(found, "EngineFamily"),
            needs_tls=told(found, "RequireTLS"),
        )


@collector(permissions=(SUBSCRIPTIONS,))
def events(region: AwsRegion) -> Iterator[DatabaseEvents]:
    """Whom RDS tells about events in the region."""
    listed = region.pages(SUBSCRIPTIONS, "EventSubscriptionsList")
    subscriptions = sorted((_subscription(each) for each in listed), key=lambda each: each.name)
    yield DatabaseEvents(id=f"{region.account}/{region.scope}", region=region.scope, subscriptions=tuple(subscriptions))


def encryption(found: Mapping[str, Any], flag: str) -> bool:
    """Whether storage is encrypted. `flag` is the member that says so where the newer one does not."""
    kind = found.get("StorageEncryptionType")
    if kind is None:
        answer: bool = told(found, flag)
        return answer
    return ENCRYPTIONS[kind] if kind in ENCRYPTIONS else unobserved(f"nobody knows the encryption {kind}")


def _instance(found: Mapping[str, Any], versions: Versions) -> DatabaseInstance:
    arn = found["DBInstanceArn"]
    cluster = found.get("DBClusterIdentifier", "")
    return DatabaseInstance(
        id=arn,
        name=found["DBInstanceIdentifier"],
        engine=found["Engine"],
        version=found["EngineVersion"],
        version_status="" if cluster else versions.status(found),
        standard_support_ends=None if cluster else versions.standard_support_ends(found),
        cluster=cluster,
        replica_of=found.get("ReadReplicaSourceDBInstanceIdentifier")
        or found.get("ReadReplicaSourceDBClusterIdentifier", ""),
        public=told(found, "PubliclyAccessible"),
        encrypted=encryption(found, "StorageEncrypted"),
        key=found.get("KmsKeyId", ""),
        backup_days=told(found, "BackupRetentionPeriod"),
        guarded=told(found, "DeletionProtection"),
        multi_zone=told(found, "MultiAZ"),
        minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
        log_exports=tuple(sorted(found.get("EnabledCloudwatchLogsExports", ()))),
        iam_sign_in=told(found, "IAMDatabaseAuthenticationEnabled"),
        copies_tags=told(found, "CopyTagsToSnapshot"),
        managed_password="MasterUserSecret" in found,
        monitoring_seconds=found.get("MonitoringInterval", 0),
        certificate_ends=told(found.get("CertificateDetails", {}), "ValidTill"),
        groups=tuple(
            AppliedGroup(
                arn=_sibling(arn, "pg", each["DBParameterGroupName"]), status=told(each, "ParameterApplyStatus")
            )
            for each in found.get("DBParameterGroups", ())
        ),
    )


def _cluster(found: Mapping[str, Any], versions: Versions) -> DatabaseCluster:
    arn = found["DBClusterArn"]
    return DatabaseCluster(
        id=arn,
        name=found["DBClusterIdentifier"],
        engine=found["Engine"],
        version=found["EngineVersion"],
        version_status=versions.status(found),
        standard_support_ends=versions.standard_support_ends(found),
        encrypted=encryption(found, "StorageEncrypted"),
        key=found.get("KmsKeyId", ""),
        backup_days=told(found, "BackupRetentionPeriod"),
        guarded=told(found, "DeletionProtection"),
        multi_zone=told(found, "MultiAZ"),
        log_exports=tuple(sorted(found.get("EnabledCloudwatchLogsExports", ()))),
        iam_sign_in=told(found, "IAMDatabaseAuthenticationEnabled"),
        copies_tags=told(found, "CopyTagsToSnapshot"),
        managed_password="MasterUserSecret" in found,
        group=AppliedGroup(
            arn=_sibling(arn, "cluster-pg", found["DBClusterParameterGroup"]),
            status=_of_all(found.get("DBClusterMembers", ())),
        ),
    )


def _of_all(members: Iterable[Mapping[str, Any]]) -> str:
    """The first status that is not the good one. A cluster without members runs with nothing yet."""
    statuses = {each.get("DBClusterParameterGroupStatus", "not told") for each in members}
    return min(statuses - {IN_SYNC}, default=IN_SYNC)


def _sibling(arn: str, kind: str, name: str) -> str:
    """The ARN of something else of RDS in the same account and region."""
    return ":".join([*arn.split(":")[:5], kind, name])


def _subscription(found: Mapping[str, Any]) -> EventSubscription:
    return EventSubscription(
        name=found["CustSubscriptionId"],
        topic=found["SnsTopicArn"],
        enabled=told(found, "Enabled"),
        status=told(found, "Status"),
        source_type=found.get("SourceType", ""),
        sources=tuple(sorted(found.get("SourceIdsList", ()))),
        categories=tuple(sorted(found.get("EventCategoriesList", ()))),
    )
