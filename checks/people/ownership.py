"""Whose accounts are."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from checks.host.members import listed
from checks.idp.accounts import is_for_emergencies
from checks.people.accounts import Accounts, name_of, user_is_closed, words_of_name, words_of_user
from checks.people.persons import NO_LIST, called, has_left, left, observed_words, owners, word, words_of_person
from core.model import Severity, Status, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import AccountEnd, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def user_belongs_to_one_person(
    user: User, people: Population[Person], *, as_of: datetime, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Every open account of a directory is exactly one person's, whom a list of people names.

    Nobody switches off what belongs to nobody, and of an account that several share nobody knows who used it. An
    account is somebody's when its login or e-mail address is one of theirs in the list, in any case. Accounts for
    emergencies are nobody's and have rules of their own: name them in `emergency_accounts`.

    Remediation: Ask who uses the account. Give its login to that person in the list, make it a service account with an
    owner, or switch it off.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    if user.service:
        return not_applicable("it belongs to a program")
    if user_is_closed(user, as_of):
        return not_applicable("nobody can sign in to it")
    if is_for_emergencies(user, emergency_accounts):
        return not_applicable(f"{user.login} is kept for emergencies")
    return one_owner(name_of(user), owners(words_of_user(user), people, as_of.date()))


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def iam_user_belongs_to_one_person(user: IamUser, people: Population[Person], *, as_of: datetime) -> Verdict:
    """Every user of AWS with a password is exactly one person's, whom a list of people names.

    Nobody removes what belongs to nobody, and of a user that several share the trail does not tell who acted. A user is
    somebody's when its name is one of their logins or their e-mail address in the list, in any case.

    Remediation: Ask who signs in with it. Give its name to that person in the list, or take its password away.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    if not user.console:
        return not_applicable("it has no password: it belongs to a program")
    return one_owner(user.name, owners(words_of_name(user), people, as_of.date()))


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def logins_belong_to_one_person_each(
    logins: Population[Login], people: Population[Person], *, as_of: datetime, allowed: tuple[str, ...] = ()
) -> Verdict:
    """Every account of a host that lets people work is exactly one person's, whom a list of people names.

    Nobody removes what belongs to nobody, and of an account that several share the logs do not tell who acted. An
    account is somebody's when its name is one of their logins in the list, in any case. root, accounts of the system
    and those in `allowed` are nobody's.

    Remediation: Ask who uses the account. Give its name to that person in the list, or remove it with `userdel`.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    judged = [each for each in logins if each.uid != 0 and not each.system and each.name not in allowed]
    verdicts = [one_owner(each.name, owners(words_of_name(each), people, as_of.date())) for each in judged]
    if wrong := [each.reason for each in verdicts if each.status is not Status.PASS]:
        return failed("; ".join(sorted(wrong)))
    return passed(f"each of {len(judged)} accounts belongs to one person")


@check(objective="identities-have-one-owner", severity=Severity.LOW)
def person_has_one_account_in_each_source(  # noqa: PLR0913, PLR0917 - each kind of account is a join of its own
    person: Person,
    users: Population[User],
    iam_users: Population[IamUser],
    logins: Population[Login],
    keys: Population[AuthorizedKeys],
    servers: Population[Sshd],
    ends: Population[AccountEnd],
    services: Population[NameServices],
    *,
    as_of: datetime,
    allowed: tuple[str, ...] = (),
) -> Verdict:
    """Nobody has several open accounts in one place.

    Rights add up unseen across several accounts, and one of them is forgotten when its owner leaves. Accounts of
    programs do not count, nor do second accounts for administration that `allowed` names.

    Remediation: Bring the rights together in one account and switch the others off.
    """
    if has_left(person, as_of.date()):
        return not_applicable(left(person))
    accounts = Accounts(users, iam_users, logins, keys, servers, ends, services, as_of)
    if not accounts.sources:
        return not_applicable("no accounts are looked at")
    places: dict[str, list[str]] = defaultdict(list)
    for each in accounts.of(observed_words(person)):
        if each.name not in allowed and not each.is_of_program() and each.open_by():
            places[each.source].append(each.label)
    if several := sorted(label for labels in places.values() if len(labels) > 1 for label in labels):
        return failed(f"{called(person)} has {listed(several)}")
    if not list(words_of_person(person)):
        return unknown(f"the list gives neither an e-mail address nor a login of {called(person)}")
    accounts.require_all()
    if not places:
        return not_applicable(f"{called(person)} has no open account in {listed(sorted(accounts.sources))}")
    return passed(f"{called(person)} has one account in each of {listed(sorted(places))}")


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def service_account_has_an_owner(
    user: User, people: Population[Person], *, as_of: datetime, owned: tuple[str, ...] = ()
) -> Verdict:
    """Every account of a program has an owner who is still here.

    Somebody has to know what the account is for, change its secret and end it. Say who in `owned`, as login and owner:
    `backup=ada@example.org`. The owner is a login or an e-mail address in a list of people.

    Remediation: Find who answers for the program and name them in `owned`, or switch the account off.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    if not user.service:
        return not_applicable("it belongs to a person")
    if user_is_closed(user, as_of):
        return not_applicable("nobody can sign in to it")
    return program_is_owned(user.login, owned, people, as_of.date())


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def iam_program_has_an_owner(
    user: IamUser, people: Population[Person], *, as_of: datetime, owned: tuple[str, ...] = ()
) -> Verdict:
    """Every user of AWS without a password has an owner who is still here.

    Such a user is a program's, and somebody has to know what it is for, change its keys and end it. Say who in `owned`,
    as name and owner: `backup=ada@example.org`. The owner is a login or an e-mail address in a list of people.

    Remediation: Find who answers for the program and name them in `owned`, or delete the user.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    if user.console:
        return not_applicable("it has a password: it belongs to a person")
    return program_is_owned(user.name, owned, people, as_of.date())


def one_owner(name: str, found: list[Person]) -> Verdict:
    """Whether an account of this name, whose owners are these, is exactly one person's."""
    if not found:
        return failed(f"no list of people names {name}")
    if len(found) > 1:
        return failed(f"{name} belongs to {listed(sorted(map(called, found)))}")
    return passed(f"{name} belongs to {called(found[0])}")


def program_is_owned(name: str, owned: tuple[str, ...], people: Population[Person], day: date) -> Verdict:
    """Whether somebody who is here is named as the owner of a program: `owned` has entries such as `backup=ada`."""
    said = {word(program): word(owner) for program, _, owner in (each.rpartition("=") for each in owned)}
    owner = said.get(word(name))
    if not owner:
        return failed(f"nobody is named as the owner of {name}")
    found = owners([owner], people, day)
    if not found:
        return failed(f"{owner} is named as the owner of {name}, and in no list of people")
    if has_left(found[0], day):
        return failed(f"{called(found[0])} is named as the owner of {name}, and {left(found[0])}")
    return passed(f"{called(found[0])} is named as the owner of {name}")
