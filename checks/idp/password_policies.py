"""Checks of password policies of directories and identity providers."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.idp import PasswordPolicy


@check(objective="passwords-resist-guessing", severity=Severity.HIGH)
def passwords_are_long(policy: PasswordPolicy, *, minimum_length: int = 12) -> Verdict:
    """Passwords have at least twelve characters.

    Each further character multiplies what somebody has to try who guesses, or who got hold of the hashes.

    Remediation: Raise the policy's minimum length. In OpenLDAP `pwdMinLength: 12` and `pwdCheckQuality: 2`, for a
    length is looked at only where quality is.
    """
    verdict = passed if policy.minimum_length >= minimum_length else failed
    return verdict(f"{policy.name} asks for {policy.minimum_length} characters")


@check(objective="passwords-resist-guessing", severity=Severity.HIGH)
def wrong_guesses_lock(policy: PasswordPolicy, *, most_guesses: int = 10, least_minutes: int = 15) -> Verdict:
    """An account is locked for a while after a few wrong passwords.

    Who may try without end finds the password of somebody.

    Remediation: In OpenLDAP `pwdLockout: TRUE`, `pwdMaxFailure: 10` and `pwdLockoutDuration: 900`; without a duration
    an administrator has to unlock.
    """
    if not policy.wrong_guesses:
        return failed(f"{policy.name} never locks an account")
    if policy.wrong_guesses > most_guesses:
        return failed(f"{policy.name} locks an account only after {policy.wrong_guesses} wrong passwords")
    if 0 < policy.locked_seconds < least_minutes * 60:
        return failed(f"{policy.name} locks an account for {policy.locked_seconds} seconds only")
    until = f"for {policy.locked_seconds} seconds" if policy.locked_seconds else "until somebody unlocks it"
    return passed(f"{policy.name} locks an account after {policy.wrong_guesses} wrong passwords {until}")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def old_passwords_are_refused(policy: PasswordPolicy, *, least_remembered: int = 5) -> Verdict:
    """Nobody can go back to one of the last passwords.

    A password is changed because others may know it; to take it again undoes the change.

    Remediation: Raise the policy's history. In OpenLDAP `pwdInHistory: 5`.
    """
    verdict = passed if policy.history >= least_remembered else failed
    return verdict(f"{policy.name} remembers {policy.history} passwords")


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def simple_passwords_are_refused(policy: PasswordPolicy) -> Verdict:
    """Passwords that many use, or of one kind of characters, are refused.

    Guessers begin with those, and are often done.

    Remediation: Switch on the list of known passwords, or else demand several kinds of characters. In OpenLDAP a module
    has to look (`pwdCheckModule`).
    """
    verdict, refuses = (passed, "refuses") if policy.simple_refused else (failed, "accepts")
    return verdict(f"{policy.name} {refuses} simple passwords")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def passwords_grow_not_old(policy: PasswordPolicy, *, most_days: int = 365) -> Verdict:
    """A password must be changed before it grows old.

    A password that leaked unnoticed then stops working at some time. Often is worse than seldom: people then count
    upwards.

    Remediation: Set the policy's maximum age to a year. In OpenLDAP `pwdMaxAge: 31536000`.
    """
    if not policy.maximum_days:
        return failed(f"{policy.name} never asks for a new password")
    verdict = passed if policy.maximum_days <= most_days else failed
    return verdict(f"{policy.name} asks for a new password after {policy.maximum_days} days")
