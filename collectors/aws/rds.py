"""RDS, Aurora, Neptune and DocumentDB: one API lists the instances and clusters of all four."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
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
VERSIONS = Read("rds", "DescribeDBEngineVersions")
PROXIES = Read("rds", "DescribeDBProxies")
SUBSCRIPTIONS = Read("rds", "DescribeEventSubscriptions")

ENCRYPTIONS = {"none": False, "sse-kms": True, "sse-rds": True}
"""`sse-rds` is a key that AWS owns: `StorageEncrypted` then says false all the same."""
IN_SYNC = "in-sync"


@collector(permissions=(INSTANCES, VERSIONS))
def instances(region: AwsRegion) -> Iterator[DatabaseInstance]:
    """Every database instance of the region, members of clusters included."""
    listed = list(region.pages(INSTANCES, "DBInstances"))
    statuses = _statuses(region, [each for each in listed if not each.get("DBClusterIdentifier")])
    for found in listed:
        yield _instance(found, statuses)


@collector(permissions=(CLUSTERS, VERSIONS))
def clusters(region: AwsRegion) -> Iterator[DatabaseCluster]:
    """Every cluster of the region."""
    listed = list(region.pages(CLUSTERS, "DBClusters"))
    statuses = _statuses(region, listed)
    for found in listed:
        yield _cluster(found, statuses)


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


def _statuses(region: AwsRegion, databases: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], str]:
    """How AWS stands to each version that is in use: one question for each, whatever runs it."""
    versions = sorted({(each["Engine"], each["EngineVersion"]) for each in databases})
    asked = region.each(lambda version: region.look(lambda: _status(region, *version)), versions)
    return dict(zip(versions, asked, strict=True))


def _status(region: AwsRegion, engine: str, version: str) -> str:
    listed = list(region.pages(VERSIONS, "DBEngineVersions", Engine=engine, EngineVersion=version, IncludeAll=True))
    exact = [each for each in listed if each.get("EngineVersion") == version]
    missing: str = unobserved(f"RDS lists no version {version} of {engine}")
    status: str = told(exact[0], "Status") if exact else missing
    return status


def _instance(found: Mapping[str, Any], statuses: Mapping[tuple[str, str], str]) -> DatabaseInstance:
    arn = found["DBInstanceArn"]
    cluster = found.get("DBClusterIdentifier", "")
    return DatabaseInstance(
        id=arn,
        name=found["DBInstanceIdentifier"],
        engine=found["Engine"],
        version=found["EngineVersion"],
        version_status="" if cluster else statuses[found["Engine"], found["EngineVersion"]],
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


def _cluster(found: Mapping[str, Any], statuses: Mapping[tuple[str, str], str]) -> DatabaseCluster:
    arn = found["DBClusterArn"]
    return DatabaseCluster(
        id=arn,
        name=found["DBClusterIdentifier"],
        engine=found["Engine"],
        version=found["EngineVersion"],
        version_status=statuses[found["Engine"], found["EngineVersion"]],
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
