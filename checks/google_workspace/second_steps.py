"""Checks of what 2-Step Verification demands, by policies for units and groups."""

from __future__ import annotations

from datetime import datetime

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.google_workspace import SecondStepPolicy

KEYS = ("PASSKEY_ONLY", "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE", "PASSKEY_PLUS_SECURITY_CODE")
MEANINGS = {
    "ALL": "anything, text messages and calls as well",
    "NO_TELEPHONY": "anything but text messages and calls",
    "PASSKEY_PLUS_SECURITY_CODE": "security keys and passkeys, and codes made with one, from anywhere",
    "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE": "security keys and passkeys, and codes made with one on the same network",
    "PASSKEY_ONLY": "security keys and passkeys alone",
}


@check(objective="sign-in-needs-mfa", severity=Severity.HIGH)
def second_step_is_demanded(policy: SecondStepPolicy, *, as_of: datetime) -> Verdict:
    """A policy demands a second step of a unit or group.

    Whoever is given an account tomorrow has what the unit demands; that all who are there today have a second step says
    nothing about that. For each account Google tells what holds in the end: `second_step_is_enforced`.

    Remediation: Security, Authentication, 2-step verification: allow it for the unit or group, and turn *Enforcement*
    on.
    """
    if policy.enforced_from is None:
        return failed(f"{policy.name}: no second step is demanded")
    if policy.enforced_from > as_of:
        return failed(f"{policy.name}: a second step is demanded from {policy.enforced_from:%Y-%m-%d} on, and not yet")
    if not policy.may_enrol:
        return failed(f"{policy.name}: a second step is demanded, and nobody may set one up")
    return passed(f"{policy.name}: a second step has been demanded since {policy.enforced_from:%Y-%m-%d}")


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def new_people_enrol_soon(policy: SecondStepPolicy, *, as_of: datetime, most_days: int = 14) -> Verdict:
    """New people get in without a second step for a short time only.

    Until then a first password, which somebody sent them, is all that it takes.

    Remediation: Security, Authentication, 2-step verification: shorten the *New user enrollment period*.
    """
    if reason := _is_not_demanded(policy, as_of):
        return not_applicable(reason)
    verdict = passed if policy.new_people_days <= most_days else failed
    return verdict(f"{policy.name}: new people get in without a second step for {policy.new_people_days} days")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def telephones_are_no_second_step(policy: SecondStepPolicy) -> Verdict:
    """Text messages and calls are not taken as a second step.

    They go to whoever talks a shop into a new card for the number, and whoever asks for the code gets it read out.

    Remediation: Security, Authentication, 2-step verification, Methods: *Any except verification codes via text, phone
    call*, or stricter. Ask those who have nothing else to set up an app or a passkey before.
    """
    verdict = failed if policy.methods == "ALL" else passed
    return verdict(f"{policy.name}: as a second step Google takes {MEANINGS[policy.methods]}")


@check(objective="sign-in-needs-mfa", severity=Severity.LOW)
def second_step_is_asked_each_time(policy: SecondStepPolicy, *, as_of: datetime) -> Verdict:
    """The second step is asked at each sign-in, on known devices too.

    On a device that is trusted a password is enough again, whoever sits there.

    Remediation: Security, Authentication, 2-step verification, Frequency: do not let people trust devices.
    """
    if reason := _is_not_demanded(policy, as_of):
        return not_applicable(reason)
    verdict, said = (failed, "need none on") if policy.trusts_devices else (passed, "need one also on")
    return verdict(f"{policy.name}: people {said} devices they have said to trust")


@check(objective="sign-in-methods-are-strong", severity=Severity.LOW)
def codes_for_lost_keys_end_soon(policy: SecondStepPolicy, *, as_of: datetime, most_days: int = 1) -> Verdict:
    """Where keys are demanded, codes stand in for a lost one for a short time only.

    An administrator gives them to whoever says that the key is gone. Until they end the account can be phished.

    Remediation: Security, Authentication, 2-step verification, Methods: shorten the *policy suspension grace period*.
    """
    if reason := _is_not_demanded(policy, as_of):
        return not_applicable(reason)
    if policy.methods not in KEYS:
        return not_applicable(f"{policy.name}: as a second step Google takes {MEANINGS[policy.methods]}")
    verdict = passed if policy.suspended_days <= most_days else failed
    return verdict(f"{policy.name}: codes stand in for a lost key for {policy.suspended_days} days")


def _is_not_demanded(policy: SecondStepPolicy, as_of: datetime) -> str:
    """Why nothing more is asked of a policy; empty where it demands a second step."""
    if policy.enforced_from is None or policy.enforced_from > as_of:
        return f"{policy.name}: no second step is demanded"
    return ""
