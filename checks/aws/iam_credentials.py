"""Checks of what lets users in, or proves who a server is, beside passwords and access keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.iam import IamUser
from core.resources.aws.iam_credentials import ServerCertificate, ServiceCredential, SshKey


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def ssh_key_is_rotated(key: SshKey, *, as_of: datetime, days: int = 365) -> Verdict:
    """No active SSH key of a user is old.

    It opens repositories of CodeCommit, without a second factor, for whoever has a copy of its other half.

    Remediation: Upload a new public key, then `aws iam delete-ssh-public-key`; better, use `git-remote-codecommit` with
    a role.
    """
    if not key.active:
        return not_applicable(f"SSH key {key.id} of {key.user} is inactive")
    return lately(f"SSH key {key.id} of {key.user} was uploaded on {key.uploaded:%Y-%m-%d}", key.uploaded, as_of, days)


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def service_credential_is_rotated(credential: ServiceCredential, *, as_of: datetime, days: int = 90) -> Verdict:
    """No active credential for a single service is old.

    Passwords for CodeCommit and Keyspaces and API keys for Bedrock lie in files like access keys, and are forgotten
    more easily: no list of access keys shows them.

    Remediation: Make a second one, move the program to it, then `aws iam delete-service-specific-credential`.
    """
    if credential.status != "Active":
        return not_applicable(f"{_named(credential)} is {credential.status}")
    return lately(f"{_named(credential)} was made on {credential.created:%Y-%m-%d}", credential.created, as_of, days)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def service_credential_expires(credential: ServiceCredential, *, days: int = 90) -> Verdict:
    """An active credential for a single service ends by itself, soon after it was made.

    One that never ends works until somebody remembers it.

    Remediation: Use a role; for Bedrock a short-term API key, or one with `--credential-age-days`.
    """
    if credential.status != "Active":
        return not_applicable(f"{_named(credential)} is {credential.status}")
    if credential.expires is None:
        return failed(f"{_named(credential)} never expires")
    reason = (
        f"{_named(credential)} was made on {credential.created:%Y-%m-%d} and expires on {credential.expires:%Y-%m-%d}"
    )
    if credential.expires - credential.created > timedelta(days=days):
        return failed(f"{reason}, more than {days} days later")
    return passed(reason)


@check(objective="sign-in-methods-are-strong", severity=Severity.LOW)
def user_has_no_signing_certificate(user: IamUser) -> Verdict:
    """A user has no active X.509 signing certificate.

    Only interfaces that have gone out of use take them; what remains is one more credential that nobody watches.

    Remediation: `aws iam delete-signing-certificate`, after it was `Inactive` for a while.
    """
    if user.signing_certificates:
        return failed(f"{user.name} has {user.signing_certificates} active signing certificates")
    return passed(f"{user.name} has no active signing certificate")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def server_certificate_is_valid(certificate: ServerCertificate, *, as_of: datetime, days: int = 30) -> Verdict:
    """A server certificate in IAM does not expire soon, and has not.

    IAM renews nothing and warns of nothing: one day browsers refuse the site.

    Remediation: Move to a certificate of ACM, which renews itself, then `aws iam delete-server-certificate`.
    """
    reason = f"{certificate.name} expires on {certificate.expires:%Y-%m-%d}"
    if certificate.expires <= as_of:
        return failed(f"{certificate.name} expired on {certificate.expires:%Y-%m-%d}")
    if certificate.expires <= as_of + timedelta(days=days):
        return failed(f"{reason}, within {days} days")
    return passed(reason)


def _named(credential: ServiceCredential) -> str:
    return f"the credential {credential.id} of {credential.user} for {credential.service}"
