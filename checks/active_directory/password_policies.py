"""Checks of what Active Directory alone says of password policies."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.active_directory import AdPasswordPolicy
from core.resources.idp import PasswordPolicy


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def policy_keeps_hashes_alone(policy: AdPasswordPolicy) -> Verdict:
    """No password policy has passwords kept so that they can be read again.

    Whoever gets a copy of the directory then has every password as it was typed.

    Remediation: Switch off *Store passwords using reversible encryption* in the policy, and have passwords changed.
    """
    if policy.reversible:
        return failed(f"{policy.name} has passwords kept so that they can be read again")
    return passed(f"{policy.name} has only hashes kept")


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def guesses_are_counted_for_long(policy: AdPasswordPolicy, *, least_minutes: int = 15) -> Verdict:
    """Wrong guesses count together for at least a quarter of an hour.

    What is forgotten after a minute never locks an account, however few guesses the policy allows: who guesses waits.

    Remediation: Raise *Reset account lockout counter after* in the policy, and with it the time for which it locks.
    """
    if policy.counted_seconds is None:
        return passed(f"{policy.name} counts wrong guesses until the password is right")
    verdict = passed if policy.counted_seconds >= least_minutes * 60 else failed
    return verdict(f"{policy.name} counts wrong guesses together for {policy.counted_seconds} seconds")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def exception_is_not_weaker(policy: AdPasswordPolicy, policies: Population[PasswordPolicy]) -> Verdict:
    """A fine-grained password policy demands at least as much as the policy of the domain.

    They are meant for accounts that need more, and hold for whoever was put into a group.

    Remediation: Raise what is weaker in the fine-grained policy, or delete it.
    """
    if policy.default:
        return not_applicable(f"{policy.name} is the policy of the domain")
    own = next((each for each in policies.here.observed if each.default), None)
    given = policies.here.get(policy.id)
    if own is None or given is None:
        return unknown(f"{policy.name} cannot be compared with the policy of the domain")
    weaker = [
        words
        for words, is_weaker in (
            (f"{given.minimum_length} characters", given.minimum_length < own.minimum_length),
            ("simple passwords", own.simple_refused and not given.simple_refused),
            (f"{given.history} remembered", given.history < own.history),
            (_asked_after(given), _days(given) > _days(own)),
            (f"{given.wrong_guesses} wrong guesses", _guesses(given) > _guesses(own)),
            (f"{given.locked_seconds} seconds of lock", _locked(given) < _locked(own)),
        )
        if is_weaker
    ]
    if weaker:
        return failed(f"{policy.name} is weaker than {own.name}: {', '.join(weaker)}")
    return passed(f"{policy.name} demands no less than {own.name}")


def _days(policy: PasswordPolicy) -> float:
    return policy.maximum_days or float("inf")


def _asked_after(policy: PasswordPolicy) -> str:
    return f"a new password after {policy.maximum_days} days" if policy.maximum_days else "never a new password"


def _guesses(policy: PasswordPolicy) -> float:
    return policy.wrong_guesses or float("inf")


def _locked(policy: PasswordPolicy) -> float:
    """Where nobody is locked at all, that is said by the guesses."""
    return policy.locked_seconds if policy.wrong_guesses and policy.locked_seconds else float("inf")
