"""Checks of the root user of an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.guardrails import Membership
from core.resources.aws.iam import IamAccount


@check(objective="privileged-access-needs-mfa", severity=Severity.CRITICAL)
def root_has_mfa(account: IamAccount) -> Verdict:
    """The root user signs in with a second factor.

    Nothing in the account bounds the root user: its password alone must not be enough.

    Remediation: Sign in as root, *Security credentials*, *Assign MFA device*. In an organization, remove the root
    credentials of member accounts instead: *IAM*, *Root access management*.
    """
    if account.root_has_mfa:
        return passed("a second factor is assigned to the root user")
    if not account.root_has_password:
        return not_applicable("the root user has no password, so nobody signs in as root")
    return failed("no second factor is assigned to the root user")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def root_mfa_is_hardware(account: IamAccount) -> Verdict:
    """The second factor of the root user is a device of its own.

    A virtual one is a secret in some telephone, which can be copied, lost and phished.

    Remediation: Sign in as root, assign a passkey or hardware token, and remove the virtual device.
    """
    if not account.root_has_mfa:
        if not account.root_has_password:
            return not_applicable("the root user has no password, so nobody signs in as root")
        return failed("no second factor is assigned to the root user")
    if account.root_mfa_is_virtual:
        return failed("a virtual device is assigned to the root user")
    return passed("the root user's second factor is no virtual device")


@check(objective="privileged-access-is-personal", severity=Severity.CRITICAL)
def root_has_no_access_key(account: IamAccount) -> Verdict:
    """The root user has no access keys.

    A key of root works without a second factor, cannot be limited, and does not tell who uses it.

    Remediation: Sign in as root, *Security credentials*, deactivate and then delete the access keys.
    """
    if account.root_has_keys:
        return failed("the root user has an access key")
    return passed("the root user has no access key")


@check(objective="privileged-access-is-personal", severity=Severity.HIGH)
def root_has_no_signing_certificate(account: IamAccount) -> Verdict:
    """The root user has no active X.509 signing certificate.

    Old interfaces take it instead of an access key: like one, without a second factor, without limits and without a
    name.

    Remediation: Sign in as root, *Security credentials*, *X.509 Signing certificates*, deactivate and then delete them.
    """
    if account.root_signing_certificates:
        return failed(f"the root user has {account.root_signing_certificates} active signing certificates")
    return passed("the root user has no active signing certificate")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def root_is_not_used(account: IamAccount, *, as_of: datetime, days: int = 30) -> Verdict:
    """Nobody has used the root user lately.

    It is meant for the few tasks that need it. Daily work as root is without limits and without a name.

    Remediation: Work with a role of the identity provider; find who used root in CloudTrail (`userIdentity.type`).
    """
    if account.root_last_used is None:
        return passed("no use of the root user is recorded")
    reason = f"the root user was last used on {account.root_last_used:%Y-%m-%d}"
    if account.root_last_used >= as_of - timedelta(days=days):
        return failed(f"{reason}, within {days} days")
    return passed(reason)


@check(objective="privileged-access-is-rare", severity=Severity.LOW)
def only_root_of_the_management_account_has_a_password(
    account: IamAccount, memberships: Population[Membership]
) -> Verdict:
    """In an organization only the root user of the management account has a password.

    The management account can do the few tasks of root for its members. What has no password cannot be phished, and
    nobody has to keep a second factor for it.

    Remediation: In the management account: *IAM*, *Root access management*, select the account, *Delete root user
    credentials*.
    """
    membership = memberships.get(account.id)
    if membership is None:
        return unknown(f"the organization of {account.id} was not looked for")
    if not membership.organization:
        return not_applicable(f"{account.id} belongs to no organization")
    if membership.is_management_account:
        return passed(f"{account.id} is the management account, which needs its root user")
    if account.root_has_password:
        return failed(f"the root user of {account.id} has a password")
    return passed(f"the root user of {account.id} has no password")
