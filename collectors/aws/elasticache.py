"""ElastiCache: three listings tell all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.aws.cache_users import without_password
from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.elasticache import CacheCluster, ReplicationGroup, ServerlessCache

GROUPS = Read("elasticache", "DescribeReplicationGroups")
CLUSTERS = Read("elasticache", "DescribeCacheClusters")
SERVERLESS = Read("elasticache", "DescribeServerlessCaches")
USERS = Read("elasticache", "DescribeUsers")

ENCRYPTIONS = {"none": False, "sse-kms": True, "sse-elasticache": True}
"""What `StorageEncryptionType` says; `AtRestEncryptionEnabled` knows nothing of a key that AWS owns."""
SWITCHES = {"enabled": True, "enabling": False, "disabled": False, "disabling": False}
BOTH = "preferred"
"""The mode in which both TLS and plain text are answered."""


@collector(permissions=(GROUPS, USERS))
def groups(region: AwsRegion) -> Iterator[ReplicationGroup]:
    """Every replication group of the region."""
    found = list(region.pages(GROUPS, "ReplicationGroups"))
    users = _open_users(region) if found else {}
    yield from (_group(each, users) for each in found)


@collector(permissions=(CLUSTERS,))
def clusters(region: AwsRegion) -> Iterator[CacheCluster]:
    """Every cluster of the region that stands alone."""
    for found in region.pages(CLUSTERS, "CacheClusters", ShowCacheClustersNotInReplicationGroups=True):
        if not found.get("ReplicationGroupId"):
            yield _cluster(found)


@collector(permissions=(SERVERLESS, USERS))
def serverless_caches(region: AwsRegion) -> Iterator[ServerlessCache]:
    """Every serverless cache of the region."""
    listed = list(region.pages(SERVERLESS, "ServerlessCaches"))
    users = _open_users(region) if listed else {}
    for found in listed:
        group = found.get("UserGroupId", "")
        yield ServerlessCache(
            id=found["ARN"],
            name=found["ServerlessCacheName"],
            engine=found["Engine"],
            user_group=group,
            open_users=_open_ones((group,) if group else (), users),
            backup_days=found.get("SnapshotRetentionLimit", 0),
        )


def _open_users(region: AwsRegion) -> Any:
    """For each user group of a region, the users who need no password."""
    return region.look(lambda: without_password(region.pages(USERS, "Users"), lists="UserGroupIds", name="UserName"))


def _open_ones(groups: Iterable[str], users: Any) -> Any:
    """The users of some groups who need no password. Where there are no groups, nobody has to be known."""
    named = tuple(groups)
    if not named:
        return ()
    return part_of(users, lambda found: tuple(sorted({each for group in named for each in found.get(group, ())})))


def _group(found: Mapping[str, Any], users: Any) -> ReplicationGroup:
    return ReplicationGroup(
        id=found["ARN"],
        name=found["ReplicationGroupId"],
        encrypted=_encrypted(found),
        key=found.get("KmsKeyId", ""),
        offers_tls=told(found, "TransitEncryptionEnabled"),
        needs_tls=_needs_tls(found),
        asks_who=bool(found.get("UserGroupIds")) or told(found, "AuthTokenEnabled"),
        open_users=_open_ones(found.get("UserGroupIds", ()), users),
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
