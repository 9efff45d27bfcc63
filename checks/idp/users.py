"""Checks of accounts in directories and identity providers."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resource import missing_fields
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
        return not_applicable(f"{_called(user)} is switched off")
    if user.expires is not None and user.expires <= as_of:
        return not_applicable(f"{_called(user)} ended on {user.expires:%Y-%m-%d}")
    if emergency_accounts and user.login in emergency_accounts:
        return not_applicable(f"{user.login} is kept for emergencies")
    bound = as_of - timedelta(days=max_unused_days)
    if user.last_sign_in is not None:
        verdict = passed if user.last_sign_in >= bound else failed
        return verdict(f"{_called(user)} last signed in on {user.last_sign_in:%Y-%m-%d}")
    if user.created >= bound:
        return passed(f"{_called(user)} has not signed in, and was made on {user.created:%Y-%m-%d}")
    since = user.sign_ins_recorded_since
    if max(since, user.created) < bound:
        return failed(f"{_called(user)} has not signed in since {max(since, user.created):%Y-%m-%d}")
    return unknown(
        f"no sign-in of {_called(user)} is recorded, but sign-ins are known to be recorded only since {since:%Y-%m-%d}"
    )


def _called(user: User) -> str:
    """The login, which people know; the id where it was not shown."""
    return user.id if "login" in missing_fields(user) else user.login
