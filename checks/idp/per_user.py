"""What Entra ID demands of single accounts, where no policy demands it of all (per-user MFA)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import no_person_signs_in
from checks.people.accounts import name_of
from core.model import Status, Verdict, failed, passed
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import PerUserMfa
from core.resources.idp import User

BUT = "which settings of the whole tenant may switch off for trusted addresses and remembered devices"


def state_of(user: User, accounts: Population[PerUserMfa]) -> str:
    """What is demanded of one account. Raises `NotObservedError`."""
    found = accounts.here.get(user.id)
    if found is None:
        raise NotObservedError(f"per-user MFA of {name_of(user)} was not seen")
    return found.state


def unless_asked_one_by_one(
    said: Verdict,
    people: Iterable[User],
    accounts: Population[PerUserMfa],
    as_of: datetime,
    emergency_accounts: tuple[str, ...],
) -> Verdict:
    """What is said of policies; or that each of these people is asked all the same. Raises `NotObservedError` when that
    may be, and was not seen."""
    if said.status is not Status.FAIL or not accounts.here.sources:
        return said
    asked, others, hidden = False, set[str](), None
    for user in _seen(people):
        try:
            if isinstance(user, NotObservedError):
                raise user
            if no_person_signs_in(user, as_of, emergency_accounts):
                continue
            if state_of(user, accounts) == "enforced":
                asked = True
            else:
                others.add(name_of(user))
        except NotObservedError as missing:
            hidden = missing
    if others and (asked or hidden):
        return failed(f"{said.reason}, and per-user MFA does not ask {listed(others)}")
    if others:
        return failed(f"{said.reason}, and per-user MFA asks nobody")
    if hidden:
        raise hidden
    return passed(f"{said.reason}; per-user MFA asks each account, {BUT}") if asked else said


def _seen(people: Iterable[User]) -> Iterator[User | NotObservedError]:
    """Who was seen, and behind them why there may be more."""
    try:
        yield from people
    except NotObservedError as missing:
        yield missing
