"""Checks of the rules for passwords."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.passwords import PasswordPolicy

NO_PAM = not_applicable("this host has no PAM")
NO_PASSWORDS = not_applicable("no PAM service accepts or changes local passwords")
SLOW_HASHES = ("yescrypt", "gost_yescrypt", "bcrypt", "blowfish", "sha512")


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def new_passwords_are_hashed_slowly(policy: PasswordPolicy) -> Verdict:
    """New passwords are hashed with yescrypt, bcrypt or SHA-512.

    Whoever steals the hashes has to guess; a slow hash makes each guess dear.

    Remediation: Set `ENCRYPT_METHOD YESCRYPT` in /etc/login.defs and `yescrypt` on the line of `pam_unix` in
    /etc/pam.d/common-password; old hashes stay until the passwords are changed.
    """
    if not policy.hash_algorithm:
        return unknown("neither pam_unix nor ENCRYPT_METHOD in /etc/login.defs names a method")
    reason = f"{policy.hash_algorithm_from} says {policy.hash_algorithm}"
    return passed(reason) if policy.hash_algorithm in SLOW_HASHES else failed(reason)


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def weak_passwords_are_refused(policy: PasswordPolicy, *, length: int = 12) -> Verdict:
    """Weak new passwords are refused wherever passwords are changed.

    People choose short and common passwords when they can.

    Remediation: `apt install libpam-pwquality`, and `minlen = 12` in /etc/security/pwquality.conf, without
    `dictcheck = 0`.
    """
    if not policy.uses_pam:
        return NO_PAM
    if not policy.change_services:
        return NO_PASSWORDS
    # Where two modules check, both must be content: the stricter one counts.
    enforced = sorted((q for q in policy.qualities if q.enforced), key=lambda quality: quality.minimum_length)
    checked = {quality.service: quality for quality in enforced}
    open_ones = [service for service in policy.change_services if service not in checked]
    if open_ones:
        return failed(f"no module refuses weak passwords in {', '.join(open_ones)}")
    weakest = min(checked.values(), key=lambda quality: quality.minimum_length)
    reason = (
        f"{weakest.module} in {weakest.service} takes passwords of {weakest.minimum_length} characters "
        f"({weakest.minimum_length_from})"
    )
    if weakest.minimum_length < length:
        return failed(f"{reason}, fewer than {length}")
    if common := [
        service for service in checked if not any(q.common_refused for q in enforced if q.service == service)
    ]:
        return failed(f"{reason}, but no module refuses common words in {', '.join(common)} (dictcheck is 0)")
    return passed(reason)


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def earlier_passwords_are_refused(policy: PasswordPolicy, *, remembered: int = 5) -> Verdict:
    """Earlier passwords cannot be used again.

    A change is worth nothing when the old password comes back the next day.

    Remediation: Add `password required pam_pwhistory.so remember=5 use_authtok` to /etc/pam.d/common-password, after
    the module that checks quality.
    """
    if not policy.uses_pam:
        return NO_PAM
    if not policy.change_services:
        return NO_PASSWORDS
    kept = {history.service: history for history in policy.histories}
    open_ones = [service for service in policy.change_services if service not in kept]
    if open_ones:
        return failed(f"no module remembers passwords in {', '.join(open_ones)}")
    shortest = min(kept.values(), key=lambda history: history.remembered)
    reason = f"{shortest.module} in {shortest.service} remembers {shortest.remembered} ({shortest.remembered_from})"
    return passed(reason) if shortest.remembered >= remembered else failed(f"{reason}, fewer than {remembered}")


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def guessing_locks_accounts(policy: PasswordPolicy, *, attempts: int = 10, seconds: int = 600) -> Verdict:
    """Wrong passwords lock an account, wherever a password lets somebody in.

    Without it, nothing but patience limits guessing.

    Remediation: Set `deny = 5` and `unlock_time = 900` in /etc/security/faillock.conf, and put `pam_faillock` with
    `preauth` before and with `authfail` after `pam_unix` in /etc/pam.d/common-auth.
    """
    if not policy.uses_pam:
        return NO_PAM
    if not policy.password_services:
        return NO_PASSWORDS
    locks = {lock.service: lock for lock in policy.lock_outs}
    open_ones = [service for service in policy.password_services if service not in locks]
    if open_ones:
        return failed(f"no module locks accounts in {', '.join(open_ones)}")
    for lock in locks.values():
        reason = (
            f"{lock.module} in {lock.service} locks after {lock.attempts} wrong passwords "
            f"({lock.values_from}) for {f'{lock.unlock_seconds} seconds' if lock.unlock_seconds else 'ever'}"
        )
        if lock.attempts == 0:
            return failed(
                f"{lock.module} in {lock.service} never locks: deny is 0 ({lock.values_from}), "
                "or higher where the count is looked at than where it is made"
            )
        if lock.attempts > attempts or 0 < lock.unlock_seconds < seconds:
            return failed(f"{reason}; at most {attempts} and at least {seconds} seconds are asked for")
        if 0 < lock.counted_seconds < seconds:
            return failed(f"{reason}, but forgets one after {lock.counted_seconds} seconds, not {seconds}")
    return passed(reason)


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def empty_passwords_let_nobody_in(policy: PasswordPolicy) -> Verdict:
    """PAM lets nobody in with an empty password.

    With `nullok`, an account whose password was removed, by mistake or by malice, is open at once.

    Remediation: Take the word `nullok` off the lines of `pam_unix` in /etc/pam.d/common-auth.
    """
    if not policy.uses_pam:
        return NO_PAM
    if not policy.password_services:
        return NO_PASSWORDS
    if policy.empty_password_services:
        return failed(f"pam_unix has nullok in {', '.join(policy.empty_password_services)}")
    return passed(f"pam_unix has no nullok in {', '.join(policy.password_services)}")


@check(objective="sign-in-methods-are-strong", severity=Severity.CRITICAL)
def wrong_passwords_let_nobody_in(policy: PasswordPolicy) -> Verdict:
    """PAM lets nobody in who gives no password, or a wrong one.

    One line too many in a stack, such as `pam_permit` before the password is asked for, or one too few, such as
    `pam_deny` after it, opens every account to everybody, and all other lines still look right. A condition that is
    enough by itself (`sufficient pam_succeed_if`, `pam_wheel trust`) opens sudo or su to whoever meets it.

    Remediation: Put back what packages bring: `pam-auth-update --force` on Debian, `authselect apply-changes` on the
    RHEL family.
    """
    if not policy.uses_pam:
        return NO_PAM
    if policy.open_services:
        return failed(f"the rules of {', '.join(policy.open_services)} accept anybody, whatever the password")
    if policy.conditional_services:
        return failed(
            f"the rules of {', '.join(policy.conditional_services)} accept who meets a condition, such as being in a "
            "group, whatever the password"
        )
    return passed(f"none of {len(policy.password_services)} services that ask for passwords accepts a wrong one")


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def expired_passwords_lock_new_accounts(policy: PasswordPolicy, *, days: int = 45) -> Verdict:
    """A new account is locked some time after its password has expired.

    Who does not renew an expired password for weeks has left or does not need the account.

    Remediation: `useradd -D -f 30` for new accounts, and `chage -I 30 NAME` for those that exist.
    """
    if policy.inactive_days < 0:
        return failed("useradd gives new accounts no INACTIVE, so they are never locked")
    reason = f"useradd locks new accounts {policy.inactive_days} days after their password expired"
    return passed(reason) if policy.inactive_days <= days else failed(f"{reason}, more than {days}")
