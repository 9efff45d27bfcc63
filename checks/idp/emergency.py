"""Checks of the accounts that are kept for the day on which nobody else can sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.host.fleet import listed
from checks.idp.accounts import is_for_emergencies
from checks.idp.factors import PHISHED, has_method_beside
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.aws.iam import IamUser
from core.resources.idp import Factors, User

NONE_HERE = "no account here is named in emergency_accounts"


@check(objective="privileged-access-needs-mfa", severity=Severity.HIGH)
def emergency_accounts_cannot_be_phished(
    users: Population[User], factors: Population[Factors], *, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Accounts for emergencies have a second factor that cannot be phished.

    They may do everything, and are left out of the policies that hold for all others.

    Remediation: Register two security keys for each, and keep them in different safes.
    """
    kept = _kept(users, emergency_accounts)
    if not kept:
        return not_applicable(NONE_HERE)
    without = list[str]()
    for user in kept:
        theirs = factors.here.get(user.id) if factors.here.sources else None
        if theirs is None:
            raise NotObservedError(f"second factors of {user.login} were not seen")
        if not theirs.enrolled or not has_method_beside(theirs, PHISHED):
            without.append(user.login)
    if without:
        return failed(f"{listed(without)} could be phished")
    return passed(f"{_names(kept)} cannot be phished")


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def emergency_accounts_rest(
    users: Population[User], *, as_of: datetime, quiet_days: int = 30, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Nobody has lately used an account for emergencies.

    Each use is an emergency that is written down, an exercise, or a theft. It is for a person to know which.

    Remediation: Find out who signed in and why. Change the credentials after each use.
    """
    kept = _kept(users, emergency_accounts)
    if not kept:
        return not_applicable(NONE_HERE)
    bound = as_of - timedelta(days=quiet_days)
    used, hidden = list[str](), None
    for user in kept:
        try:
            if user.last_sign_in is not None and user.last_sign_in >= bound:
                used.append(f"{user.login} ({user.last_sign_in:%Y-%m-%d})")
            elif user.last_sign_in is not None and user.last_sign_in + timedelta(days=user.sign_ins_lag_days) >= bound:
                raise NotObservedError(
                    f"sign-ins of {user.login} are recorded up to {user.sign_ins_lag_days} days late"
                )
            elif user.last_sign_in is None and max(user.sign_ins_recorded_since, user.created) > bound:
                raise NotObservedError(f"sign-ins of {user.login} are known only from a later day on")
        except NotObservedError as missing:
            hidden = missing
    if used:
        return failed(f"{listed(used)} signed in")
    if hidden:
        raise hidden
    return passed(f"{_names(kept)} did not sign in since {bound:%Y-%m-%d}")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def emergency_accounts_are_ready(
    users: Population[User],
    everywhere: Population[User],
    iam_users: Population[IamUser],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
    at_least: int = 2,
) -> Verdict:
    """Two accounts for emergencies stand ready, and need no other directory.

    On that day the other directory is what has failed. One account may be locked, or its key lost. A name in
    `emergency_accounts` that no account has, here or elsewhere, fails as well.

    Remediation: Make two accounts that are kept here alone, do not end, and are switched on.
    """
    kept = _kept(users, emergency_accounts)
    wrong = [f"no account is called {name}" for name in _nobody(emergency_accounts, everywhere, iam_users)]
    if not kept and not wrong:
        return not_applicable(NONE_HERE)
    for user in kept:
        if not user.enabled:
            wrong.append(f"{user.login} is switched off")
        elif user.expires is not None:
            wrong.append(f"{user.login} {'ended' if user.expires <= as_of else 'ends'} on {user.expires:%Y-%m-%d}")
        elif user.synchronised_from:
            wrong.append(f"{user.login} is kept in {user.synchronised_from}")
    if wrong:
        return failed("; ".join(wrong))
    verdict = passed if len(kept) >= at_least else failed
    return verdict(f"{len(kept)} accounts for emergencies stand ready: {_names(kept)}")


def _nobody(names: tuple[str, ...], users: Population[User], iam_users: Population[IamUser]) -> list[str]:
    """The names that no account has. Raises `NotObservedError` where one may be hidden."""
    found = [name for name in names if not users.having(name, "login") and not iam_users.having(name, "name")]
    if found:
        users.require_all("login")
        if iam_users.sources:
            iam_users.require_all("name")
    return found


def _kept(users: Population[User], emergency_accounts: tuple[str, ...]) -> list[User]:
    return sorted((each for each in users if is_for_emergencies(each, emergency_accounts)), key=lambda each: each.login)


def _names(users: list[User]) -> str:
    return listed(each.login for each in users)
