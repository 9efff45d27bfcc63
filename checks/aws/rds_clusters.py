"""Checks of database clusters: Aurora, clusters of RDS, Neptune, DocumentDB."""

from __future__ import annotations

from datetime import datetime

from checks.aws.databases import encrypted, has, kept, maintained, sent
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.rds import DatabaseCluster

AUDITED = ("docdb", "neptune")
"""Engines whose audit log is a log of its own."""
KNOW_TAGS = ("aurora", "mysql", "postgres", "neptune")
"""How the names of engines begin that copy tags to snapshots."""


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def cluster_storage_is_encrypted(cluster: DatabaseCluster) -> Verdict:
    """The storage of a database cluster is encrypted.

    It can only be chosen when a cluster is made. Aurora encrypts some clusters with a key that AWS owns although nobody
    asked for it; its API then still says that `StorageEncrypted` is false.

    Remediation: Restore a snapshot with `--kms-key-id`, and let programs use that.
    """
    return encrypted(cluster.name, on=cluster.encrypted, key=cluster.key)


@check(objective="data-is-backed-up", severity=Severity.HIGH)
def cluster_is_backed_up(cluster: DatabaseCluster, *, days: int = 7) -> Verdict:
    """Automatic backups of a database cluster are kept for some days.

    AWS keeps them for one day when nobody says more; damage is seldom seen on the day it is done.

    Remediation: `aws rds modify-db-cluster --backup-retention-period 7`.
    """
    return kept(cluster.name, cluster.backup_days, days)


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def cluster_is_guarded_against_deletion(cluster: DatabaseCluster) -> Verdict:
    """A database cluster cannot be deleted by one command.

    Deletion takes the automatic backups with it.

    Remediation: `aws rds modify-db-cluster --deletion-protection`.
    """
    return has("protection against deletion", on=cluster.guarded, name=cluster.name)


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def cluster_survives_its_zone(cluster: DatabaseCluster) -> Verdict:
    """A database cluster has instances in several zones.

    The data of Aurora, Neptune and DocumentDB is in three zones anyway; but without an instance that is still alive
    nobody gets at it until a new one has started.

    Remediation: Add a reader in another zone: `aws rds create-db-instance --db-cluster-identifier …
    --availability-zone …`.
    """
    if cluster.multi_zone:
        return passed(f"{cluster.name} has instances in several zones")
    return failed(f"{cluster.name} has no instances in several zones")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def cluster_version_is_supported(cluster: DatabaseCluster, *, as_of: datetime) -> Verdict:
    """A database cluster runs a version that AWS offers and still supports.

    What AWS has deprecated gets no more fixes. In Extended Support it mends the worst, for a price and a last while.

    Remediation: *Modify*, *DB engine version*, after a try on a clone.
    """
    return maintained(cluster, as_of)


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def cluster_sends_its_logs_away(cluster: DatabaseCluster, *, needed: tuple[str, ...] = ()) -> Verdict:
    """Logs of a database cluster go to CloudWatch Logs; of Neptune and DocumentDB the audit log.

    On the instances they are gone within days. Name the logs that must be among them (`audit`, `postgresql`, …) in the
    setting `needed`.

    Remediation: *Modify*, *Log exports*; or `aws rds modify-db-cluster --cloudwatch-logs-export-configuration
    EnableLogTypes=audit`.
    """
    always = ("audit",) if cluster.engine in AUDITED else ()
    return sent(cluster.name, cluster.log_exports, (*always, *needed))


@check(objective="workloads-use-short-lived-credentials", severity=Severity.LOW)
def cluster_lets_identities_sign_in(cluster: DatabaseCluster) -> Verdict:
    """Identities of AWS can sign in to a database cluster.

    Their tokens live for fifteen minutes; a password in a program's settings lives until somebody finds it. Neptune
    has no users of its own: without IAM it lets in everybody who reaches it.

    Remediation: `aws rds modify-db-cluster --enable-iam-database-authentication`.
    """
    if cluster.engine == "docdb":
        return not_applicable(f"{cluster.name} runs docdb, where each user says how to sign in")
    return has("sign-in for identities of AWS", on=cluster.iam_sign_in, name=cluster.name)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def cluster_tags_go_with_snapshots(cluster: DatabaseCluster) -> Verdict:
    """Snapshots of a database cluster get its tags.

    Rights and costs follow tags, and who owns a snapshot is forgotten sooner than who owns a database.

    Remediation: `aws rds modify-db-cluster --copy-tags-to-snapshot`.
    """
    if not cluster.engine.startswith(KNOW_TAGS):
        return not_applicable(f"{cluster.name} runs {cluster.engine}, which copies no tags")
    return has("tags that go with its snapshots", on=cluster.copies_tags, name=cluster.name)


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def cluster_password_is_managed(cluster: DatabaseCluster) -> Verdict:
    """Secrets Manager keeps and changes the password of the administrator of a database cluster.

    Nobody needs to know it then, and it is replaced every week.

    Remediation: `aws rds modify-db-cluster --manage-master-user-password`.
    """
    if cluster.engine == "neptune":
        return not_applicable(f"{cluster.name} runs neptune, which has no passwords")
    return has("password of its administrator in Secrets Manager", on=cluster.managed_password, name=cluster.name)
