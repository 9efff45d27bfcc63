"""Checks of the Database Migration Service: for a while, copies of whole databases go through it."""

from __future__ import annotations

from checks.aws.databases import has
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.dms import MigrationEndpoint, ReplicationInstance, ReplicationTask

PLAIN = ("none", "plaintext")
PROTECTED = ("require", "verify-ca", "verify-full", "ssl-encryption", "ssl-authentication", "sasl-ssl")
ALWAYS_TLS = ("dynamodb", "elasticsearch", "kinesis", "neptune", "opensearch", "redshift", "s3", "timestream")
"""How the names of engines begin that DMS reaches by TLS whatever the mode of the endpoint is."""
ENOUGH = ("LOGGER_SEVERITY_DEFAULT", "LOGGER_SEVERITY_DEBUG", "LOGGER_SEVERITY_DETAILED_DEBUG")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def instance_has_no_public_address(instance: ReplicationInstance) -> Verdict:
    """A replication instance cannot be addressed from the internet.

    It holds passwords of the databases on both sides, and sees all that is copied.

    Remediation: It can only be chosen when an instance is made: `--no-publicly-accessible`.
    """
    return (
        failed(f"{instance.name} has a public address")
        if instance.public
        else passed(f"{instance.name} has no public address")
    )


@check(objective="services-survive-failures", severity=Severity.LOW)
def instance_survives_its_zone(instance: ReplicationInstance) -> Verdict:
    """A replication instance has a standby in another zone.

    A replication that runs for months must survive the failure of a machine.

    Remediation: `aws dms modify-replication-instance --multi-az --replication-instance-arn …`.
    """
    return has("standby in another zone", on=instance.multi_zone, name=instance.name)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def instance_takes_minor_upgrades(instance: ReplicationInstance) -> Verdict:
    """Minor versions of the engine are installed in a replication instance by themselves.

    They hold the fixes of known flaws.

    Remediation: `aws dms modify-replication-instance --auto-minor-version-upgrade --replication-instance-arn …`.
    """
    if instance.minor_upgrades:
        return passed(f"minor versions are installed in {instance.name} by themselves")
    return failed(f"somebody must install minor versions in {instance.name}")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def endpoint_is_reached_by_tls(endpoint: MigrationEndpoint) -> Verdict:
    """A database is copied from or to by TLS.

    Copying takes the whole database, and often a way that it never went before.

    Remediation: *Endpoints*, *Modify*, *Secure Socket Layer (SSL) mode*, `verify-full` where the engine knows it.
    """
    if endpoint.engine.startswith(ALWAYS_TLS):
        return not_applicable(f"{endpoint.name} is {endpoint.engine}, which DMS reaches by TLS whatever is chosen")
    if endpoint.tls in PROTECTED:
        return passed(f"{endpoint.name} ({endpoint.engine}) is reached with {endpoint.tls}")
    if endpoint.tls in PLAIN:
        return failed(f"{endpoint.name} ({endpoint.engine}) is reached in plain text: {endpoint.tls}")
    return unknown(f"{endpoint.name} ({endpoint.engine}) is reached with {endpoint.tls}, which nobody knows")


@check(objective="use-is-logged", severity=Severity.LOW)
def task_logs_what_it_reads(
    task: ReplicationTask, *, parts: tuple[str, ...] = ("SOURCE_CAPTURE", "SOURCE_UNLOAD")
) -> Verdict:
    """A replication task logs what it does at the source.

    Whether all has been copied, and what failed, is said nowhere else.

    Remediation: *Modify*, *Task settings*, *Turn on CloudWatch logs*, with the level *Default* or finer.
    """
    return _logging(task, parts)


@check(objective="use-is-logged", severity=Severity.LOW)
def task_logs_what_it_writes(
    task: ReplicationTask, *, parts: tuple[str, ...] = ("TARGET_APPLY", "TARGET_LOAD")
) -> Verdict:
    """A replication task logs what it does at the target.

    Rows that the target refused stand in this log, and otherwise only in a table that nobody looks at.

    Remediation: *Modify*, *Task settings*, *Turn on CloudWatch logs*, with the level *Default* or finer.
    """
    return _logging(task, parts)


def _logging(task: ReplicationTask, parts: tuple[str, ...]) -> Verdict:
    if not task.logs:
        return failed(f"{task.name} does not log")
    levels = dict(each.split(" ", 1) for each in task.levels)
    said = ", ".join(f"{part} {levels.get(part, 'not at all')}" for part in parts)
    enough = all(levels.get(part) in ENOUGH for part in parts)
    return passed(f"{task.name} logs {said}") if enough else failed(f"{task.name} logs {said}")
