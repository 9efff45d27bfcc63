"""Caches, tidy and careless. moto has no serverless caches, so that answer is after the SDK's service model."""

from __future__ import annotations

import re

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        caches = aws.client("elasticache", region)
        common = {"ReplicationGroupDescription": "test", "CacheNodeType": "cache.t4g.micro"}
        caches.create_replication_group(
            ReplicationGroupId="tidy",
            Engine="valkey",
            TransitEncryptionEnabled=True,
            AtRestEncryptionEnabled=True,
            MultiAZEnabled=True,
            AutomaticFailoverEnabled=True,
            NumCacheClusters=2,
            SnapshotRetentionLimit=7,
            AuthToken="not-a-real-password",
            AutoMinorVersionUpgrade=True,
            **common,
        )
        caches.create_replication_group(
            ReplicationGroupId="careless", Engine="redis", AutoMinorVersionUpgrade=False, **common
        )
        for name, engine in (("pages", "memcached"), ("lone", "redis")):
            caches.create_cache_cluster(
                CacheClusterId=name, Engine=engine, NumCacheNodes=1, CacheNodeType="cache.t4g.micro"
            )


def _complete(body: bytes) -> bytes:
    """moto's clusters say less than those of AWS."""
    said = {
        b"pages": (b"true", b"Multiple"),
        b"lone": (b"false", b"us-east-1a"),
    }

    def complete(found: re.Match[bytes]) -> bytes:
        tls, zone = said[found[1]]
        return (
            found[0]
            + b"<TransitEncryptionEnabled>"
            + tls
            + b"</TransitEncryptionEnabled><PreferredAvailabilityZone>"
            + zone
            + b"</PreferredAvailabilityZone><AutoMinorVersionUpgrade>false</AutoMinorVersionUpgrade>"
        )

    return re.sub(rb"<CacheClusterId>(pages|lone)</CacheClusterId>", complete, body)


def _serverless() -> str:
    rows = "".join(
        f"<member><ServerlessCacheName>{name}</ServerlessCacheName><Engine>{engine}</Engine>"
        f"<ARN>arn:aws:elasticache:us-east-1:{ACCOUNT}:serverlesscache:{name}</ARN>{users}"
        "<SnapshotRetentionLimit>0</SnapshotRetentionLimit></member>"
        for name, engine, users in (
            ("shop", "valkey", "<UserGroupId>shop</UserGroupId>"),
            ("anybody", "redis", ""),
            ("pages", "memcached", ""),
        )
    )
    return (
        "<DescribeServerlessCachesResponse><DescribeServerlessCachesResult><ServerlessCaches>"
        f"{rows}</ServerlessCaches></DescribeServerlessCachesResult></DescribeServerlessCachesResponse>"
    )


ANSWERS = {"elasticache:DescribeServerlessCaches": Canned(_serverless())}
MENDED = {"elasticache:DescribeCacheClusters": _complete}
