"""Checks of accounts in directories and identity providers."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.idp.accounts import is_for_emergencies, is_named
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.idp import User


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def account_is_used(
    user: User, *, as_of: datetime, max_unused_days: int = 90, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Every enabled account has signed in lately.

    Nobody notices when an account that nobody uses is taken over, and often its owner left long ago. An account that
    never signed in is counted from the day it was made. Accounts for emergencies are meant to rest: name them in
    `emergency_accounts`.

    Remediation: Switch the account off, ask its owner, and delete it after a while. In OpenLDAP:
    `pwdAccountLockedTime: 000001010000Z`.
    """
    if not user.enabled:
        return not_applicable(f"{name_of(user)} is switched off")
    if user.expires is not None and user.expires <= as_of:
        return not_applicable(f"{name_of(user)} ended on {user.expires:%Y-%m-%d}")
    if is_for_emergencies(user, emergency_accounts):
        return not_applicable(f"{user.login} is kept for emergencies")
    bound = as_of - timedelta(days=max_unused_days)
    if user.last_sign_in is not None:
        said = f"{name_of(user)} last signed in on {user.last_sign_in:%Y-%m-%d}"
        if user.last_sign_in >= bound:
            return passed(said)
        if not user.sign_ins_lag_days:
            return failed(said)
        latest = user.last_sign_in + timedelta(days=user.sign_ins_lag_days)
        return (failed if latest < bound else unknown)(f"{said}, or up to {user.sign_ins_lag_days} days later")
    if user.created >= bound:
        return passed(f"{name_of(user)} has not signed in, and was made on {user.created:%Y-%m-%d}")
    since = user.sign_ins_recorded_since
    if max(since, user.created) < bound:
        return failed(f"{name_of(user)} has not signed in since {max(since, user.created):%Y-%m-%d}")
    return unknown(
        f"no sign-in of {name_of(user)} is recorded, but sign-ins are known to be recorded only since {since:%Y-%m-%d}"
    )


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def guest_is_approved(user: User, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Every guest was approved.

    Guests answer to another organization, which does not tell us when they leave it. Name them in `approved`, by login
    or e-mail address; `*` stands for anything: `*@partner.example`.

    Remediation: Ask who invited the guest. Name it in `approved`, or remove it.
    """
    if not user.guest:
        return not_applicable(f"{name_of(user)} is no guest")
    if not user.enabled:
        return not_applicable(f"{name_of(user)} is switched off")
    if is_named(user.login, approved) or (user.email and is_named(user.email, approved)):
        return passed(f"{name_of(user)} is approved")
    return failed(f"nobody has approved the guest {name_of(user)}")


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def invitation_is_answered(user: User, *, as_of: datetime, days: int = 30) -> Verdict:
    """No invitation waits for long.

    Whoever finds an old invitation in a mailbox may still follow it.

    Remediation: Withdraw it; invite again who still needs access.
    """
    if user.invited is None:
        return not_applicable(f"no invitation of {name_of(user)} waits")
    verdict = passed if user.invited >= as_of - timedelta(days=days) else failed
    return verdict(f"{name_of(user)} was invited on {user.invited:%Y-%m-%d} and has not answered")
