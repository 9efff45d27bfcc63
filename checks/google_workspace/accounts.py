"""Checks of what Google demands of each account."""

from __future__ import annotations

from datetime import datetime

from checks.idp.accounts import no_person_signs_in
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.google_workspace import WorkspaceAccount
from core.resources.idp import User

KINDS = {"super": "super administrator's ", "delegated": "administrator's ", "none": ""}


@check(objective="sign-in-needs-mfa", severity=Severity.CRITICAL)
def second_step_is_enforced(
    account: WorkspaceAccount, users: Population[User], *, as_of: datetime, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Google lets nobody in without a second step.

    Who has set one up can remove it again, and who has none is let in with a password, unless Google insists. Programs
    are left out, accounts that nobody can sign in to, and those of `emergency_accounts`.

    Remediation: Security, Authentication, 2-step verification: turn *Enforcement* on for all organizational units, with
    a short time for new people.
    """
    user = person_behind(account.id, users, as_of, emergency_accounts)
    if isinstance(user, Verdict):
        return user
    if account.second_step_enforced:
        return passed(f"Google lets {name_of(user)} in with a second step only")
    return failed(f"Google lets the {KINDS[account.administrator]}account {name_of(user)} in without a second step")


def person_behind(
    account: str, users: Population[User], as_of: datetime, emergency_accounts: tuple[str, ...]
) -> User | Verdict:
    """Who signs in to an account; why nothing is asked of it, when nothing is."""
    user = users.here.get(account)
    if user is None:
        return unknown(f"no account with the id {account} was seen")
    reason = no_person_signs_in(user, as_of, emergency_accounts)
    return not_applicable(reason) if reason else user
