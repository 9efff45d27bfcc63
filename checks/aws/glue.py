"""Checks of Glue: the catalog, and how jobs and connections treat the data."""

from __future__ import annotations

from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.glue import (
    GlueCatalog,
    GlueConnection,
    GlueEndpoint,
    GlueJob,
    GlueSecurityConfiguration,
    GlueTransform,
)

OFF = "DISABLED"
KMS = ("SSE-KMS", "CSE-KMS")


@check(objective="data-at-rest-is-encrypted", severity=Severity.LOW)
def catalog_is_encrypted(catalog: GlueCatalog) -> Verdict:
    """The catalog encrypts its metadata with a key of KMS.

    Names of tables and columns, and where they lie, tell an intruder what to take.

    Remediation: *Glue*, *Catalog settings*, *Metadata encryption*.
    """
    if catalog.metadata == OFF:
        return failed(f"metadata of the catalog in {catalog.region} is not encrypted with a key of KMS")
    return passed(f"metadata of the catalog in {catalog.region} is encrypted by {catalog.metadata}")


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def connection_passwords_are_encrypted(catalog: GlueCatalog, connections: Population[GlueConnection]) -> Verdict:
    """The catalog encrypts the passwords that connections carry.

    Without it, whoever may read a connection reads the password of the database. A region whose connections all name
    a secret of Secrets Manager needs none of it.

    Remediation: *Glue*, *Catalog settings*, *Encrypt connection passwords*; better, use Secrets Manager.
    """
    if catalog.passwords_encrypted:
        return passed(f"passwords of connections in {catalog.region} are encrypted")
    here = f"{catalog.id}/"
    carrying = [each.name for each in connections.here if each.id.startswith(here) and each.password]
    if not carrying:
        return not_applicable(f"no connection in {catalog.region} carries a password")
    return failed(f"the password of {', '.join(sorted(carrying))} in {catalog.region} is not encrypted")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def catalog_is_not_public(catalog: GlueCatalog) -> Verdict:
    """Not everybody in the world may use the catalog.

    A catalog for all principals shows every table there is, and may let anybody change where they point.

    Remediation: Name principals in the catalog's resource policy, or add `aws:PrincipalOrgID`.
    """
    if everybody_may(catalog.statements):
        return failed(f"the policy of the catalog in {catalog.region} lets everybody in")
    return passed(f"the policy of the catalog in {catalog.region} lets not everybody in")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def catalog_lets_in_approved_accounts(catalog: GlueCatalog, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The catalog's policy lets in no other account, unless that was approved.

    What another account may know of our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the catalog's resource policy.
    """
    others = sorted(accounts_let_in(catalog.statements) - {catalog.account} - set(approved))
    if others:
        return failed(f"the catalog in {catalog.region} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the catalog in {catalog.region} lets in no account that was not approved")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def job_encrypts_with_kms(job: GlueJob, configurations: Population[GlueSecurityConfiguration]) -> Verdict:
    """A job encrypts what it writes, logs and remembers with keys of KMS.

    S3 and CloudWatch Logs encrypt everything with keys of their own. A key of KMS is a second permission for whoever
    would read the results, and a record of it.

    Remediation: Make a *Security configuration* with all three kinds of encryption, and name it in the job.
    """
    return _encrypts(job.name, job.configuration, configurations)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def endpoint_encrypts_with_kms(
    endpoint: GlueEndpoint, configurations: Population[GlueSecurityConfiguration]
) -> Verdict:
    """A development endpoint encrypts what it writes, logs and remembers with keys of KMS.

    People try out on it what later runs as a job, often with the same data.

    Remediation: Make the endpoint anew with a *Security configuration* that has all three kinds of encryption.
    """
    return _encrypts(endpoint.name, endpoint.configuration, configurations)


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def endpoint_is_not_public(endpoint: GlueEndpoint) -> Verdict:
    """The internet does not reach a development endpoint.

    It is a machine with a role that reads data, and takes SSH.

    Remediation: Make it anew in a network of your own, or use interactive sessions instead.
    """
    if endpoint.public:
        return failed(f"{endpoint.name} has a public address")
    return passed(f"{endpoint.name} has no public address")


@check(objective="use-is-logged", severity=Severity.LOW)
def job_logs_while_it_runs(job: GlueJob) -> Verdict:
    """A job logs to CloudWatch Logs while it runs.

    Otherwise only what it printed is kept, and who looks into a failed or manipulated run finds little. From Glue 5 on,
    every job of Spark does.

    Remediation: *Job details*, *Glue version* 5 or later; or *Continuous logging*, which is the default argument
    `--enable-continuous-cloudwatch-log`.
    """
    if job.continuous_log is None:
        return not_applicable(f"{job.name} is not of Spark: what it prints is its log")
    if job.continuous_log:
        return passed(f"{job.name} logs while it runs")
    return failed(f"{job.name} does not log while it runs")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def job_arguments_hold_no_secrets(job: GlueJob) -> Verdict:
    """The default arguments of a job hold no secrets.

    Whoever may look at the job reads them, and they stand in its history.

    Remediation: Name a secret of Secrets Manager in the argument, let the job fetch it, and replace what stood there.
    """
    if job.secrets:
        return failed(f"{job.name} has what looks like a secret in {', '.join(job.secrets)}")
    return passed(f"{job.name} has nothing in its arguments that looks like a secret")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def transform_is_encrypted_with_kms(transform: GlueTransform) -> Verdict:
    """A machine learning transform encrypts what it was taught with a key of KMS.

    The examples are rows of real data.

    Remediation: Make the transform anew with `TransformEncryption`.
    """
    if transform.encryption == OFF:
        return failed(f"{transform.name} is not encrypted with a key of KMS")
    return passed(f"{transform.name} is encrypted by {transform.encryption}")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def connection_needs_tls(connection: GlueConnection) -> Verdict:
    """A connection to a database or to Kafka insists on TLS.

    It carries the password and everything that is read.

    Remediation: Edit the connection, *Require SSL connection*.
    """
    if connection.tls is None:
        return not_applicable(f"connections of type {connection.type} do not say: {connection.name}")
    if connection.tls:
        return passed(f"{connection.name} insists on TLS")
    return failed(f"{connection.name} does not insist on TLS")


def _encrypts(name: str, configuration: str, configurations: Population[GlueSecurityConfiguration]) -> Verdict:
    if not configuration:
        return failed(f"{name} has no security configuration")
    found = configurations.get(configuration)
    if found is None:
        return unknown(f"{name} names the security configuration {configuration}, which is not there")
    plain = [
        *(f"data by {mode}" for mode in found.data or (OFF,) if mode not in KMS),
        *([f"logs by {found.logs}"] if found.logs not in KMS else []),
        *([f"bookmarks by {found.bookmarks}"] if found.bookmarks not in KMS else []),
    ]
    if plain:
        return failed(f"{name}, after {found.name}, encrypts {', '.join(plain)}")
    return passed(f"{name} encrypts with keys of KMS, after {found.name}")
