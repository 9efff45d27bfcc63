"""Checks of MemoryDB, which is a database that speaks the language of a cache."""

from __future__ import annotations

from checks.aws.databases import has, kept
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.memorydb import MemoryCluster

OPEN = "open-access"


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def cluster_refuses_plain_text(cluster: MemoryCluster) -> Verdict:
    """A MemoryDB cluster refuses connections in plain text.

    Without TLS it cannot have users either: everybody who reaches it may do everything.

    Remediation: It can only be chosen when a cluster is made: restore a snapshot with `--tls-enabled`.
    """
    return has("TLS", on=cluster.needs_tls, name=cluster.name)


@check(objective="data-is-not-public", severity=Severity.HIGH)
def cluster_asks_who_comes(cluster: MemoryCluster) -> Verdict:
    """A MemoryDB cluster lets in only users of an access control list, who prove who they are.

    The list `open-access` lets in everybody without a password.

    Remediation: `aws memorydb update-cluster --acl-name … --cluster-name …`.
    """
    if cluster.access_list == OPEN:
        return failed(f"{cluster.name} has the access control list open-access, which lets everybody in")
    if cluster.open_users:
        named = ", ".join(cluster.open_users)
        return failed(f"{cluster.access_list}, which {cluster.name} has, lets in {named} without a password")
    return passed(f"{cluster.name} has the access control list {cluster.access_list}")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def cluster_survives_its_zone(cluster: MemoryCluster) -> Verdict:
    """A MemoryDB cluster has nodes in several zones.

    The data is in several zones anyway; without a replica there is nobody to serve it.

    Remediation: `aws memorydb update-cluster --replica-configuration ReplicaCount=1 --cluster-name …`.
    """
    return has("nodes in several zones", on=cluster.multi_zone, name=cluster.name)


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def cluster_is_backed_up(cluster: MemoryCluster, *, days: int = 7) -> Verdict:
    """Automatic snapshots of a MemoryDB cluster are kept for some days.

    What is written is durable, the wrong `FLUSHALL` included.

    Remediation: `aws memorydb update-cluster --snapshot-retention-limit 7 --cluster-name …`.
    """
    return kept(cluster.name, cluster.backup_days, days)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def cluster_takes_minor_upgrades(cluster: MemoryCluster) -> Verdict:
    """Minor versions of the engine are installed in a MemoryDB cluster by themselves.

    They hold the fixes of flaws that are publicly known from that day on.

    Remediation: It can only be chosen when a cluster is made: `--auto-minor-version-upgrade`.
    """
    if cluster.minor_upgrades:
        return passed(f"minor versions are installed in {cluster.name} by themselves")
    return failed(f"somebody must install minor versions in {cluster.name}")
