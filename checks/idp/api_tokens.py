"""Checks of long-lived secrets with which programs come in as somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.idp.accounts import has_ended, holders
from checks.people.accounts import name_of, user_is_closed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.idp import ApiToken, Group, RoleAssignment, User


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def token_is_used(token: ApiToken, *, as_of: datetime, max_unused_days: int = 30) -> Verdict:
    """Every token has been used lately.

    Nobody misses one that nobody uses when somebody else begins to.

    Remediation: Revoke it.
    """
    if reason := _is_over(token, as_of):
        return not_applicable(reason)
    bound = as_of - timedelta(days=max_unused_days)
    if token.last_used is not None:
        return (passed if token.last_used >= bound else failed)(f"it was last used on {token.last_used:%Y-%m-%d}")
    verdict = passed if token.created >= bound else failed
    return verdict(f"it was never used, and was made on {token.created:%Y-%m-%d}")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def token_is_replaced(token: ApiToken, *, as_of: datetime, most_days: int = 365) -> Verdict:
    """Every token is replaced within a year.

    It lies in files and in the memory of whoever has seen it, and is worth as much as a password there.

    Remediation: Make a new one, move the program to it, and revoke this one. Better, let the program sign in with a key
    that gives it tokens for an hour.
    """
    if reason := _is_over(token, as_of):
        return not_applicable(reason)
    verdict = passed if token.created >= as_of - timedelta(days=most_days) else failed
    return verdict(f"it was made on {token.created:%Y-%m-%d}")


@check(objective="identities-have-one-owner", severity=Severity.HIGH)
def token_belongs_to_somebody_here(token: ApiToken, users: Population[User], *, as_of: datetime) -> Verdict:
    """Every token is somebody's who can still sign in.

    A token may outlive the account of who made it, and nobody looks for it when that person leaves.

    Remediation: Revoke it; make a new one as the account of the program that needs it.
    """
    if reason := _is_over(token, as_of):
        return not_applicable(reason)
    if not token.owner:
        return failed("it is nobody's")
    user = users.here.get(token.owner)
    if user is None:
        return failed(f"its owner {token.owner} is none of the users")
    if user_is_closed(user, as_of):
        return failed(f"nobody can sign in to its owner {name_of(user)}")
    return passed(f"it belongs to {name_of(user)}")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def token_has_no_privileged_role(
    token: ApiToken,
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    as_of: datetime,
) -> Verdict:
    """No token has the rights of somebody with a privileged role.

    It needs no second factor and no sign-in, and does whatever its owner may.

    Remediation: Make an account for the program with the role that it needs, and its token there.
    """
    if reason := _is_over(token, as_of):
        return not_applicable(reason)
    hidden: NotObservedError | None = None
    for assignment in assignments.here.observed:
        try:
            if assignment.eligible or not assignment.privileged or has_ended(assignment, as_of):
                continue
        except NotObservedError as missing:
            hidden = missing
            continue
        found, missing_some = holders(assignment, users, groups)
        hidden = hidden or missing_some
        if owner := next((each for each in found if each.id == token.owner), None):
            return failed(f"its owner {name_of(owner)} has the role {assignment.role}")
    assignments.here.require_all()
    if hidden:
        raise hidden
    return passed("its owner has no privileged role")


@check(objective="internet-exposure-is-intended", severity=Severity.LOW)
def token_is_bound_to_networks(token: ApiToken, *, as_of: datetime) -> Verdict:
    """Every token is accepted from named networks alone.

    Who has stolen it sits elsewhere.

    Remediation: Name the network zones of the program in the token's settings.
    """
    if reason := _is_over(token, as_of):
        return not_applicable(reason)
    if token.network_bound:
        return passed("it is accepted from named networks alone")
    return failed("it is accepted from everywhere")


def _is_over(token: ApiToken, as_of: datetime) -> str:
    if not token.active:
        return "it is switched off"
    if token.expires is not None and token.expires <= as_of:
        return f"it ended on {token.expires:%Y-%m-%d}"
    return ""
