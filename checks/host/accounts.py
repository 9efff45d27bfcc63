"""Checks of local accounts and groups."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.host.members import listed, members, unique, unless_elsewhere
from core.model import Severity, Status, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.accounts import Account, AccountEnd, Group, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd

ADMINISTRATORS = ("sudo", "wheel", "admin")
LIKE_ROOT = ("docker", "lxd", "incus", "incus-admin", "libvirt", "disk", "shadow", "kmem")
LOG_READERS = ("adm", "systemd-journal")


@check(objective="privileged-access-is-personal", severity=Severity.CRITICAL)
def only_root_has_number_zero(accounts: Population[Account], services: Population[NameServices]) -> Verdict:
    """root is the only account with the number 0.

    The number, not the name, gives the power: a second such account is root in disguise.

    Remediation: Give the other account a number of its own (`usermod -u`) or remove it, and use sudo instead.
    """
    others = [account.name for account in accounts if account.uid == 0 and account.name != "root"]
    if others:
        return failed(f"the number 0 is also that of {listed(others)}")
    return unless_elsewhere(passed("no other account has it"), services, "accounts")


@check(objective="sign-in-methods-are-strong", severity=Severity.CRITICAL)
def no_account_has_an_empty_password(accounts: Population[Account]) -> Verdict:
    """No account lets anybody in with an empty password.

    Such an account is open to whoever knows its name.

    Remediation: `passwd -l NAME` locks the account's password; `passwd NAME` sets one.
    """
    # An `x` in /etc/passwd leaves it to /etc/shadow, which `passwd -S` knows.
    empty = [account.name for account in accounts if account.shadowing == "empty"]
    empty = empty or [account.name for account in accounts if account.password.status == "none"]
    if empty:
        return failed(f"an empty password opens {listed(empty)}")
    return passed(f"none of {len(accounts)} accounts has an empty password")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def password_hashes_are_hidden(accounts: Population[Account]) -> Verdict:
    """Hashes of passwords are in /etc/shadow, not in /etc/passwd.

    Everybody can read /etc/passwd, and try guesses on a hash there.

    Remediation: Run `pwconv`, then let the named accounts choose new passwords.
    """
    shown = [account.name for account in accounts if account.shadowing == "exposed"]
    if shown:
        return failed(f"/etc/passwd holds a password hash of {listed(shown)}")
    return passed(f"/etc/passwd holds no password hash of {len(accounts)} accounts")


@check(objective="privileged-access-is-personal", severity=Severity.MEDIUM)
def root_has_no_password(accounts: Population[Account], *, password_is_in_custody: bool = False) -> Verdict:
    """root's password is locked, or is known to be in custody.

    Whoever knows a shared root password acts without a name. Some organisations keep one sealed for emergencies; only
    they can say so, with the setting `password_is_in_custody`.

    Remediation: Make sure that sudo works for an administrator, then `passwd -l root`.
    """
    root = next((account for account in accounts if account.name == "root"), None)
    if root is None:
        return not_applicable("there is no account named root")
    if root.password.status == "locked":
        return passed("root's password is locked")
    if root.password.status == "usable" and password_is_in_custody:
        return passed("root has a password, which is declared to be in custody")
    return failed("root has a password" if root.password.status == "usable" else "root has an empty password")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def system_accounts_cannot_log_in(accounts: Population[Account], *, allowed: tuple[str, ...] = ()) -> Verdict:
    """Accounts of services have no shell to log in with.

    A hole in a service then gives no comfortable session, and a forgotten password opens nothing.

    Remediation: `usermod -s /usr/sbin/nologin NAME`; name accounts that need a shell in the setting `allowed`.
    """
    open_ones = [
        f"{a.name} ({a.shell or '/bin/sh'})"
        for a in accounts
        if a.can_log_in and a.uid != 0 and a.name not in allowed and a.system
    ]
    return (
        failed(f"{listed(open_ones)} can log in") if open_ones else passed("no account of a service has a login shell")
    )


@check(objective="identities-have-one-owner", severity=Severity.HIGH)
def account_numbers_are_unique(accounts: Population[Account], services: Population[NameServices]) -> Verdict:
    """Every account has a number of its own.

    Accounts that share a number share their files and rights, and logs cannot tell them apart.

    Remediation: Give one of them another number (`usermod -u`) and hand its files over with `chown`.
    """
    return unless_elsewhere(unique(((a.uid, a.name) for a in accounts), "number"), services, "accounts")


@check(objective="identities-have-one-owner", severity=Severity.HIGH)
def account_names_are_unique(accounts: Population[Account]) -> Verdict:
    """Every account has a name of its own.

    Of two lines with one name only the first counts, and nobody sees what the second would do.

    Remediation: Find the lines with `pwck -r`, and rename or remove one with `vipw`.
    """
    return unique(((a.name, f"{a.name} (number {a.uid})") for a in accounts), "name")


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def group_numbers_are_unique(groups: Population[Group]) -> Verdict:
    """Every group has a number of its own.

    The members of groups that share a number share access that was given to one of them.

    Remediation: Give one of them another number (`groupmod -g`) and hand its files over with `chgrp`.
    """
    return unique(((group.gid, group.name) for group in groups), "number")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def administrators_are_approved(
    groups: Population[Group], services: Population[NameServices], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Only approved people are in the groups of administrators.

    Members of sudo, wheel or admin can become root. Who they should be is written down elsewhere: name them in the
    setting `approved`; without it, members can be seen but not judged.

    Remediation: `gpasswd -d NAME sudo` for those who are not approved; list the others in `approved`.
    """
    verdict = members(groups, ADMINISTRATORS, approved, needs_list=True)
    return unless_elsewhere(verdict, services, "groups")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def nobody_is_root_through_a_group(
    groups: Population[Group], services: Population[NameServices], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Nobody can become root through a group, past sudo and its log.

    Who reaches Docker's or LXD's socket, a raw disk, or the password hashes, is root without being asked. So members
    fail unless the setting `approved` names them.

    Remediation: `gpasswd -d NAME docker`; use rootless containers, or sudo for single commands.
    """
    verdict = members(groups, LIKE_ROOT, approved, needs_list=False)
    return unless_elsewhere(verdict, services, "groups")


@check(objective="logs-are-protected", severity=Severity.LOW)
def log_readers_are_approved(
    groups: Population[Group], services: Population[NameServices], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Only approved people are in the groups that may read logs.

    Logs hold personal data and tell an attacker what is watched. Name those who may read them in the setting
    `approved`; without it, members can be seen but not judged.

    Remediation: `gpasswd -d NAME adm` for those who are not approved; list the others in `approved`.
    """
    verdict = members(groups, LOG_READERS, approved, needs_list=True)
    return unless_elsewhere(verdict, services, "groups")


@check(objective="system-files-are-protected", severity=Severity.MEDIUM)
def home_is_private(login: Login) -> Verdict:
    """Others cannot look into an account's home, and its group cannot write there.

    Homes hold keys, histories and tokens; who can write there can make the account run anything at its next login.

    Remediation: `chmod 750 HOME`, and `HOME_MODE 0700` in /etc/login.defs for new accounts.
    """
    if not login.home_exists:
        return not_applicable(f"{login.home or 'its home'} does not exist")
    reason = f"{login.home} has mode {login.home_mode:04o}"
    return failed(reason) if login.home_mode & 0o027 else passed(reason)


@check(objective="system-files-are-protected", severity=Severity.MEDIUM)
def home_belongs_to_its_account(login: Login) -> Verdict:
    """An account owns its home.

    Another owner can read and replace everything in it, such as the keys that open the account.

    Remediation: `chown NAME HOME`.
    """
    if not login.home_exists:
        return not_applicable(f"{login.home or 'its home'} does not exist")
    if login.home_owner in (login.uid, 0):
        return passed(f"{login.home} belongs to {'root' if login.home_owner == 0 else login.name}")
    return failed(f"{login.home} belongs to the account number {login.home_owner}, not to {login.uid}")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def password_has_a_maximum_age(login: Login, *, as_of: datetime, days: int = 365) -> Verdict:
    """A password must be changed before it grows old.

    A password that leaked unnoticed then stops working at some time. The time runs from the day of its last change:
    where none is recorded it never runs out, and from a day to come it has not begun.

    Remediation: `chage -M 365 NAME`, and `PASS_MAX_DAYS 365` in /etc/login.defs for new accounts. `chage -d` sets the
    day of the last change.
    """
    if login.password.status != "usable":
        locked = login.password.status == "locked"
        return not_applicable("its password is locked" if locked else "it has no password that could grow old")
    maximum = login.password.maximum_days
    if maximum is None:
        return failed("its password never has to be changed")
    reason = f"its password has to be changed after {maximum} days"
    if maximum > days:
        return failed(f"{reason}, more than {days}")
    changed = login.password.changed
    if changed is None:
        return failed(f"{reason}, but no day of its last change is recorded, so that it never has to be")
    if changed > as_of.date() + timedelta(days=1):
        return failed(f"{reason}, but is recorded as changed on {changed}, a day to come")
    return passed(reason)


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def account_is_used(
    login: Login,
    keys: Population[AuthorizedKeys],
    servers: Population[Sshd],
    ends: Population[AccountEnd],
    *,
    as_of: datetime,
    days: int = 90,
) -> Verdict:
    """A person's account that can be signed in to has been used lately.

    Nobody notices when an account that nobody uses is abused. Only local logins and those over SSH leave a record.

    Remediation: Ask the owner; if the account is not needed, `usermod -L -e 1 NAME` locks it and `userdel` removes it.
    """
    if login.uid == 0 or login.system:
        return not_applicable("it is not the account of a person")
    if login.password.status == "locked" and not _opens_by_key(login, keys.here, servers.here):
        return passed("nobody can sign in to it: its password is locked and no SSH key opens it")
    verdict = _is_used(login, as_of - timedelta(days=days), days)
    if verdict.status is Status.PASS:
        return verdict
    end = ends.here.get(login.name)
    if end and end.ends and end.ends <= as_of.date():
        return passed(f"nobody can sign in to it: it ended on {end.ends}")
    return verdict


def _is_used(login: Login, limit: datetime, days: int) -> Verdict:
    if login.last_login is not None:
        reason = f"its last login was on {login.last_login:%Y-%m-%d}"
        return passed(reason) if login.last_login >= limit else failed(f"{reason}, more than {days} days before")
    if login.password.changed is None:
        return unknown("no login of it is recorded, nor when it was made")
    reason = f"no login of it is recorded; its password was set on {login.password.changed}"
    if login.password.changed >= limit.date():
        return passed(reason)
    return failed(f"{reason}, more than {days} days before")


def _opens_by_key(login: Login, keys: Population[AuthorizedKeys], servers: Population[Sshd]) -> bool:
    """Whether an SSH key may open an account: one in its .ssh folder, or, for all we know, one from elsewhere."""
    if any(file.keys for file in keys if file.account == login.name):
        return True
    known = (server.options for server in servers if server.options is not None)
    return any(options.keys_elsewhere or options.trusts_certificates for options in known)
