"""Checks of ElastiCache: caches hold the same data as the databases behind them, and much of it for long."""

from __future__ import annotations

from checks.aws.databases import encrypted, has, kept
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.elasticache import CacheCluster, ReplicationGroup, ServerlessCache

MEMCACHED = "memcached"


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def group_is_encrypted(group: ReplicationGroup) -> Verdict:
    """What a replication group writes to disk is encrypted.

    It swaps, synchronises and makes backups on disk.

    Remediation: It can only be chosen when a group is made: restore a backup with `--at-rest-encryption-enabled`.
    """
    return encrypted(group.name, on=group.encrypted, key=group.key)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def group_refuses_plain_text(group: ReplicationGroup) -> Verdict:
    """A replication group refuses connections in plain text.

    Sessions and passwords in a cache are worth as much as those in the database. The mode `preferred`, which is meant
    for the days in which clients move, answers both.

    Remediation: `aws elasticache modify-replication-group --transit-encryption-enabled --transit-encryption-mode
    preferred`, then, when all clients use TLS, the same with `required`.
    """
    return _plain_text(group.name, offers=group.offers_tls, needs=group.needs_tls)


@check(objective="data-is-not-public", severity=Severity.HIGH)
def group_asks_who_comes(group: ReplicationGroup) -> Verdict:
    """A replication group asks for a password, or for a user who has one.

    Else everybody who reaches its port reads and deletes everything. The user `default` that AWS puts into a group has
    no password and may do everything, until another takes his place.

    Remediation: `aws elasticache modify-replication-group --user-group-ids-to-add …`; it needs TLS. In the group, put a
    user of the name `default` that is off in the place of the first one.
    """
    if not group.asks_who:
        return failed(f"{group.name} asks for neither password nor user")
    if group.open_users:
        return failed(f"{group.name} lets in {', '.join(group.open_users)} without a password")
    return passed(f"{group.name} asks for a password or a user")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def group_fails_over(group: ReplicationGroup) -> Verdict:
    """When the primary node of a replication group fails, a replica takes over by itself.

    Else the cache is gone, and the database behind it takes the whole load, until somebody acts.

    Remediation: `aws elasticache modify-replication-group --automatic-failover-enabled`, with a replica.
    """
    return has("automatic failover", on=group.fails_over, name=group.name)


@check(objective="services-survive-failures", severity=Severity.LOW)
def group_survives_its_zone(group: ReplicationGroup) -> Verdict:
    """The nodes of a replication group are in several zones.

    A replica in the same zone is lost in the same moment.

    Remediation: `aws elasticache modify-replication-group --multi-az-enabled`.
    """
    return has("nodes in several zones", on=group.multi_zone, name=group.name)


@check(objective="data-is-backed-up", severity=Severity.LOW)
def group_is_backed_up(group: ReplicationGroup, *, days: int = 1, exempt: tuple[str, ...] = ()) -> Verdict:
    """Automatic snapshots of a replication group are kept.

    A cache that only repeats a database needs none: name it in the setting `exempt`. Many hold more than that.

    Remediation: `aws elasticache modify-replication-group --snapshot-retention-limit 7`.
    """
    if group.name in exempt:
        return not_applicable(f"{group.name} is named in the setting exempt")
    return kept(group.name, group.backup_days, days)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def group_takes_minor_upgrades(group: ReplicationGroup) -> Verdict:
    """Minor versions of the engine are installed in a replication group by themselves.

    They hold the fixes of flaws that are publicly known from that day on.

    Remediation: `aws elasticache modify-replication-group --auto-minor-version-upgrade`.
    """
    return _upgrades(group.name, on=group.minor_upgrades)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def cluster_refuses_plain_text(cluster: CacheCluster) -> Verdict:
    """A cache cluster that stands alone refuses connections in plain text.

    Sessions and passwords in a cache are worth as much as those in the database.

    Remediation: It can only be chosen when a cluster is made: Memcached 1.6.12 or later, with
    `--transit-encryption-enabled`; Valkey as a replication group.
    """
    return _plain_text(cluster.name, offers=cluster.offers_tls, needs=cluster.needs_tls)


@check(objective="services-survive-failures", severity=Severity.LOW)
def cluster_survives_its_zone(cluster: CacheCluster) -> Verdict:
    """The nodes of a cache cluster that stands alone are in several zones.

    One node of Valkey or Redis cannot be; make it a replication group.

    Remediation: `aws elasticache create-cache-cluster --az-mode cross-az`, for Memcached.
    """
    if cluster.zone == "Multiple":
        return passed(f"the nodes of {cluster.name} are in several zones")
    return failed(f"{cluster.name} is in {cluster.zone} alone")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def cluster_takes_minor_upgrades(cluster: CacheCluster) -> Verdict:
    """Minor versions of the engine are installed in a cache cluster by themselves.

    They hold the fixes of flaws that are publicly known from that day on.

    Remediation: `aws elasticache modify-cache-cluster --auto-minor-version-upgrade`.
    """
    if cluster.engine == MEMCACHED:
        return not_applicable(f"{cluster.name} runs memcached, of which AWS does not install minor versions by itself")
    return _upgrades(cluster.name, on=cluster.minor_upgrades)


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def serverless_cache_asks_who_comes(cache: ServerlessCache) -> Verdict:
    """A serverless cache of Valkey or Redis lets in only users of a user group, who prove who they are.

    Else everybody who reaches it reads and deletes everything.

    Remediation: `aws elasticache modify-serverless-cache --user-group-id …`.
    """
    if cache.engine == MEMCACHED:
        return not_applicable(f"{cache.name} runs memcached, which knows no users")
    if not cache.user_group:
        return failed(f"{cache.name} lets in everybody who reaches it")
    if cache.open_users:
        return failed(f"{cache.name} lets in {', '.join(cache.open_users)} of {cache.user_group} without a password")
    return passed(f"{cache.name} lets in the users of {cache.user_group}")


def _plain_text(name: str, *, offers: bool, needs: bool) -> Verdict:
    if not offers:
        return failed(f"{name} knows only plain text")
    return passed(f"{name} refuses plain text") if needs else failed(f"{name} answers TLS and plain text")


def _upgrades(name: str, *, on: bool) -> Verdict:
    if on:
        return passed(f"minor versions are installed in {name} by themselves")
    return failed(f"somebody must install minor versions in {name}")
