"""Checks of database instances of RDS. What a cluster decides for its members is judged with the cluster."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.databases import encrypted, has, kept, maintained, sent
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.rds import DatabaseInstance

KNOW_IAM = ("aurora", "mysql", "mariadb", "postgres")
"""How the names of engines begin that identities of AWS can sign in to."""


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def instance_has_no_public_address(instance: DatabaseInstance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A database instance cannot be addressed from the internet.

    With a public address one wrong rule in a security group, or one guessed password, lies between anybody and the
    data. Name instances that must have one in the setting `approved`.

    Remediation: *Modify*, *Connectivity*, *Not publicly accessible*; or `aws rds modify-db-instance
    --no-publicly-accessible`.
    """
    if not instance.public:
        return passed(f"{instance.name} has no public address")
    if instance.name in approved:
        return passed(f"{instance.name} has a public address, which is approved")
    return failed(f"{instance.name} has a public address")


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def instance_storage_is_encrypted(instance: DatabaseInstance) -> Verdict:
    """The storage of a database instance is encrypted.

    Its backups, replicas and snapshots are as its storage is. It can only be chosen when an instance is made.

    Remediation: Take a snapshot, copy it with `--kms-key-id`, restore the copy, and let programs use that.
    """
    if instance.cluster:
        return _with_cluster(instance)
    return encrypted(instance.name, on=instance.encrypted, key=instance.key)


@check(objective="data-is-backed-up", severity=Severity.HIGH)
def instance_is_backed_up(instance: DatabaseInstance, *, days: int = 7) -> Verdict:
    """Automatic backups of a database instance are kept for some days.

    With them it can be restored to any moment of that time; damage is seldom seen on the day it is done.

    Remediation: `aws rds modify-db-instance --backup-retention-period 7`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    if instance.replica_of:
        return not_applicable(f"{instance.name} is a copy of {instance.replica_of}, which is what is backed up")
    return kept(instance.name, instance.backup_days, days)


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def instance_is_guarded_against_deletion(instance: DatabaseInstance) -> Verdict:
    """A database instance cannot be deleted by one command.

    Deletion takes the automatic backups with it, unless somebody thinks of keeping them.

    Remediation: `aws rds modify-db-instance --deletion-protection`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    return has("protection against deletion", on=instance.guarded, name=instance.name)


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def instance_survives_its_zone(instance: DatabaseInstance) -> Verdict:
    """A database instance has a standby in another zone.

    Zones fail, and so do machines; the standby takes over within a minute or two.

    Remediation: `aws rds modify-db-instance --multi-az`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    if instance.replica_of:
        return not_applicable(f"{instance.name} is a copy of {instance.replica_of}, which can do without it")
    return has("standby in another zone", on=instance.multi_zone, name=instance.name)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def instance_takes_minor_upgrades(instance: DatabaseInstance) -> Verdict:
    """Minor versions of the database engine are installed by themselves.

    They hold the fixes of flaws that are publicly known from that day on.

    Remediation: `aws rds modify-db-instance --auto-minor-version-upgrade`.
    """
    if instance.minor_upgrades:
        return passed(f"minor versions of {instance.engine} are installed in {instance.name} by themselves")
    return failed(f"somebody must install minor versions of {instance.engine} in {instance.name}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def instance_version_is_supported(instance: DatabaseInstance, *, as_of: datetime) -> Verdict:
    """A database instance runs a version that RDS offers and still supports.

    What RDS has deprecated gets no more fixes. In Extended Support AWS mends the worst, for a price and a last while.

    Remediation: *Modify*, *DB engine version*, after a try on a restored snapshot.
    """
    if instance.cluster:
        return _with_cluster(instance)
    return maintained(instance, as_of)


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def instance_sends_its_logs_away(instance: DatabaseInstance, *, needed: tuple[str, ...] = ()) -> Verdict:
    """Logs of a database instance go to CloudWatch Logs.

    On the instance they are gone within days, and with the instance. Name the logs that must be among them (`audit`,
    `postgresql`, …) in the setting `needed`.

    Remediation: *Modify*, *Log exports*.
    """
    if instance.cluster:
        return _with_cluster(instance)
    return sent(instance.name, instance.log_exports, needed)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.LOW)
def instance_lets_identities_sign_in(instance: DatabaseInstance) -> Verdict:
    """Identities of AWS can sign in to a database instance.

    Their tokens live for fifteen minutes; a password in a program's settings lives until somebody finds it.

    Remediation: `aws rds modify-db-instance --enable-iam-database-authentication`, then a user with `rds_iam`, or
    `AWSAuthenticationPlugin`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    if not instance.engine.startswith(KNOW_IAM):
        return not_applicable(f"{instance.name} runs {instance.engine}, which knows no identities of AWS")
    return has("sign-in for identities of AWS", on=instance.iam_sign_in, name=instance.name)


@check(objective="assets-are-labelled", severity=Severity.LOW)
def instance_tags_go_with_snapshots(instance: DatabaseInstance) -> Verdict:
    """Snapshots of a database instance get its tags.

    Rights and costs follow tags, and who owns a snapshot is forgotten sooner than who owns a database.

    Remediation: `aws rds modify-db-instance --copy-tags-to-snapshot`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    return has("tags that go with its snapshots", on=instance.copies_tags, name=instance.name)


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def instance_password_is_managed(instance: DatabaseInstance) -> Verdict:
    """Secrets Manager keeps and changes the password of the administrator of a database instance.

    Nobody needs to know it then, and it is replaced every week.

    Remediation: `aws rds modify-db-instance --manage-master-user-password`.
    """
    if instance.cluster:
        return _with_cluster(instance)
    if instance.replica_of:
        return not_applicable(f"{instance.name} has the users of {instance.replica_of}")
    return has("password of its administrator in Secrets Manager", on=instance.managed_password, name=instance.name)


@check(objective="capacity-is-watched", severity=Severity.LOW)
def instance_is_measured(instance: DatabaseInstance) -> Verdict:
    """The operating system below a database instance is measured every minute or more often.

    Without *Enhanced Monitoring* one sees what the hypervisor sees: not which process eats the memory.

    Remediation: `aws rds modify-db-instance --monitoring-interval 60 --monitoring-role-arn …`.
    """
    if instance.engine in ("docdb", "neptune"):
        return not_applicable(f"{instance.name} runs {instance.engine}, which RDS does not measure so")
    if instance.monitoring_seconds:
        return passed(f"{instance.name} is measured every {instance.monitoring_seconds} seconds")
    return failed(f"the operating system below {instance.name} is not measured")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def instance_certificate_lasts(instance: DatabaseInstance, as_of: datetime, *, days: int = 30) -> Verdict:
    """The certificate of a database instance is valid for some time to come.

    When it ends, programs that look at certificates stop; the others were never protected.

    Remediation: `aws rds modify-db-instance --ca-certificate-identifier rds-ca-rsa2048-g1`, after programs trust it.
    """
    reason = f"the certificate of {instance.name} ends on {instance.certificate_ends:%Y-%m-%d}"
    return passed(reason) if instance.certificate_ends >= as_of + timedelta(days=days) else failed(reason)


def _with_cluster(instance: DatabaseInstance) -> Verdict:
    return not_applicable(f"{instance.name} belongs to the cluster {instance.cluster}, which decides that")
