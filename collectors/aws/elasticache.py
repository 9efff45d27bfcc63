"""ElastiCache: three listings tell all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.elasticache import CacheCluster, ReplicationGroup, ServerlessCache

GROUPS = Read("elasticache", "DescribeReplicationGroups")
CLUSTERS = Read("elasticache", "DescribeCacheClusters")
SERVERLESS = Read("elasticache", "DescribeServerlessCaches")

ENCRYPTIONS = {"none": False, "sse-kms": True, "sse-elasticache": True}
"""What `StorageEncryptionType` says; `AtRestEncryptionEnabled` knows nothing of a key that AWS owns."""
SWITCHES = {"enabled": True, "enabling": False, "disabled": False, "disabling": False}
BOTH = "preferred"
"""The mode in which both TLS and plain text are answered."""


@collector(permissions=(GROUPS,))
def groups(region: AwsRegion) -> Iterator[ReplicationGroup]:
    """Every replication group of the region."""
    yield from map(_group, region.pages(GROUPS, "ReplicationGroups"))


@collector(permissions=(CLUSTERS,))
def clusters(region: AwsRegion) -> Iterator[CacheCluster]:
    """Every cluster of the region that stands alone."""
    for found in region.pages(CLUSTERS, "CacheClusters", ShowCacheClustersNotInReplicationGroups=True):
        if not found.get("ReplicationGroupId"):
            yield _cluster(found)


@collector(permissions=(SERVERLESS,))
def serverless_caches(region: AwsRegion) -> Iterator[ServerlessCache]:
    """Every serverless cache of the region."""
    for found in region.pages(SERVERLESS, "ServerlessCaches"):
        yield ServerlessCache(
            id=found["ARN"],
            name=found["ServerlessCacheName"],
            engine=found["Engine"],
            user_group=found.get("UserGroupId", ""),
            backup_days=found.get("SnapshotRetentionLimit", 0),
        )


def _group(found: Mapping[str, Any]) -> ReplicationGroup:
    return ReplicationGroup(
        id=found["ARN"],
        name=found["ReplicationGroupId"],
        encrypted=_encrypted(found),
        key=found.get("KmsKeyId", ""),
        offers_tls=told(found, "TransitEncryptionEnabled"),
        needs_tls=_needs_tls(found),
        asks_who=bool(found.get("UserGroupIds")) or told(found, "AuthTokenEnabled"),
        fails_over=_switch(found, "AutomaticFailover"),
        multi_zone=_switch(found, "MultiAZ"),
        backup_days=told(found, "SnapshotRetentionLimit"),
        minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
    )


def _cluster(found: Mapping[str, Any]) -> CacheCluster:
    return CacheCluster(
        id=found["ARN"],
        name=found["CacheClusterId"],
        engine=found["Engine"],
        offers_tls=told(found, "TransitEncryptionEnabled"),
        needs_tls=_needs_tls(found),
        zone=told(found, "PreferredAvailabilityZone"),
        minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
    )


def _encrypted(found: Mapping[str, Any]) -> bool:
    kind = found.get("StorageEncryptionType")
    if kind is None:
        flag: bool = told(found, "AtRestEncryptionEnabled")
        return flag
    return ENCRYPTIONS[kind] if kind in ENCRYPTIONS else unobserved(f"nobody knows the encryption {kind}")


def _needs_tls(found: Mapping[str, Any]) -> bool:
    flag: bool = told(found, "TransitEncryptionEnabled")
    return found.get("TransitEncryptionMode") != BOTH if flag is True else flag


def _switch(found: Mapping[str, Any], name: str) -> bool:
    said = found.get(name)
    return SWITCHES[said] if said in SWITCHES else unobserved(f"AWS does not say {name}")
