"""Checks of buckets and databases: who reaches them."""

from __future__ import annotations

from checks.cloud.addresses import is_everywhere
from checks.gcp.containers import chain, hidden, policies_over, rules_for
from checks.gcp.denied import Denied
from checks.gcp.guardrails import PUBLIC_ACCESS, is_enforced
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.data import Bucket, SqlInstance
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import Denials, IamPolicy, OrganizationPolicy

EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
REQUIRED = {
    "log_connections": ("on",),
    "log_disconnections": ("on",),
    "log_statement": ("ddl", "mod", "all"),
    "log_min_messages": ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning"),
    "log_min_error_statement": (
        "debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error",
    ),
    "log_min_duration_statement": ("-1",),
}  # fmt: skip
DEFAULTS = {
    "log_connections": "off",
    "log_disconnections": "off",
    "log_statement": "none",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
    "log_min_duration_statement": "-1",
}
"""What PostgreSQL does where nobody sets a flag (https://www.postgresql.org/docs/current/runtime-config-logging.html)."""
DOORS = {
    "MYSQL_5_": {"local_infile": ("on", "off"), "skip_show_database": ("off", "on")},
    "MYSQL_": {"local_infile": ("", "off"), "skip_show_database": ("off", "on")},
    "SQLSERVER_": {
        "contained database authentication": ("off", "off"), "cross db ownership chaining": ("off", "off"),
        "external scripts enabled": ("off", "off"), "remote access": ("on", "off"),
    },
}  # fmt: skip
"""What each engine does where nobody sets a flag, and what it should do; empty where that is not known: from version 8
on MySQL itself forbids `local_infile`, and Cloud SQL is said to allow it
(https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html,
https://learn.microsoft.com/sql/database-engine/configure-windows/server-configuration-options-sql-server)."""
WORDS = {"true": "on", "1": "on", "yes": "on", "false": "off", "0": "off", "no": "off"}


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def bucket_knows_policies_only(bucket: Bucket) -> Verdict:
    """Access to a bucket is granted by policies alone, and not by lists of single objects.

    Nobody can tell from the bucket whom its million objects let in.

    Remediation: `gcloud storage buckets update gs://BUCKET --uniform-bucket-level-access`.
    """
    if bucket.uniform_access:
        return passed(f"{bucket.name} has uniform access")
    return failed(f"objects in {bucket.name} have access lists of their own")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def bucket_is_not_public(
    bucket: Bucket,
    policies: Population[IamPolicy],
    containers: Population[Container],
    guardrails: Population[OrganizationPolicy],
    denials: Population[Denials],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Not everybody can read a bucket, unless that was approved.

    Names of buckets are guessed by the million. Name those that are meant to be public in the setting `approved`.

    Remediation: `gcloud storage buckets update gs://BUCKET --public-access-prevention`.
    """
    if bucket.public_access_prevention == "enforced":
        return passed(f"{bucket.name} prevents public access")
    container = containers.here.get(bucket.container)
    if container is None:
        return unknown(f"{bucket.container}, to which {bucket.name} belongs, was not listed")
    if found := _granted_to_everybody(bucket, container, policies):
        granted = f"in {bucket.name} {', '.join(f'{member} has {role}' for role, member in found)}"
        if bucket.name in approved:
            return passed(f"{granted}, which is approved")
        if is_enforced(rules_for(PUBLIC_ACCESS[0], container, guardrails, containers)):
            return passed(f"{granted}, which an organization policy prevents")
        weighed = Denied(denials, containers).weigh(found, chain(container))
        if weighed.unread:
            return unknown(f"{granted}, unless deny policies of {weighed.unread} say no, which were not read")
        if weighed.kept:
            return failed(f"in {bucket.name} {', '.join(weighed.kept)}")
    if outside := hidden(container, containers):
        return unknown(f"what {', '.join(outside)} grants, above {bucket.name}, cannot be seen")
    if not bucket.uniform_access:
        return unknown(f"the policy of {bucket.name} lets in nobody in particular, but access lists of objects may")
    return passed(f"{bucket.name} lets in only whom its policy names")


def _granted_to_everybody(
    bucket: Bucket, container: Container, policies: Population[IamPolicy]
) -> list[tuple[str, str]]:
    """Roles and members, of the bucket itself and of what is above it. Raises `NotObservedError`."""
    own = policies.here.get(bucket.id)
    found = {
        (binding.role, member)
        for policy in (*policies_over(container, policies), *([own] if own is not None else []))
        for binding in policy.bindings
        for member in binding.members
        if member in EVERYBODY
    }
    return sorted(found)


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def database_is_not_open_to_everybody(instance: SqlInstance) -> Verdict:
    """The public address of a database takes connections from named networks only.

    Otherwise one password lies between the internet and the data.

    Remediation: `gcloud sql instances patch INSTANCE --authorized-networks=…`, or `--no-assign-ip` and a private
    address.
    """
    if not instance.public_address:
        return passed(f"{instance.name} has no public address")
    wide = sorted(each for each in instance.networks if is_everywhere(each))
    if wide:
        return failed(f"{instance.name} takes connections from {', '.join(wide)}")
    return passed(f"{instance.name} takes connections from {', '.join(instance.networks) or 'no network'}")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def database_wants_tls(instance: SqlInstance) -> Verdict:
    """A database takes connections with TLS only.

    Without it passwords and data can be read on the way.

    Remediation: `gcloud sql instances patch INSTANCE --ssl-mode=ENCRYPTED_ONLY`.
    """
    if instance.tls == "ALLOW_UNENCRYPTED_AND_ENCRYPTED":
        return failed(f"{instance.name} takes connections without TLS as well")
    return passed(f"{instance.name} takes connections by {instance.tls}")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def postgresql_logs_who_does_what(instance: SqlInstance) -> Verdict:
    """PostgreSQL logs connections, changes of the schema, and errors, but no statements for being slow.

    Statements that are logged for being slow carry the data itself into the log.

    Remediation: `gcloud sql instances patch INSTANCE --database-flags=log_connections=on,log_disconnections=on,
    log_statement=ddl`; leave log_min_messages at warning, log_min_error_statement at error, and
    log_min_duration_statement at -1.
    """
    if not instance.engine.startswith("POSTGRES_"):
        return not_applicable(f"{instance.name} runs {instance.engine}")
    said = {name: instance.flags.get(name, default) for name, default in DEFAULTS.items()}
    wrong = [
        f"{name} is {value}"
        for name, value in said.items()
        if WORDS.get(value.lower(), value.lower()) not in REQUIRED[name]
    ]
    if wrong:
        return failed(f"in {instance.name} {', '.join(wrong)}")
    return passed(f"in {instance.name} {', '.join(f'{name} is {value}' for name, value in said.items())}")


@check(objective="data-is-backed-up", severity=Severity.HIGH)
def database_is_backed_up(instance: SqlInstance) -> Verdict:
    """A database is backed up by itself.

    What nobody copied is gone with the instance, or with one wrong statement.

    Remediation: `gcloud sql instances patch INSTANCE --backup-start-time=02:00`.
    """
    if instance.replica:
        return not_applicable(f"{instance.name} is a replica, whose original is backed up")
    return passed(f"{instance.name} is backed up") if instance.backups else failed(f"{instance.name} is not backed up")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def database_has_safe_settings(instance: SqlInstance) -> Verdict:
    """MySQL and SQL Server have those doors shut that the engine itself can open.

    Files of whoever connects, programs on the server and other databases are then out of reach of one that was broken
    into. PostgreSQL has no such settings.

    Remediation: `gcloud sql instances patch INSTANCE --database-flags=local_infile=off,skip_show_database=on`; of SQL
    Server `remote access=off` and the others off.
    """
    known = next((one for engine, one in DOORS.items() if instance.engine.startswith(engine)), None)
    if known is None:
        return not_applicable(f"{instance.name} runs {instance.engine}")
    said = {name: instance.flags.get(name, default).lower() for name, (default, _) in known.items()}
    wrong = [
        f"{name} is {value}" for name, value in said.items() if value and WORDS.get(value, value) != known[name][1]
    ]
    if wrong:
        return failed(f"in {instance.name} {', '.join(wrong)}")
    if unset := [name for name, value in said.items() if not value]:
        return unknown(f"in {instance.name} nobody set {', '.join(unset)}, and what Google makes of that is not known")
    return passed(f"in {instance.name} {', '.join(f'{name} is {value}' for name, value in said.items())}")
