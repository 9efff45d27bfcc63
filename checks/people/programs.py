"""Accounts of programs."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.people.accounts import name_of, user_is_closed
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.idp import User


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def service_account_password_is_changed(user: User, *, as_of: datetime, max_age_days: int = 365) -> Verdict:
    """The password of every account of a program was changed lately.

    Whoever once set up the program knows it, and so does each copy of its configuration. Keys of AWS and tokens have
    checks of their own.

    Remediation: Change the password where the program reads it, and let that happen by itself.
    """
    if not user.service:
        return not_applicable("it belongs to a person")
    if user_is_closed(user, as_of):
        return not_applicable("nobody can sign in to it")
    bound = as_of - timedelta(days=max_age_days)
    if user.password_changed is not None:
        verdict = passed if user.password_changed >= bound else failed
        return verdict(f"the password of {name_of(user)} was last changed on {user.password_changed:%Y-%m-%d}")
    if user.created >= bound:
        return passed(f"{name_of(user)} was made on {user.created:%Y-%m-%d}, and its password is no older")
    return unknown(f"no change of the password of {name_of(user)} is recorded, if it has one")
