"""People whose work has not begun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from checks.host.members import listed
from checks.people.accounts import Accounts, having, name_of, words_of_name, words_of_user
from checks.people.closing import judged_closed
from checks.people.persons import called, has_left, left, observed_words, words_of_person
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamUser
from core.resources.aws.iam_credentials import ServiceCredential, SshKey
from core.resources.host.accounts import AccountEnd, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person


@check(objective="leavers-lose-access", severity=Severity.MEDIUM)
def newcomer_has_no_open_account(  # noqa: PLR0913, PLR0917 - each kind of account is a join of its own
    person: Person,
    people: Population[Person],
    users: Population[User],
    iam_users: Population[IamUser],
    logins: Population[Login],
    keys: Population[AuthorizedKeys],
    servers: Population[Sshd],
    ends: Population[AccountEnd],
    services: Population[NameServices],
    ssh_keys: Population[SshKey],
    credentials: Population[ServiceCredential],
    *,
    as_of: datetime,
    early_days: int = 0,
) -> Verdict:
    """Whose work has not begun can sign in nowhere.

    Before the first day nobody has promised to keep the rules, and some never come. An account may be made ahead, but
    stays switched off until then, or until `early_days` before. `people.leavers.leaver_has_no_open_account` says which
    accounts are open.

    Remediation: Switch the account off until the first day, which the list of people gives.
    """
    if has_left(person, as_of.date()):
        return not_applicable(left(person))
    if person.start is None:
        return not_applicable(f"the list gives no first day of {called(person)}")
    if person.start - timedelta(days=early_days) <= as_of.date():
        return not_applicable(f"the work of {called(person)} begins on {person.start}, no later than accounts may")
    accounts = Accounts(users, iam_users, logins, keys, servers, ends, services, as_of, ssh_keys, credentials)
    if not accounts.sources:
        return not_applicable("no accounts are looked at")
    own = [each for each in accounts.of(observed_words(person)) if not each.is_of_somebody_here(people, as_of.date())]
    return judged_closed(f"the work of {called(person)} begins on {person.start}", person, own, accounts, people)


@check(objective="identities-have-one-owner", severity=Severity.LOW)
def accounts_are_made_for_the_first_day(
    person: Person,
    people: Population[Person],
    users: Population[User],
    iam_users: Population[IamUser],
    *,
    as_of: datetime,
    early_days: int = 30,
) -> Verdict:
    """No account is much older than the work of the person whose it is.

    An older account was somebody else's, with what that one left in it, or could be used before anybody was to have it.
    Who comes back may have one from the first time: another line of the list then gives that first day.

    Remediation: Find who had the account before, and make one of their own for whoever has it now.
    """
    if has_left(person, as_of.date()):
        return not_applicable(left(person))
    if person.start is None:
        return not_applicable(f"the list gives no first day of {called(person)}")
    if not users.sources | iam_users.sources:
        return not_applicable("no accounts are looked at")
    words = set(observed_words(person))
    made = {
        **{(source, user.id): (name_of(user), user.created) for source, user in having(users, words, words_of_user)},
        **{(source, user.id): (user.name, user.created) for source, user in having(iam_users, words, words_of_name)},
    }
    first = min([person.start, *_first_days(words, people)])
    bound = first - timedelta(days=early_days)
    if old := sorted(f"{name} ({of}) of {at:%Y-%m-%d}" for (of, _), (name, at) in made.items() if at.date() < bound):
        people.require_all(words_of_person)  # another line may give an earlier day
        return failed(f"the work of {called(person)} begins on {first}, and there is {listed(old)}")
    if not list(words_of_person(person)):
        return unknown(f"the list gives neither an e-mail address nor a login of {called(person)}")
    if users.sources:
        users.require_all(words_of_user)
    if iam_users.sources:
        iam_users.require_all(words_of_name)
    if not made:
        return not_applicable(f"{called(person)} has no account in {listed(sorted(users.sources | iam_users.sources))}")
    return passed(f"the work of {called(person)} begins on {first}, and no account is of before {bound}")


def _first_days(words: Iterable[str], people: Population[Person]) -> Iterator[date]:
    """The first days that all lines give of whoever has these words. Raises `NotObservedError`."""
    for each in words:
        for _, one in people.having(each, words_of_person):
            if one.start is not None:
                yield one.start
