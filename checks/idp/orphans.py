"""Whether whoever can sign in somewhere can also sign in to the directory that leads: nobody looks after the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from checks.idp.accounts import no_person_signs_in
from checks.people.accounts import Accounts, having, name_of, user_is_closed, words_of_name, words_of_user
from checks.people.persons import observed_words, words_of_person
from core.model import Severity, Status, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import AccountEnd, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person

NO_PRIMARY = "nobody has named the directory that leads"


@check(objective="leavers-lose-access", severity=Severity.HIGH)
def user_is_in_the_primary_directory(
    user: User,
    users: Population[User],
    people: Population[Person],
    *,
    as_of: datetime,
    primary: str = "",
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Whoever can sign in to a directory or provider can also sign in to the one that leads.

    When somebody leaves, the leading directory is where the account is switched off first. What is left elsewhere
    nobody thinks of. Name its source in `primary`, such as `ldap/corp`. An account is the same person's when its login
    or e-mail address is, in whole and in any case, or when a list of people says so. Programs, guests and accounts for
    emergencies are left out.

    Remediation: Find out whose account it is, and switch it off or make it follow the leading directory.
    """
    if not primary:
        return not_applicable(NO_PRIMARY)
    if users.home == primary:
        return not_applicable(f"{primary} is the directory that leads")
    if reason := no_person_signs_in(user, as_of, emergency_accounts):
        return not_applicable(reason)
    if user.guest:
        return not_applicable(f"{name_of(user)} is a guest")
    return _leads(name_of(user), words_of_user(user), _Primary(primary, users, people, as_of))


@check(objective="leavers-lose-access", severity=Severity.HIGH)
def iam_user_is_in_the_primary_directory(
    user: IamUser,
    users: Population[User],
    people: Population[Person],
    *,
    as_of: datetime,
    primary: str = "",
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Whoever can sign in to AWS with a password can also sign in to the directory that leads.

    When somebody leaves, the leading directory is where the account is switched off first. A user of IAM stays. Name
    the source of that directory in `primary`, such as `ldap/corp`.

    Remediation: Find out whose user it is, and delete it; let people come through the directory.
    """
    if not primary:
        return not_applicable(NO_PRIMARY)
    if not user.console:
        return not_applicable(f"{user.name} has no password: it belongs to a program")
    if user.name in emergency_accounts:
        return not_applicable(f"{user.name} is kept for emergencies")
    return _leads(user.name, words_of_name(user), _Primary(primary, users, people, as_of))


@check(objective="leavers-lose-access", severity=Severity.HIGH)
def logins_are_in_the_primary_directory(  # noqa: PLR0913, PLR0917 - what opens an account is in kinds of its own
    logins: Population[Login],
    users: Population[User],
    people: Population[Person],
    iam_users: Population[IamUser],
    keys: Population[AuthorizedKeys],
    servers: Population[Sshd],
    ends: Population[AccountEnd],
    services: Population[NameServices],
    *,
    as_of: datetime,
    primary: str = "",
    allowed: tuple[str, ...] = (),
) -> Verdict:
    """Whoever can sign in to a host can also sign in to the directory that leads.

    When somebody leaves, the leading directory is where the account is switched off first. Accounts that hosts keep
    themselves stay. Name the source of that directory in `primary`, such as `ldap/corp`. root, accounts of the system,
    those in `allowed`, and those that nothing opens are left out.

    Remediation: Find out whose account it is, and remove it with `userdel`; let hosts take people from the directory.
    """
    if not primary:
        return not_applicable(NO_PRIMARY)
    accounts = Accounts(users, iam_users, logins, keys, servers, ends, services, as_of)
    leading = _Primary(primary, users, people, as_of)
    verdicts, hidden = list[Verdict](), None
    for login in logins:
        if login.uid == 0 or login.system or login.name in allowed:
            continue
        try:
            account = next(each for each in accounts.of(words_of_name(login)) if each.source == logins.home)
            if account.open_by():
                verdicts.append(_leads(login.name, words_of_name(login), leading))
        except NotObservedError as missing:
            hidden = missing
    if wrong := sorted(each.reason for each in verdicts if each.status is Status.FAIL):
        return failed("; ".join(wrong))
    if hidden:
        raise hidden
    if unclear := sorted(each.reason for each in verdicts if each.status is Status.UNKNOWN):
        return unknown(unclear[0])
    return passed(f"each of {len(verdicts)} accounts that somebody can sign in to is in {primary}")


class _Primary:
    """The directory that leads, and who has which account there."""

    def __init__(self, source: str, users: Population[User], people: Population[Person], as_of: datetime) -> None:
        self.source = source
        self.users = users.at(source).here
        self._people = people
        self._as_of = as_of

    def accounts(self, words: Iterable[str]) -> tuple[list[User], NotObservedError | None]:
        """Those of whoever is called so, here or in a list of people; and what may have hidden one."""
        asked, hidden = list[str](), None
        try:
            for each in words:
                asked += [each, *self._others(each)]
        except NotObservedError as missing:
            hidden = missing
        return [user for _, user in having(self.users, asked, words_of_user)], hidden

    def _others(self, known: str) -> Iterator[str]:
        for _, person in self._people.having(known, words_of_person):
            yield from observed_words(person)

    def is_open(self, user: User) -> bool:
        return not user_is_closed(user, self._as_of)


def _leads(name: str, words: Iterable[str], primary: _Primary) -> Verdict:
    if not primary.users.sources:
        return unknown(f"{primary.source}, which leads, is not looked at")
    found, hidden = primary.accounts(words)
    for user in found:
        try:
            if primary.is_open(user):
                return passed(f"{name} is {name_of(user)} in {primary.source}")
        except NotObservedError as missing:
            hidden = missing
    if hidden:
        raise hidden
    primary.users.require_all(words_of_user)
    if found:
        return failed(f"{name} is {name_of(found[0])} in {primary.source}, to which nobody can sign in")
    return failed(f"{name} has no account in {primary.source}")
