"""Checks of the applications that an identity provider knows, and of what they were allowed."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.host.fleet import listed
from checks.idp.accounts import is_named
from checks.people.accounts import name_of, user_is_closed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.idp import Application, Credential, Grant, User

HIGH = (
    "*.ReadWrite.All", "*.FullControl.All", "Mail.*", "Files.*.All", "RoleManagement.*", "full_access_as_app",
    "Directory.AccessAsUser.All", "Policy.ReadWrite.*", "RoleAssignmentSchedule.ReadWrite.*",
    "RoleEligibilitySchedule.ReadWrite.*", "PrivilegedAccess.ReadWrite.*", "Exchange.ManageAsApp",
    "okta.*.manage", "*/auth/admin.*", "*/auth/drive", "*/auth/gmail.*", "https://mail.google.com/*",
    "*/auth/cloud-platform", "administration:write", "organization_*:write", "*:admin", "members:write",
    "contents:write", "secrets:write", "workflows:write", "actions:write", "repository_hooks:write",
)  # fmt: skip
"""Rights to read everybody's mail or files, to change accounts, or to change source code, in the words of Microsoft
Graph, Okta, Google and GitHub."""


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def application_credentials_end(
    application: Application, *, as_of: datetime, most_days: int = 365, warn_days: int = 30
) -> Verdict:
    """What an application proves itself with ends within a year, and is replaced before.

    A secret that leaked unnoticed then stops working at some time. One that ends unnoticed stops the application, and
    one that has ended is left over. Of keys that cannot be given an end, one counts that was made within the year.

    Remediation: Add a new credential, a certificate rather than a secret, move the application to it, and remove the
    old one.
    """
    if not application.enabled:
        return not_applicable(f"{application.name} is switched off")
    if not application.credentials:
        return not_applicable(f"{application.name} has no credentials")
    wrong, hidden = list[str](), None
    for each in application.credentials:
        try:
            if complaint := _complaint(each, as_of, timedelta(days=most_days), timedelta(days=warn_days)):
                wrong.append(complaint)
        except NotObservedError as missing:
            hidden = missing
    if wrong:
        return failed(f"{application.name}: {'; '.join(wrong)}")
    if hidden:
        raise hidden
    return passed(f"{application.name}: {len(application.credentials)} credentials end, or are replaced, in time")


@check(objective="identities-have-one-owner", severity=Severity.LOW)
def application_has_an_owner(application: Application, users: Population[User], *, as_of: datetime) -> Verdict:
    """Somebody who is still here answers for each of our applications.

    Nobody else knows what it is for, replaces its credentials, and ends it.

    Remediation: Name an owner, or remove the application.
    """
    if application.foreign:
        return not_applicable(f"somebody else answers for {application.name}")
    if not application.enabled:
        return not_applicable(f"{application.name} is switched off")
    if not application.owners:
        return failed(f"nobody answers for {application.name}")
    hidden, gone = None, list[str]()
    for owner in application.owners:
        try:
            user = users.here.get(owner)
            if user is not None and not user_is_closed(user, as_of):
                return passed(f"{name_of(user)} answers for {application.name}")
            gone.append(owner if user is None else name_of(user))
        except NotObservedError as missing:
            hidden = missing
    if hidden:
        raise hidden
    return failed(f"nobody answers for {application.name} who can still sign in: {listed(gone)} cannot")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def high_rights_are_approved(grant: Grant, *, approved: tuple[str, ...] = (), high: tuple[str, ...] = HIGH) -> Verdict:
    """An application has rights over everybody's data or accounts only when that was approved.

    Whoever takes over the application has them too, without a password and without a second factor. Name applications
    in `approved`, by name or id.

    Remediation: Withdraw the consent, or give the application the smaller right that it needs.
    """
    found = [right for right in grant.rights if is_named(right, high)]
    if not found:
        return passed(f"{grant.application_name} has no high right")
    reason = f"{grant.application_name} has {listed(found)}" + (" for one user" if grant.user else "")
    if is_named(grant.application_name, approved) or is_named(grant.application, approved):
        return passed(f"{reason}, which is approved")
    return failed(f"{reason}, which nobody has approved")


def _complaint(credential: Credential, as_of: datetime, longest: timedelta, warning: timedelta) -> str:
    ends = credential.expires
    if ends is None:
        if credential.method == "key" and as_of - credential.created <= longest:
            return ""
        return f"the {credential.method} {credential.id} of {credential.created:%Y-%m-%d} never ends"
    if ends <= as_of:
        return f"the {credential.method} {credential.id} ended on {ends:%Y-%m-%d}"
    if ends <= as_of + warning:
        return f"the {credential.method} {credential.id} ends on {ends:%Y-%m-%d}"
    if ends - credential.created > longest:
        return f"the {credential.method} {credential.id} of {credential.created:%Y-%m-%d} lasts until {ends:%Y-%m-%d}"
    return ""
