"""Checks of Cognito: how users of our applications sign in, and who gets credentials of AWS."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.cognito import IdentityPool, UserPool

MFA = {"ON": "asks everybody for a second factor", "OPTIONAL": "leaves a second factor to each user",
       "OFF": "asks nobody for a second factor"}  # fmt: skip
KINDS = {"upper": "capital letters", "lower": "small letters", "digits": "digits", "symbols": "symbols"}


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def pool_passwords_resist_guessing(pool: UserPool, *, length: int = 12, kinds: int = 3) -> Verdict:
    """Passwords of the pool's users are long, and of several kinds of characters.

    Everybody on the internet can try them.

    Remediation: *Authentication methods*, *Password policy*; or `aws cognito-idp update-user-pool --policies`.
    """
    rules = pool.passwords
    asked = [words for name, words in KINDS.items() if getattr(rules, name)]
    said = f"{pool.name} asks for {rules.length} characters with {', '.join(asked) or 'whatever one likes'}"
    if rules.length < length or len(asked) < kinds:
        return failed(f"{said}; {length} characters of {kinds} kinds are needed")
    return passed(said)


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def first_passwords_expire(pool: UserPool, *, days: int = 7) -> Verdict:
    """A first password that an administrator gives works only for some days.

    It travels by mail or message, and lies there until it is used.

    Remediation: *Authentication methods*, *Password policy*, *Temporary passwords expire in*.
    """
    found = pool.passwords.days_of_first
    if found > days:
        return failed(f"first passwords of {pool.name} work for {found} days, more than {days}")
    return passed(f"first passwords of {pool.name} work for {found} days")


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def pool_needs_a_second_factor(pool: UserPool) -> Verdict:
    """Every user of the pool signs in with a second factor.

    Passwords are stolen elsewhere and tried here.

    Remediation: *Sign-in*, *Multi-factor authentication*, required.
    """
    said = f"{pool.name} {MFA.get(pool.mfa, pool.mfa)}"
    return passed(said) if pool.mfa == "ON" else failed(said)


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def pool_stops_stolen_passwords(pool: UserPool) -> Verdict:
    """The pool refuses passwords that are known to be stolen, and sign-ins that look like an attack.

    Cognito can tell; it acts only where threat protection is enforced, not where it is only audited, and does then what
    it was told to: nothing at all, perhaps. Clients of the pool with settings of their own are not looked at.

    Remediation: *Threat protection*, full function. It belongs to the feature plan *Plus*.
    """
    if pool.threats != "ENFORCED":
        return failed(f"{pool.name} has threat protection {pool.threats}")
    stolen, risky = pool.stolen_passwords, pool.high_risk
    reason = f"{pool.name} answers stolen passwords with {stolen}, and sign-ins of high risk with {risky}"
    # Who must have a second factor anyway is one for whom it is configured.
    stops = risky in ("BLOCK", "MFA_REQUIRED") or (risky == "MFA_IF_CONFIGURED" and pool.mfa == "ON")
    return passed(reason) if stolen == "BLOCK" and stops else failed(reason)


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def pool_is_protected_from_deletion(pool: UserPool) -> Verdict:
    """The pool cannot be deleted by mistake.

    With the pool go all users and their passwords, for which there is no backup.

    Remediation: *Settings*, *Deletion protection*, activate.
    """
    if pool.protected:
        return passed(f"{pool.name} is protected from deletion")
    return failed(f"{pool.name} can be deleted with one command")


@check(objective="internet-exposure-is-intended", severity=Severity.LOW)
def pool_users_are_invited(pool: UserPool, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Only administrators make users in the pool, unless open sign-up was approved.

    In an application for our own people, open sign-up lets the world in. Name pools of customers in `approved`.

    Remediation: *Sign-up*, *Self-registration*, disable.
    """
    if not pool.open_sign_up:
        return passed(f"only administrators make users in {pool.name}")
    if {pool.id, pool.name} & set(approved):
        return passed(f"everybody can make a user in {pool.name}, which is approved")
    return failed(f"everybody can make a user in {pool.name}")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def identity_pool_needs_a_sign_in(pool: IdentityPool) -> Verdict:
    """The identity pool gives credentials of AWS only to those who signed in.

    Else whoever reads the pool's number in a web page gets the rights of its role for guests.

    Remediation: *User access*, *Guest access*, inactive.
    """
    if pool.lets_anybody_in:
        return failed(f"{pool.name} gives credentials to everybody")
    return passed(f"{pool.name} gives credentials only after a sign-in")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def identity_pool_chooses_the_role(pool: IdentityPool) -> Verdict:
    """The identity pool, not its user, chooses the role.

    In the classic flow a user asks STS for any role that trusts the pool, without the limits that Cognito sets else.

    Remediation: *Identity pool properties*, *Basic (classic) authentication*, inactive.
    """
    if pool.classic:
        return failed(f"{pool.name} lets users choose among the roles that trust it")
    return passed(f"{pool.name} chooses the role itself")
