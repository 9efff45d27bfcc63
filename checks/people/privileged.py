"""Who stands behind privileged rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from checks.idp.accounts import has_ended, is_for_emergencies
from checks.people.accounts import name_of, user_is_closed, words_of_user
from checks.people.ownership import one_owner, program_is_owned
from checks.people.persons import NO_LIST, called, has_left, left, owners
from core.model import Severity, Status, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError, missing_fields
from core.resources.idp import Group, RoleAssignment, User
from core.resources.people import Person


@check(objective="privileged-access-is-personal", severity=Severity.HIGH)
def privileged_right_is_held_by_known_people(
    assignment: RoleAssignment,
    users: Population[User],
    groups: Population[Group],
    people: Population[Person],
    *,
    as_of: datetime,
    owned: tuple[str, ...] = (),
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Behind every account that holds a privileged right stands somebody who is here.

    What nobody answers for is nobody's to watch, and a privileged account of that kind is the one most worth taking.
    Accounts of people are joined with the list; owners of programs are named in `owned`: `backup=ada@example.org`.
    Accounts for emergencies have rules of their own: name them in `emergency_accounts`.

    Remediation: Take the right away, or name who answers for the account.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    if not assignment.privileged:
        return not_applicable(f"{assignment.role} is not privileged")
    if has_ended(assignment, as_of):
        return not_applicable(f"it ended on {assignment.ends:%Y-%m-%d}")
    if assignment.principal_kind == "application":
        return not_applicable("an application holds it, which has owners of its own")
    wrong, hidden, right = list[str](), None, 0
    for user in _holders(assignment, users, groups):
        try:
            if not (user_is_closed(user, as_of) or is_for_emergencies(user, emergency_accounts)):
                verdict = _answered_for(user, people, owned, as_of.date())
                right += verdict.status is Status.PASS
                wrong += [verdict.reason] if verdict.status is not Status.PASS else []
        except NotObservedError as missing:
            hidden = missing
    if wrong:
        return failed(f"{assignment.role}: {'; '.join(sorted(wrong))}")
    if hidden:
        raise hidden
    _require_holders(assignment, users, groups)
    return passed(f"{assignment.role}: somebody answers for each of {right} accounts that can be used")


def _answered_for(user: User, people: Population[Person], owned: tuple[str, ...], day: date) -> Verdict:
    if user.service:
        return program_is_owned(user.login, owned, people, day)
    found = owners(words_of_user(user), people, day)
    if len(found) == 1 and has_left(found[0], day):
        return failed(f"{name_of(user)} belongs to {called(found[0])}, and {left(found[0])}")
    return one_owner(name_of(user), found)


def _holders(assignment: RoleAssignment, users: Population[User], groups: Population[Group]) -> Iterator[User]:
    """The users who hold it, themselves or through groups, each once, as far as they were seen."""
    for principal in _principals(assignment, groups):
        for _, user in users.here.having(principal, "id"):
            yield user


def _principals(assignment: RoleAssignment, groups: Population[Group]) -> Iterator[str]:
    """The ids of whoever holds it, groups among them, each once."""
    waiting, seen = [assignment.principal], set[str]()
    while waiting:
        if (principal := waiting.pop()) not in seen:
            seen.add(principal)
            yield principal
            waiting += [
                member
                for _, group in groups.here.having(principal, "id")
                if "members" not in missing_fields(group)
                for member in group.members
            ]


def _require_holders(assignment: RoleAssignment, users: Population[User], groups: Population[Group]) -> None:
    """Raises `NotObservedError` unless each of the holders was seen."""
    for principal in _principals(assignment, groups):
        group = next((group for _, group in groups.here.having(principal, "id")), None)
        if group is None and not users.here.having(principal, "id"):
            users.here.require_all()
            raise NotObservedError(
                f"{principal} holds {assignment.role}, and is neither a user nor a group that we see"
            )
        if group is not None:
            list(group.members)
