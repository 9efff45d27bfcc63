"""Checks of who can take over a domain."""

from __future__ import annotations

from checks.active_directory.accounts import called
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resource import missing_fields
from core.resources.active_directory import AdAccount, AdPrivilegedGroup

ADMINISTRATOR, KRBTGT, SCHEMA_ADMINS = "-500", "-502", "-518"


@check(objective="privileged-access-is-rare", severity=Severity.CRITICAL)
def members_are_approved(group: AdPrivilegedGroup, *, approved: tuple[str, ...] = ("Administrator",)) -> Verdict:
    """Whoever is in a privileged group, also through other groups, is approved.

    Each of them can take over the domain, and so every computer in it. Name those who are approved by login in the
    setting `approved`.

    Remediation: Take out whoever does not need it; give narrower rights to who needs some.
    """
    strange = sorted(each.name for each in group.members if each.name not in approved)
    if strange:
        return failed(f"nobody approved that {', '.join(strange)} may be in {group.name}")
    if not group.members:
        return passed(f"{group.name} has no members")
    return passed(f"all {len(group.members)} members of {group.name} are approved")


@check(objective="privileged-access-is-temporary", severity=Severity.MEDIUM)
def schema_admins_is_empty(group: AdPrivilegedGroup) -> Verdict:
    """Nobody is in Schema Admins while the schema is not being changed.

    A change of the schema cannot be undone and holds in the whole forest; it is needed a few times in ten years.

    Remediation: Take everybody out, also the built-in administrator, and let them in for the day of a change.
    """
    if not group.sid.endswith(SCHEMA_ADMINS):
        return not_applicable(f"{_named(group)} is another group")
    if group.members:
        return failed(f"{', '.join(sorted(each.name for each in group.members))} may change the schema at any time")
    return passed("nobody may change the schema now")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def privileged_account_offers_no_service(account: AdAccount) -> Verdict:
    """No privileged account is the account of a service.

    Everybody in the domain may ask for a ticket to a service, which is made with the account's key, and try passwords
    on it at leisure.

    Remediation: Run the service as a group managed service account without privileges, and remove the service principal
    name (`setspn -D`).
    """
    if aside := _not_judged(account):
        return aside
    if account.services:
        return failed(f"{called(account)}, in {_groups(account)}, offers {', '.join(account.services)}")
    return passed(f"{called(account)}, in {_groups(account)}, offers no service")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def privileged_account_cannot_be_borrowed(account: AdAccount) -> Verdict:
    """No service may act in the name of a privileged account.

    A service that may act for others acts for whoever signs in to it: whoever holds the service waits for an
    administrator.

    Remediation: Set *Account is sensitive and cannot be delegated*, or put the account into Protected Users.
    """
    if aside := _not_judged(account):
        return aside
    if not account.may_be_delegated:
        return passed(f"{called(account)}, in {_groups(account)}, is marked as not to be delegated")
    if account.protected_user:
        return passed(f"{called(account)}, in {_groups(account)}, is a protected user")
    return failed(f"services may act in the name of {called(account)}, which is in {_groups(account)}")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def privileged_person_is_protected(account: AdAccount) -> Verdict:
    """Privileged people are in the group Protected Users.

    It keeps their passwords out of the memory of computers, and turns NTLM, RC4 and long tickets off for them. The
    built-in administrator stays outside, so that somebody can sign in when Kerberos does not work.

    Remediation: `Add-ADGroupMember 'Protected Users'` for personal accounts of administrators, after a try; never for
    accounts of services.
    """
    if aside := _not_judged(account):
        return aside
    if account.service or account.sid.endswith(ADMINISTRATOR):
        return not_applicable(f"{called(account)} is no person's")
    verdict = passed if account.protected_user else failed
    said = "is" if account.protected_user else "is not"
    return verdict(f"{called(account)}, in {_groups(account)}, {said} in Protected Users")


@check(objective="permissions-are-least", severity=Severity.LOW)
def mark_of_privilege_has_a_reason(account: AdAccount) -> Verdict:
    """No account that lost its privileges still has the permissions that came with them.

    It keeps them, and inherits none, so that help desks cannot manage it, and whoever managed it then still can.

    Remediation: Clear adminCount and switch the inheritance of permissions on again.
    """
    if not account.marked_privileged:
        return not_applicable(f"{called(account)} is not marked as privileged")
    if account.sid.endswith(KRBTGT) or account.privileged_through or account.controller:
        return passed(f"{called(account)} is marked as privileged, and is")
    return failed(f"{called(account)} is marked as privileged (adminCount), and is in no privileged group")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def account_has_one_identity(account: AdAccount, *, approved_domains: tuple[str, ...] = ()) -> Verdict:
    """No account has the rights of another one by its SID history.

    It is meant for the months of a migration; whoever can write it makes an administrator whom no group shows. Name the
    SIDs of domains that are being migrated in the setting `approved_domains`.

    Remediation: Give the rights to the new SID, and clear the old one: `Set-ADUser -Remove @{sIDHistory=…}`.
    """
    strange = [sid for sid in account.former_sids if sid.rpartition("-")[0] not in approved_domains]
    if strange:
        return failed(f"{called(account)} also has the rights of {', '.join(strange)}")
    if account.former_sids:
        return passed(
            f"{called(account)} has a SID of a domain that is being migrated: {', '.join(account.former_sids)}"
        )
    return passed(f"{called(account)} has no SID but its own")


def _not_judged(account: AdAccount) -> Verdict | None:
    """Accounts without privileges, switched off, or without a password that somebody chose."""
    if account.type != "user":
        return not_applicable(f"{called(account)} has no password that somebody chose")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if not account.privileged_through:
        return not_applicable(f"{called(account)} is in no privileged group")
    return None


def _groups(account: AdAccount) -> str:
    return " and ".join(account.privileged_through)


def _named(group: AdPrivilegedGroup) -> str:
    return group.id if "name" in missing_fields(group) else group.name
