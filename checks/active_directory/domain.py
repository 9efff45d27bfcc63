"""Checks of domains as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.active_directory import AdAccount, AdDomain
from core.resources.idp import User

ADMINISTRATOR, GUEST, KRBTGT = 500, 501, 502
EVERYBODY = {"S-1-1-0": "Everyone", "S-1-5-7": "Anonymous Logon"}
MAY_COPY = frozenset({"S-1-5-9", "S-1-5-18", "S-1-5-32-544"})
"""Controllers, the system itself, and Administrators."""
MAY_RULE = MAY_COPY - {"S-1-5-9"}
DOMAIN_ADMINS, CONTROLLERS, ENTERPRISE_ADMINS = 512, 516, 519
LEVELS = {
    0: "Windows 2000", 1: "Windows Server 2003 interim", 2: "Windows Server 2003", 3: "Windows Server 2008",
    4: "Windows Server 2008 R2", 5: "Windows Server 2012", 6: "Windows Server 2012 R2", 7: "Windows Server 2016",
    10: "Windows Server 2025",
}  # fmt: skip


@check(objective="systems-are-hardened", severity=Severity.LOW)
def computers_are_added_by_administrators(domain: AdDomain) -> Verdict:
    """Ordinary accounts cannot add computers to the domain.

    Whoever adds a computer owns its account, with which several attacks on the domain begin.

    Remediation: `Set-ADDomain -Identity DOMAIN -Replace @{'ms-DS-MachineAccountQuota'=0}`, and delegate the joining of
    computers to those who do it.
    """
    if domain.machine_account_quota:
        return failed(f"every account may add {domain.machine_account_quota} computers to {domain.name}")
    return passed(f"no ordinary account may add computers to {domain.name}")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def strangers_cannot_search(domain: AdDomain) -> Verdict:
    """Searches of somebody who has not signed in are turned away, also those of the address book.

    A directory lists everybody who works here and which accounts are worth an attack.

    Remediation: Set the seventh and the eighth character of dSHeuristics on CN=Directory Service,CN=Windows
    NT,CN=Services of the configuration to 0.
    """
    if domain.strangers_may_search:
        return failed(f"dSHeuristics lets controllers of {domain.name} answer searches of strangers")
    if domain.strangers_may_read_addresses:
        return failed(f"dSHeuristics lets controllers of {domain.name} show strangers the address book (NSPI)")
    return passed(f"controllers of {domain.name} answer no searches of strangers")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def old_compatibility_is_closed(domain: AdDomain) -> Verdict:
    """Neither everybody nor anonymous users have the access of systems before Windows 2000.

    With it they read every account, its groups and its settings.

    Remediation: Take Everyone and Anonymous Logon out of Pre-Windows 2000 Compatible Access.
    """
    strange = [name for sid, name in EVERYBODY.items() if sid in domain.old_access]
    if strange:
        return failed(f"Pre-Windows 2000 Compatible Access of {domain.name} has {' and '.join(strange)}")
    return passed(f"Pre-Windows 2000 Compatible Access of {domain.name} has neither Everyone nor Anonymous Logon")


@check(objective="privilege-cannot-be-escalated", severity=Severity.CRITICAL)
def secrets_are_copied_by_controllers(domain: AdDomain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Only controllers and administrators may replicate the keys of all accounts.

    Whoever may replicate all changes, or may give that right to themselves, can take the keys of everybody, of krbtgt
    too, over the network and in silence. The other right that is needed for it is often that of a group, so that it is
    taken to be there. Name what synchronises accounts elsewhere by its SID in the setting `approved`.

    Remediation: Take the rights Replicating Directory Changes and Replicating Directory Changes All, and those to
    change permissions or owner, from the permissions of the domain's root.
    """
    strange = [
        sid
        for sid in domain.copies_secrets
        if sid not in MAY_COPY and sid not in approved and not _is_administration(sid, domain)
    ]
    if strange:
        return failed(f"{', '.join(strange)} may take the keys of all accounts of {domain.name}")
    return passed(f"only controllers, administrators and whoever is approved may take keys of {domain.name}")


@check(objective="privilege-cannot-be-escalated", severity=Severity.CRITICAL)
def only_administrators_change_privileged_accounts(domain: AdDomain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Only administrators may take over privileged accounts and groups.

    Once an hour all of them get the permissions of one entry, AdminSDHolder: whoever may write there, or what these
    let him write, sets their passwords or joins their groups, and comes back after each repair. Name who may by SID
    in the setting `approved`.

    Remediation: Take the lines from the permissions of CN=AdminSDHolder,CN=System, and look at who used them.
    """
    strange = [
        sid
        for sid in domain.changes_privileged
        if sid not in MAY_RULE and sid not in approved and not is_administrators(sid, domain.sid)
    ]
    if strange:
        return failed(f"{', '.join(strange)} may take over privileged accounts of {domain.name} by AdminSDHolder")
    return passed(
        f"AdminSDHolder of {domain.name} lets administrators and whoever is approved change privileged accounts"
    )


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def operators_are_protected(domain: AdDomain) -> Verdict:
    """No group of operators is left out of the protection of privileged accounts.

    Its members keep the permissions of the place they stand in: who may reset passwords there can become one of them.

    Remediation: Set the sixteenth character of dSHeuristics on CN=Directory Service,CN=Windows NT,CN=Services of the
    configuration to 0.
    """
    if domain.unprotected:
        return failed(f"dSHeuristics leaves {' and '.join(domain.unprotected)} of {domain.name} unprotected")
    return passed(f"all privileged groups of {domain.name} are protected")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def deleted_accounts_can_be_brought_back(domain: AdDomain) -> Verdict:
    """What is deleted in the directory by mistake can be brought back whole.

    Without the recycle bin a deleted account loses its groups at once, and an authoritative restore of a controller is
    what is left.

    Remediation: `Enable-ADOptionalFeature 'Recycle Bin Feature' -Scope ForestOrConfigurationSet -Target FOREST`. It
    cannot be switched off again.
    """
    verdict = passed if domain.recycle_bin else failed
    return verdict(f"the recycle bin of the forest of {domain.name} is {'on' if domain.recycle_bin else 'off'}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def functional_level_is_current(domain: AdDomain, *, lowest: int = 7) -> Verdict:
    """The domain has the functional level of Windows Server 2016 or a later one.

    Protections such as memberships that end, and of keys of privileged accounts, exist from a level on.

    Remediation: When all controllers run Windows Server 2016 or later:
    `Set-ADDomainMode -DomainMode Windows2016Domain`.
    """
    level = LEVELS.get(domain.functional_level, str(domain.functional_level))
    return (passed if domain.functional_level >= lowest else failed)(f"{domain.name} has the level of {level}")


@check(objective="keys-are-rotated", severity=Severity.MEDIUM)
def krbtgt_key_is_new(
    domain: AdDomain, accounts: Population[AdAccount], *, as_of: datetime, max_days: int = 180
) -> Verdict:
    """The key of krbtgt was replaced within the last 180 days.

    Every ticket of the domain is made with it: whoever once had it makes tickets for anybody, until it was replaced
    twice.

    Remediation: Reset the password of krbtgt, wait until all controllers have it and tickets of before have ended (ten
    hours by default), and reset it again.
    """
    krbtgt = accounts.here.get(_sid(domain, KRBTGT), by="sid")
    if krbtgt is None or krbtgt.password_changed is None:
        return unknown(f"{domain.name} shows no krbtgt, or not when its password was set")
    verdict = passed if krbtgt.password_changed >= as_of - timedelta(days=max_days) else failed
    return verdict(f"the key of krbtgt in {domain.name} is of {krbtgt.password_changed:%Y-%m-%d}")


@check(objective="privileged-access-is-personal", severity=Severity.MEDIUM)
def guest_is_switched_off(domain: AdDomain, accounts: Population[AdAccount]) -> Verdict:
    """The built-in guest account is switched off.

    Nobody can tell who acts through it.

    Remediation: `Disable-ADAccount` for the account whose SID ends with -501, whatever it is called.
    """
    guest = accounts.here.get(_sid(domain, GUEST), by="sid")
    if guest is None:
        return not_applicable(f"{domain.name} has no built-in guest")
    return (failed if guest.enabled else passed)(
        f"the guest of {domain.name} is {'switched on' if guest.enabled else 'switched off'}"
    )


@check(objective="privileged-access-is-personal", severity=Severity.MEDIUM)
def built_in_administrator_rests(
    domain: AdDomain, accounts: Population[AdAccount], users: Population[User], *, as_of: datetime, min_days: int = 90
) -> Verdict:
    """Nobody has used the built-in administrator lately.

    It cannot be locked, belongs to no person and is known by its number everywhere: it is for emergencies.

    Remediation: Work with personal accounts, keep its password in a safe, and look into each sign-in of it.
    """
    account = accounts.here.get(_sid(domain, ADMINISTRATOR), by="sid")
    user = None if account is None else users.here.get(account.id)
    if user is None:
        return unknown(f"{domain.name} shows no built-in administrator")
    if not user.enabled:
        return passed(f"the built-in administrator of {domain.name} is switched off")
    if user.last_sign_in is None:
        return passed(f"no sign-in of the built-in administrator of {domain.name} is recorded")
    bound, said = as_of - timedelta(days=min_days), f"{user.last_sign_in:%Y-%m-%d}"
    if user.last_sign_in >= bound:
        return failed(f"the built-in administrator of {domain.name} last signed in on {said}")
    lag = f", or up to {user.sign_ins_lag_days} days later"
    rests = user.last_sign_in + timedelta(days=user.sign_ins_lag_days) < bound
    return (passed if rests else unknown)(f"the built-in administrator of {domain.name} last signed in on {said}{lag}")


def _sid(domain: AdDomain, relative: int) -> str:
    return f"{domain.sid}-{relative}"


def _is_administration(sid: str, domain: AdDomain) -> bool:
    """Administrators, and the domain's own controllers."""
    return sid == _sid(domain, CONTROLLERS) or is_administrators(sid, domain.sid)


def is_administrators(sid: str, domain: str) -> bool:
    """Domain Admins of the domain with this SID; Enterprise Admins, which are of the forest's first."""
    return sid == f"{domain}-{DOMAIN_ADMINS}" or _relative(sid) == ENTERPRISE_ADMINS


def _relative(sid: str) -> int:
    """The number of an account or group of a domain; 0 for what is of none."""
    return int(sid.rpartition("-")[2]) if sid.startswith("S-1-5-21-") else 0
