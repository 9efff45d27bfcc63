"""Rights that one person should not have together, and rights that belong to another role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fnmatch import fnmatchcase

from checks.idp.accounts import no_person_signs_in
from checks.people.accounts import name_of, words_of_name, words_of_user
from checks.people.pairs import judged_alone, no_pair, sides, together
from checks.people.persons import called, has_left, left, observed_words, owners, words_of_person
from checks.people.rights import Held, Rights, is_pattern, of_iam_user
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.accounts import Login
from core.resources.host.names import NameServices
from core.resources.host.sudo import SudoGrant
from core.resources.idp import Group, RoleAssignment, User
from core.resources.people import Person


@check(objective="duties-are-segregated", severity=Severity.HIGH)
def nobody_holds_rights_that_exclude_each_other(  # noqa: PLR0913, PLR0917 - each kind of right is a join of its own
    person: Person,
    users: Population[User],
    iam_users: Population[IamUser],
    logins: Population[Login],
    groups: Population[Group],
    assignments: Population[RoleAssignment],
    host_groups: Population[HostGroup],
    sudo: Population[SudoGrant],
    services: Population[NameServices],
    *,
    as_of: datetime,
    pairs: tuple[str, ...] = (),
) -> Verdict:
    """Nobody holds two rights that are to be kept apart, in whatever accounts.

    Who can order and pay, or change and approve, can do harm alone and hide it. Say in `pairs` which rights exclude
    each other, each as source and right, where `*` stands for anything: `ldap/corp:vendors + aws/*:Payments`. Rights
    are groups, also through other groups, roles, policies and sudo of accounts that are not switched off. What a person
    needs all the same can be accepted until a day: `annexa acceptances add`.

    Remediation: Take one of the two away, or let a second person approve what the first one does.
    """
    if not pairs:
        return not_applicable("nobody has said which rights exclude each other")
    if has_left(person, as_of.date()):
        return not_applicable(left(person))
    if wrong := no_pair(pairs):
        return unknown(wrong)
    split = [sides(each) for each in pairs]
    rights = Rights(users, iam_users, logins, groups, assignments, host_groups, sudo, services, as_of)
    held = rights.of(observed_words(person))
    if both := together(held, split):
        return failed(f"{called(person)} holds {both}, which exclude each other")
    patterns = [side for pair in split for side in pair]
    if blind := _blind(person, rights, held, patterns):
        return unknown(blind)
    return passed(f"{called(person)} holds at most one of the rights in each of {len(pairs)} pairs")


@check(objective="duties-are-segregated", severity=Severity.HIGH)
def account_of_nobody_holds_no_such_rights(  # noqa: PLR0913, PLR0917 - each kind of right is a join of its own
    user: User,
    users: Population[User],
    people: Population[Person],
    iam_users: Population[IamUser],
    logins: Population[Login],
    groups: Population[Group],
    assignments: Population[RoleAssignment],
    host_groups: Population[HostGroup],
    sudo: Population[SudoGrant],
    services: Population[NameServices],
    *,
    as_of: datetime,
    pairs: tuple[str, ...] = (),
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """No account of a directory that no list of people names holds two rights that are to be kept apart.

    Nobody knows who acts in it, and whoever does can act and hide it alone. What accounts of known people hold is
    judged together, for each person. Accounts of programs and those for emergencies (`emergency_accounts`) are left
    out. Say in `pairs` of `people.duties` which rights exclude each other.

    Remediation: Find out whose account it is, and take one of the two rights away.
    """
    if not pairs:
        return not_applicable("nobody has said which rights exclude each other")
    if reason := no_person_signs_in(user, as_of, emergency_accounts):
        return not_applicable(reason)
    if people.sources and (found := owners(words_of_user(user), people, as_of.date())):
        return not_applicable(f"{name_of(user)} is judged with all that {called(found[0])} holds")
    rights = Rights(users, iam_users, logins, groups, assignments, host_groups, sudo, services, as_of)
    given = rights.of_user(users.home, user)
    return judged_alone(name_of(user), given, pairs, lambda: rights.require_given(users.home))


@check(objective="duties-are-segregated", severity=Severity.HIGH)
def iam_user_of_nobody_holds_no_such_rights(
    user: IamUser,
    people: Population[Person],
    *,
    as_of: datetime,
    pairs: tuple[str, ...] = (),
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """No user of AWS with a password that no list of people names holds two rights that are to be kept apart.

    Nobody knows who acts as that user, and whoever does can act and hide it alone. Users without a password are
    programs', and left out like those for emergencies (`emergency_accounts`). Say in `pairs` of `people.duties` which
    rights exclude each other.

    Remediation: Find out whose user it is, and take one of the two rights away.
    """
    if not pairs:
        return not_applicable("nobody has said which rights exclude each other")
    if not user.console:
        return not_applicable(f"{user.name} has no password: it belongs to a program")
    if user.name in emergency_accounts:
        return not_applicable(f"{user.name} is kept for emergencies")
    if people.sources and (found := owners(words_of_name(user), people, as_of.date())):
        return not_applicable(f"{user.name} is judged with all that {called(found[0])} holds")
    return judged_alone(user.name, of_iam_user(people.home, user), pairs)


@check(objective="leavers-lose-access", severity=Severity.MEDIUM)
def person_keeps_no_right_of_another_role(  # noqa: PLR0913, PLR0917 - each kind of right is a join of its own
    person: Person,
    users: Population[User],
    iam_users: Population[IamUser],
    logins: Population[Login],
    groups: Population[Group],
    assignments: Population[RoleAssignment],
    host_groups: Population[HostGroup],
    sudo: Population[SudoGrant],
    services: Population[NameServices],
    *,
    as_of: datetime,
    rights_of_roles: tuple[str, ...] = (),
) -> Verdict:
    """Nobody holds a right that belongs to roles or departments other than their own.

    Who changes duties and keeps the former rights gathers more of them with each move. Say in `rights_of_roles` which
    rights belong to which role or department, where `*` stands for anything: `Accountant = ldap/corp:payments`. Such a
    right may be held by those alone; what is not in the table is not judged.

    Remediation: Take away what the former role needed, on the day of the move.
    """
    if not rights_of_roles:
        return not_applicable("nobody has said which rights belong to which role")
    if has_left(person, as_of.date()):
        return not_applicable(left(person))
    table = [(role.strip(), right.strip()) for role, _, right in (each.partition("=") for each in rights_of_roles)]
    for text, (role, right) in zip(rights_of_roles, table, strict=True):
        if not role or not is_pattern(right):
            return unknown(f"{text} gives no right to a role: write it as ROLE = SOURCE:RIGHT")
    own = _duties(person)
    if not own:
        return unknown(f"the list gives neither a role nor a department of {called(person)}")
    rights = Rights(users, iam_users, logins, groups, assignments, host_groups, sudo, services, as_of)
    held = rights.of(observed_words(person))
    allowed = {right.full_name for role, pattern in table if _is_meant(role, own) for right in held.meant(pattern)}
    meant = [(right, role) for role, pattern in table for right in held.meant(pattern)]
    found = {right.label: role for right, role in meant if right.full_name not in allowed}
    if found:
        kept = "; ".join(f"{label}, which belongs to {role}" for label, role in sorted(found.items()))
        return failed(f"{_as_what(person)}, and holds {kept}")
    if blind := _blind(person, rights, held, [pattern for _, pattern in table]):
        return unknown(blind)
    return passed(f"{_as_what(person)}, and holds no right that belongs to another role")


def _blind(person: Person, rights: Rights, held: Held, patterns: Iterable[str]) -> str:
    """Why nobody can say that this person holds nothing more of what patterns mean; empty when that can be said.

    Raises `NotObservedError`.
    """
    if held.hidden:
        raise held.hidden
    if not list(words_of_person(person)):
        return f"the list gives neither an e-mail address nor a login of {called(person)}"
    for pattern in patterns:
        if not rights.are_looked_at(pattern):
            return f"no rights are looked at where {pattern} could be held"
    rights.require_all(patterns)
    return ""


def _duties(person: Person) -> list[str]:
    """Role and department, as far as the list says. Raises `NotObservedError` where it has no column for either."""
    hidden = missing_fields(person)
    seen = [field for field in ("role", "department") if field not in hidden] or ["role"]
    return [text for field in seen if (text := getattr(person, field))]


def _is_meant(role: str, duties: Iterable[str]) -> bool:
    return any(fnmatchcase(duty.casefold(), role.casefold()) for duty in duties)


def _as_what(person: Person) -> str:
    """Who somebody is, and since when."""
    hidden = missing_fields(person)
    said = []
    for what in ("role", "department"):
        if what not in hidden and (text := getattr(person, what)):
            since: date | None = None if f"{what}_since" in hidden else getattr(person, f"{what}_since")
            said.append(f"{text} since {since}" if since else text)
    return f"{called(person)} is of {', '.join(said)}"
