"""Checks of how users of IAM sign in to the console: passwords and second factors."""

from __future__ import annotations

from datetime import datetime

from checks.aws.grants import is_administrator
from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.iam import IamAccount, IamUser


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def passwords_are_long(account: IamAccount, *, least: int = 14) -> Verdict:
    """Passwords of IAM users must be long.

    Length, more than anything else, decides how long guessing takes.

    Remediation: *IAM*, *Account settings*, *Password policy*; or `aws iam update-account-password-policy
    --minimum-password-length 14`.
    """
    if account.password_policy is None:
        return failed(f"there is no password policy: AWS asks for 8 characters, fewer than {least}")
    length = account.password_policy.minimum_length
    if length < least:
        return failed(f"passwords may be {length} characters long, fewer than {least}")
    return passed(f"passwords have at least {length} characters")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def passwords_mix_characters(account: IamAccount, *, kinds: int = 4) -> Verdict:
    """Passwords of IAM users must mix kinds of characters.

    Many rules still ask for it, though length does more. The setting `kinds` says how many of upper case, lower case,
    numbers and symbols are wanted.

    Remediation: *IAM*, *Account settings*, *Password policy*.
    """
    policy = account.password_policy
    if policy is None:
        wanted = "there is no password policy: AWS asks for 3 of 4 kinds of characters"
        return passed(wanted) if kinds <= 3 else failed(wanted)  # noqa: PLR2004 - what the sentence says
    asked = {
        "upper case": policy.needs_upper_case,
        "lower case": policy.needs_lower_case,
        "numbers": policy.needs_number,
        "symbols": policy.needs_symbol,
    }
    lacking = [name for name, wanted in asked.items() if not wanted]
    if len(asked) - len(lacking) >= kinds:
        return passed(f"passwords need {len(asked) - len(lacking)} kinds of characters")
    return failed(f"passwords need no {', no '.join(lacking)}")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def passwords_are_not_used_again(account: IamAccount, *, least: int = 24) -> Verdict:
    """Former passwords of IAM users cannot be used again.

    One that leaked years ago is in the lists that attackers try first.

    Remediation: *IAM*, *Account settings*, *Password policy*, *Prevent password reuse*.
    """
    remembered = account.password_policy.remembered if account.password_policy else 0
    reason = f"{remembered} former passwords are remembered"
    return passed(reason) if remembered >= least else failed(f"{reason}, fewer than {least}")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def passwords_expire(account: IamAccount, *, days: int = 365) -> Verdict:
    """Passwords of IAM users must be changed before they grow old.

    A password that leaked unnoticed then stops working at some time.

    Remediation: *IAM*, *Account settings*, *Password policy*, *Enable password expiration*.
    """
    maximum = account.password_policy.maximum_days if account.password_policy else None
    if maximum is None:
        return failed("passwords never expire")
    reason = f"passwords expire after {maximum} days"
    return passed(reason) if maximum <= days else failed(f"{reason}, more than {days}")


@check(objective="sign-in-needs-mfa", severity=Severity.HIGH)
def console_user_has_mfa(user: IamUser) -> Verdict:
    """A user who can sign in to the console has a second factor.

    Passwords are guessed, reused and phished.

    Remediation: Let the user assign a device (*Security credentials*), and deny everything without
    `aws:MultiFactorAuthPresent`; better, let people sign in through IAM Identity Center.
    """
    if not user.console:
        return not_applicable(f"{user.name} has no password for the console")
    if user.mfa:
        return passed(f"{user.name} has a password and a second factor")
    return failed(f"{user.name} has a password and no second factor")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def administrator_mfa_is_hardware(user: IamUser) -> Verdict:
    """The second factor of an administrator is a device of its own.

    A virtual one can be copied and phished, which is worth the effort where everything is behind it.

    Remediation: Assign a passkey or hardware token to the user, and remove the virtual device.
    """
    if not user.console:
        return not_applicable(f"{user.name} has no password for the console")
    if not is_administrator(user.statements):
        return not_applicable(f"{user.name} is no administrator")
    if not user.mfa:
        return failed(f"{user.name} has no second factor")
    if user.mfa_is_virtual:
        return failed(f"the second factor of {user.name} is a virtual device")
    return passed(f"the second factor of {user.name} is no virtual device")


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def password_is_used(user: IamUser, *, as_of: datetime, days: int = 45) -> Verdict:
    """A user's console password has been used lately.

    Nobody notices when an account that nobody uses is abused.

    Remediation: *IAM*, *Users*, *Security credentials*, disable console access; or `aws iam delete-login-profile`.
    """
    if not user.console:
        return not_applicable(f"{user.name} has no password for the console")
    if user.password_last_used is None:
        since = user.password_changed
        if since is None:
            return unknown(f"no sign-in of {user.name} is recorded, nor when the password was set")
        reason = f"no sign-in of {user.name} is recorded; the password was set on {since:%Y-%m-%d}"
        return lately(reason, since, as_of, days)
    return lately(
        f"{user.name} last signed in on {user.password_last_used:%Y-%m-%d}", user.password_last_used, as_of, days
    )
