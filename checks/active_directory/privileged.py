"""Checks of who can take over a domain."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.active_directory.accounts import called
from checks.active_directory.domain import LEVELS, MAY_RULE, is_administrators
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.active_directory import AdAccount, AdDomain, AdPrivilegedGroup

ADMINISTRATOR, KRBTGT, SCHEMA_ADMINS = "-500", "-502", "-518"
PROTECTING = 6
"""From which functional level on controllers keep what Protected Users promises: Windows Server 2012 R2
(https://learn.microsoft.com/windows-server/security/credentials-protection-and-management/protected-users-security-group)."""
FIRST_OF_OURS = 1000
"""From which number on accounts and groups are somebody's own: below are those that every domain has."""


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
def privileged_account_cannot_be_borrowed(account: AdAccount, domains: Population[AdDomain]) -> Verdict:
    """No service may act in the name of a privileged account.

    A service that may act for others acts for whoever signs in to it: whoever holds the service waits for an
    administrator. Protected Users keeps that off from the functional level of Windows Server 2012 R2 on, and not for
    the built-in administrator.

    Remediation: Set *Account is sensitive and cannot be delegated*, or put the account into Protected Users.
    """
    if aside := _not_judged(account):
        return aside
    if not account.may_be_delegated:
        return passed(f"{called(account)}, in {_groups(account)}, is marked as not to be delegated")
    said = f"services may act in the name of {called(account)}, which is in {_groups(account)}"
    if not account.protected_user:
        return failed(said)
    if account.sid.endswith(ADMINISTRATOR):
        # https://sensepost.com/blog/2023/protected-users-you-thought-you-were-safe-uh/
        return failed(f"{said}: Protected Users does not keep that off the built-in administrator")
    if (level := _level(domains)) < PROTECTING:
        return failed(f"{said}: Protected Users does not keep that off at the level of {LEVELS.get(level, level)}")
    return passed(f"{called(account)}, in {_groups(account)}, is a protected user")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def privileged_person_is_protected(account: AdAccount, domains: Population[AdDomain]) -> Verdict:
    """Privileged people are in the group Protected Users, and controllers keep what it promises.

    It keeps their passwords out of the memory of computers, and, from the functional level of Windows Server 2012 R2
    on, turns NTLM, RC4 and long tickets off for them. The built-in administrator stays outside, so that somebody can
    sign in when Kerberos does not work.

    Remediation: `Add-ADGroupMember 'Protected Users'` for personal accounts of administrators, after a try; never for
    accounts of services.
    """
    if aside := _not_judged(account):
        return aside
    if account.service or account.sid.endswith(ADMINISTRATOR):
        return not_applicable(f"{called(account)} is no person's")
    if not account.protected_user:
        return failed(f"{called(account)}, in {_groups(account)}, is not in Protected Users")
    said = f"{called(account)}, in {_groups(account)}, is in Protected Users"
    if (level := _level(domains)) < PROTECTING:
        return failed(f"{said}, which does little at the level of {LEVELS.get(level, level)}")
    return passed(said)


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def privileged_password_is_not_old(account: AdAccount, *, as_of: datetime, max_days: int = 1095) -> Verdict:
    """The password of every privileged account was changed within three years.

    Also where policies ask nobody for a new one: who copied the hashes of the domain once has those of its
    administrators until they change.

    Remediation: Change the password, first of accounts that programs use, and of the built-in administrator.
    """
    if aside := _not_judged(account):
        return aside
    if account.password_changed is None:
        return unknown(
            f"{called(account)}, in {_groups(account)}, has to change its password, and the old one has no date"
        )
    verdict = passed if account.password_changed >= as_of - timedelta(days=max_days) else failed
    return verdict(
        f"the password of {called(account)}, in {_groups(account)}, is of {account.password_changed:%Y-%m-%d}"
    )


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
    SIDs of domains that are being migrated in the setting `approved_domains`; what every domain has, as the
    administrators of that one, is not migrated.

    Remediation: Give the rights to the new SID, and clear the old one: `Set-ADUser -Remove @{sIDHistory=…}`.
    """
    strange = [sid for sid in account.former_sids if not _is_of_migration(sid, approved_domains)]
    if strange:
        return failed(f"{called(account)} also has the rights of {', '.join(strange)}")
    if account.former_sids:
        return passed(
            f"{called(account)} has a SID of a domain that is being migrated: {', '.join(account.former_sids)}"
        )
    return passed(f"{called(account)} has no SID but its own")


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def owner_is_an_administrator(account: AdAccount) -> Verdict:
    """Controllers and privileged accounts are owned by administrators.

    The owner of an account may always change its permissions, and so take it over: of a computer that is who joined
    it, long before it became a controller.

    Remediation: Make Domain Admins the owner of the account, in its advanced security settings.
    """
    if not account.controller and not account.privileged_through:
        return not_applicable(f"{called(account)} is neither a controller nor privileged")
    owner = account.owner
    if owner in MAY_RULE or is_administrators(owner, account.sid.rpartition("-")[0]):
        return passed(f"{called(account)} is owned by administrators ({owner})")
    return failed(f"{called(account)} is owned by {owner}, who may take it over")


def _is_of_migration(sid: str, approved_domains: tuple[str, ...]) -> bool:
    domain, _, number = sid.rpartition("-")
    return domain in approved_domains and int(number) >= FIRST_OF_OURS


def _level(domains: Population[AdDomain]) -> int:
    """The functional level of the account's domain. Raises `NotObservedError`."""
    return min((each.functional_level for each in domains.here), default=0)


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
