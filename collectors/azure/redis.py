"""Redis: caches from Resource Graph; clusters of Azure Managed Redis and Redis Enterprise by Resource Manager."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Query, Read
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.databases import RedisCache, RedisCluster, RedisDatabase

REDIS = Query(
    "microsoft.cache/redis",
    "Microsoft.Cache/redis/read",
    {"plain_port": "properties.enableNonSslPort", "minimum_tls": "properties.minimumTlsVersion"},
)
CLUSTERS = Read(
    "{scope}/providers/Microsoft.Cache/redisEnterprise", "2025-07-01", "Microsoft.Cache/redisEnterprise/read"
)
DATABASES = Read("{scope}/databases", "2025-07-01", "Microsoft.Cache/redisEnterprise/databases/read")


@collector(permissions=(REDIS,))
def redis_caches(tenant: AzureTenant) -> Iterator[RedisCache]:
    """Every cache of Redis."""
    for row in tenant.rows(REDIS):
        yield RedisCache(
            **itself(row),
            plain_port=row.flag("plain_port"),
            minimum_tls=row.text("minimum_tls", absent=""),
        )


@collector(permissions=(CLUSTERS, DATABASES))
def redis_clusters(subscription: AzureSubscription) -> Iterator[RedisCluster]:
    """Every cluster, with its databases. Of one that was made long ago Azure does not say whether it is public."""
    yield from subscription.each(lambda each: _cluster(subscription, each), subscription.listed(CLUSTERS))


def _cluster(subscription: AzureSubscription, found: Answer) -> RedisCluster:
    return RedisCluster(
        **itself(found),
        public=found.switch("properties.publicNetworkAccess"),
        databases=subscription.look(
            lambda: tuple(_database(each) for each in subscription.pages(DATABASES, found.must("id")))
        ),
    )


def _database(found: Answer) -> RedisDatabase:
    """learn.microsoft.com/rest/api/redis/redisenterprisecache/databases/list-by-cluster"""
    protocol = str(found.value("properties.clientProtocol")).lower()
    strange = unobserved(f"Azure says of the protocol that it is {protocol:.50}")
    return RedisDatabase(
        name=found.must("name"),
        encrypted={"encrypted": True, "plaintext": False}.get(protocol, strange),
        keys_work=found.switch("properties.accessKeysAuthentication"),
    )
