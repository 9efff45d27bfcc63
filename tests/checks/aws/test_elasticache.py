"""Truth tables of the checks of ElastiCache and MemoryDB."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import elasticache, memorydb
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.elasticache import CacheCluster, ReplicationGroup, ServerlessCache
from core.resources.aws.memorydb import MemoryCluster
from tests.checks.aws.making import ACCOUNT, status

BEGIN = f"arn:aws:elasticache:eu-west-1:{ACCOUNT}"


def group(**changes: Any) -> ReplicationGroup:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:replicationgroup:sessions",
        "name": "sessions",
        "encrypted": True,
        "key": "",
        "offers_tls": True,
        "needs_tls": True,
        "asks_who": True,
        "open_users": (),
        "fails_over": True,
        "multi_zone": True,
        "backup_days": 1,
        "minor_upgrades": True,
    }
    return ReplicationGroup(**{**given, **changes})


def cluster(**changes: Any) -> CacheCluster:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:cluster:lone",
        "name": "lone",
        "engine": "redis",
        "offers_tls": True,
        "needs_tls": True,
        "zone": "Multiple",
        "minor_upgrades": True,
    }
    return CacheCluster(**{**given, **changes})


def serverless(**changes: Any) -> ServerlessCache:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:serverlesscache:shop",
        "name": "shop",
        "engine": "valkey",
        "user_group": "shop",
        "open_users": (),
        "backup_days": 0,
    }
    return ServerlessCache(**{**given, **changes})


def memory(**changes: Any) -> MemoryCluster:
    given: dict[str, Any] = {
        "id": f"arn:aws:memorydb:eu-west-1:{ACCOUNT}:cluster/carts",
        "name": "carts",
        "needs_tls": True,
        "access_list": "shop",
        "open_users": (),
        "multi_zone": True,
        "backup_days": 7,
        "minor_upgrades": True,
    }
    return MemoryCluster(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (elasticache.group_is_encrypted, {"encrypted": False}),
        (elasticache.group_refuses_plain_text, {"offers_tls": False, "needs_tls": False}),
        (elasticache.group_refuses_plain_text, {"needs_tls": False}),
        (elasticache.group_asks_who_comes, {"asks_who": False}),
        (elasticache.group_asks_who_comes, {"open_users": ("default",)}),
        (elasticache.group_fails_over, {"fails_over": False}),
        (elasticache.group_survives_its_zone, {"multi_zone": False}),
        (elasticache.group_is_backed_up, {"backup_days": 0}),
        (elasticache.group_takes_minor_upgrades, {"minor_upgrades": False}),
    ],
)
def test_group(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(group())) == "pass"
    assert status(check(group(**changes))) == "fail"


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (elasticache.cluster_refuses_plain_text, {"offers_tls": False, "needs_tls": False}, "fail"),
        (elasticache.cluster_survives_its_zone, {"zone": "eu-west-1a"}, "fail"),
        (elasticache.cluster_takes_minor_upgrades, {"minor_upgrades": False}, "fail"),
        (elasticache.cluster_takes_minor_upgrades, {"engine": "memcached"}, "not_applicable"),
    ],
)
def test_cluster(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(cluster())) == "pass"
    assert status(check(cluster(**changes))) == expected


def test_serverless_cache() -> None:
    assert status(elasticache.serverless_cache_asks_who_comes(serverless())) == "pass"
    for bad in ({"user_group": ""}, {"open_users": ("default",)}):
        assert status(elasticache.serverless_cache_asks_who_comes(serverless(**bad))) == "fail"
    memcached = serverless(user_group="", engine="memcached")
    assert status(elasticache.serverless_cache_asks_who_comes(memcached)) == "not_applicable"


def test_a_cache_that_only_repeats_needs_no_backup() -> None:
    assert status(elasticache.group_is_backed_up(group(backup_days=0), exempt=("sessions",))) == "not_applicable"


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (memorydb.cluster_refuses_plain_text, {"needs_tls": False}),
        (memorydb.cluster_asks_who_comes, {"access_list": "open-access"}),
        (memorydb.cluster_asks_who_comes, {"open_users": ("default",)}),
        (memorydb.cluster_survives_its_zone, {"multi_zone": False}),
        (memorydb.cluster_is_backed_up, {"backup_days": 0}),
        (memorydb.cluster_takes_minor_upgrades, {"minor_upgrades": False}),
    ],
)
def test_memory(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(memory())) == "pass"
    assert status(check(memory(**changes))) == "fail"


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        elasticache.group_is_encrypted(group(encrypted=unobserved("nobody knows the encryption sse-more")))
    with pytest.raises(NotObservedError):
        memorydb.cluster_asks_who_comes(memory(access_list=unobserved("AWS does not say ACLName")))
