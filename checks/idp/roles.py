"""Checks of the roles with which people administer an identity provider and what it governs."""

from __future__ import annotations

from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import has_ended, holders, no_person_signs_in
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.idp import Group, RoleAssignment, User


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def administrators_are_few(  # noqa: PLR0913 - its parameters are what it judges, and its settings
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    as_of: datetime,
    at_least: int = 2,
    at_most: int = 4,
    one_more: tuple[str, ...] = ("github", "okta"),
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """A few people can do everything, and more than one.

    Each further administrator is one more account that opens everything; a single one may be ill, or gone. Counted are
    people who can sign in and have a privileged role for all of the provider, also through groups or for a while.
    Fewer than five are few, as Microsoft advises for Entra ID; with providers named in `one_more`, five are as well.

    Remediation: Give those who need less a role for it, and take the privileged one away.
    """
    people, hidden = dict[str, str](), None
    governing = [each for each in assignments if not each.scope and each.privileged and not has_ended(each, as_of)]
    if not governing:
        return not_applicable("no privileged role is for all of the provider")
    for assignment in governing:
        found, missing = holders(assignment, users, groups)
        hidden = hidden or missing
        for user in found:
            try:
                if not no_person_signs_in(user, as_of, emergency_accounts):
                    people[user.id] = name_of(user)
            except NotObservedError as unseen:
                hidden = unseen
    names = sorted(people.values())
    most = at_most + (users.home.partition("/")[0] in one_more)
    if len(names) > most:
        return failed(f"{len(names)} people can do everything, more than {most}: {listed(names)}")
    if hidden:
        raise hidden
    if len(names) < at_least:
        return failed(f"{len(names)} people can do everything, fewer than {at_least}: {listed(names) or 'nobody'}")
    return passed(f"{len(names)} people can do everything: {listed(names)}")
