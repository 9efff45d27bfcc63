"""Whether nobody can sign in any more, or already: what is asked about leavers and newcomers alike."""

from __future__ import annotations

from collections.abc import Iterable

from checks.host.members import listed
from checks.people.accounts import Account, Accounts
from checks.people.persons import words_of_person
from core.model import Verdict, failed, passed, unknown
from core.population import Population
from core.resource import NotObservedError
from core.resources.people import Person


def judged_closed(
    said: str, person: Person, own: Iterable[Account], accounts: Accounts, people: Population[Person]
) -> Verdict:
    """Whether nobody can sign in to these accounts of somebody who is not here, which `said` says in words.

    Raises `NotObservedError` where nobody can tell.
    """
    own = list(own)
    opened, hidden = open_accounts(own)
    if opened:
        return failed(f"{said}, and can sign in: {listed(opened)}")
    if hidden:
        raise hidden
    if not list(words_of_person(person)):
        return unknown(f"{said}, and the list gives neither an e-mail address nor a login to look for")
    accounts.require_all(people)
    if own:
        return passed(f"{said}, and nobody can sign in to {listed(sorted(each.label for each in own))}")
    return passed(f"{said}, and has no account in {listed(sorted(accounts.sources))}")


def open_accounts(accounts: Iterable[Account]) -> tuple[list[str], NotObservedError | None]:
    """Those that somebody can sign in to, sorted, with what opens each; and what hid that of one of the others."""
    found, hidden = list[str](), None
    for each in accounts:
        try:
            if way := each.open_by():
                found.append(f"{each.label}: {way}")
        except NotObservedError as missing:
            hidden = missing
    return sorted(found), hidden
