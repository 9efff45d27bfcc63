"""Checks of CodeBuild."""

from __future__ import annotations

from datetime import datetime

from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.codebuild import BuildProject, ReportGroup


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def builds_are_logged(project: BuildProject) -> Verdict:
    """The project's builds write logs.

    What went into a build, and who changed it on the way, stands nowhere else. CodeBuild logs to CloudWatch unless
    somebody switches that off.

    Remediation: *Edit*, *Logs*, CloudWatch or S3.
    """
    if project.logs_to:
        return passed(f"{project.name} logs to {' and '.join(project.logs_to)}")
    return failed(f"{project.name} keeps no logs")


@check(objective="data-at-rest-is-encrypted", severity=Severity.LOW)
def build_logs_are_encrypted(project: BuildProject) -> Verdict:
    """Logs that the project writes to S3 are encrypted by it.

    Logs hold addresses, versions and, by mistake, secrets.

    Remediation: *Edit*, *Logs*, S3, and leave *Disable S3 log encryption* empty.
    """
    if "S3" not in project.logs_to:
        return not_applicable(f"{project.name} writes no logs to S3")
    if project.plain_logs:
        return failed(f"{project.name} has switched off the encryption of its logs in S3")
    return passed(f"{project.name} encrypts its logs in S3")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def project_keeps_no_secrets(project: BuildProject) -> Verdict:
    """No password, key or token stands in the project's environment or in the addresses of its sources.

    Everybody who may look at the project or at its logs reads it.

    Remediation: Use variables of the type `SECRETS_MANAGER` or `PARAMETER_STORE`, connect sources by OAuth or a
    connection, and replace the secret.
    """
    if project.secrets:
        return failed(f"{project.name} holds what looks like secrets: {', '.join(project.secrets)}")
    return passed(f"nothing in {project.name} looks like a secret")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def builds_are_not_public(project: BuildProject) -> Verdict:
    """Not everybody can read the logs and results of the project's builds.

    Public builds show every variable that a build prints, and everything that it makes.

    Remediation: `aws codebuild update-project-visibility --project-visibility PRIVATE`.
    """
    if project.public:
        return failed(f"everybody can read the builds of {project.name}")
    return passed(f"the builds of {project.name} are private")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def builds_are_not_privileged(project: BuildProject, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Builds have no rights on the machine beneath them, unless that was approved.

    Only projects that build images need them. Name those in the setting `approved`.

    Remediation: *Edit*, *Environment*, and leave *Privileged* empty.
    """
    if not project.privileged:
        return passed(f"{project.name} builds without privileges")
    if {project.id, project.name} & set(approved):
        return passed(f"{project.name} builds with privileges, which is approved")
    return failed(f"{project.name} builds with privileges")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def sources_are_fetched_from_whom_they_claim(project: BuildProject) -> Verdict:
    """The project checks the certificate of the server from which it fetches source code.

    Else anybody on the way decides what is built, and so what runs.

    Remediation: *Edit*, *Source*, and leave *Insecure SSL* empty; give the certificate of your own authority instead.
    """
    if project.ignores_certificates:
        return failed(f"{project.name} fetches source code without a look at certificates")
    return passed(f"{project.name} looks at certificates when it fetches source code")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def project_is_used(project: BuildProject, *, as_of: datetime, days: int = 90) -> Verdict:
    """The project has built something lately.

    One that nobody uses keeps a role that may do much, and a way to start code with it.

    Remediation: `aws codebuild delete-project`, and its role.
    """
    if project.last_build is None:
        made = f"{project.name} was made on {project.created:%Y-%m-%d}, and CodeBuild remembers no build"
        return lately(made, project.created, as_of, days)
    return lately(f"{project.name} built last on {project.last_build:%Y-%m-%d}", project.last_build, as_of, days)


@check(objective="data-at-rest-is-encrypted", severity=Severity.LOW)
def exported_reports_are_encrypted(group: ReportGroup) -> Verdict:
    """Reports of tests that are written to S3 are encrypted.

    They say what is tested, and what fails.

    Remediation: *Report groups*, *Edit*, and leave *Disable artifact encryption* empty.
    """
    if not group.exports:
        return not_applicable(f"{group.name} writes nothing to S3")
    if group.encrypted:
        return passed(f"{group.name} encrypts what it writes to S3")
    return failed(f"{group.name} has switched off the encryption of what it writes to S3")
