"""The accounts of a tenant, and when each last signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import chain

from collectors.entra.source import MOST, SIGN_INS, Entra, moment_or_none, needs_licence, part_or_none, text_or_none
from collectors.rest import Read
from collectors.rest_answers import FORBIDDEN, Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import User

USERS = Read("/v1.0/users", needs="User.Read.All")
USED = Read("/v1.0/users", needs="AuditLog.Read.All", limit=SIGN_INS)
SELECT = (
    "id,userPrincipalName,displayName,mail,accountEnabled,userType,externalUserState,externalUserStateChangeDateTime,"
    "createdDateTime,onPremisesSyncEnabled,onPremisesDomainName,lastPasswordChangeDateTime"
)
"""What is asked for, and nothing else that is kept of people: no telephones, no addresses, no pictures."""
ACTIVITY = "signInActivity"
MOST_WITH_ACTIVITY = "500"
RECORDED_SINCE = datetime(2023, 12, 1, tzinfo=UTC)
"""Successful sign-ins are kept from then on, and were not filled in for the time before
(https://learn.microsoft.com/graph/api/resources/signinactivity)."""
LAG_DAYS = 1
"""A sign-in takes hours until it is told."""
PENDING, ACCEPTED = "PendingAcceptance", "Accepted"
MEMBER, GUEST = "Member", "Guest"
SYNCHRONISED = "Active Directory"
"""What keeps an account that is synchronised, where its domain is not told."""


@collector(permissions=(USERS, USED))
def users(entra: Entra) -> Iterator[User]:
    """Accounts, guests among them. Where sign-ins may not be seen, or there is no licence for them, the rest is."""
    services = entra.extent().services
    entries, hidden = _everybody(entra)
    for entry in entries:
        yield _user(entra, entry, services, hidden)


def _everybody(entra: Entra) -> tuple[Iterator[Fields], str]:
    """All accounts with their sign-ins; or without, and why."""
    with_activity = entra.entries(USED, select=f"{SELECT},{ACTIVITY}", top=MOST_WITH_ACTIVITY)
    try:
        first = next(with_activity, None)
    except RestError as error:
        if error.status != FORBIDDEN and not needs_licence(error):
            raise
        return entra.entries(USERS, select=SELECT, top=MOST), str(error)
    return chain(() if first is None else (first,), with_activity), ""


def _user(entra: Entra, entry: Fields, services: tuple[str, ...], hidden: str) -> User:
    look = entra.look
    return User(
        id=entry.text("id"),
        login=look(lambda: entry.text("userPrincipalName")),
        name=look(lambda: text_or_none(entry, "displayName")),
        email=look(lambda: text_or_none(entry, "mail")),
        service=look(lambda: any(fnmatchcase(entry.text("userPrincipalName"), each) for each in services)),
        guest=look(lambda: _is_guest(entry)),
        invited=look(lambda: _invited(entry)),
        synchronised_from=look(lambda: _kept_by(entry)),
        enabled=look(lambda: entry.flag("accountEnabled")),
        expires=None,
        created=look(lambda: entry.moment("createdDateTime")),
        last_sign_in=unobserved(hidden) if hidden else look(lambda: _last_sign_in(entry)),
        sign_ins_lag_days=LAG_DAYS,
        sign_ins_recorded_since=RECORDED_SINCE,
        password_changed=look(lambda: moment_or_none(entry, "lastPasswordChangeDateTime")),
    )


def _is_guest(entry: Fields) -> bool:
    kind = entry.text("userType")
    if kind not in (MEMBER, GUEST):
        raise RestError(f"the type {kind} of an account is not known here")
    return kind == GUEST


def _invited(entry: Fields) -> datetime | None:
    if not (state := text_or_none(entry, "externalUserState")) or state == ACCEPTED:
        return None
    if state != PENDING:
        raise RestError(f"the state {state} of an invitation is not known here")
    return moment_or_none(entry, "externalUserStateChangeDateTime") or entry.moment("createdDateTime")


def _kept_by(entry: Fields) -> str:
    """Null means that it was never synchronised (https://learn.microsoft.com/graph/api/resources/user)."""
    if entry.is_null("onPremisesSyncEnabled") or not entry.flag("onPremisesSyncEnabled"):
        return ""
    return text_or_none(entry, "onPremisesDomainName") or SYNCHRONISED


def _last_sign_in(entry: Fields) -> datetime | None:
    """The last that succeeded. Attempts are told apart from it: of one after which no success is told nobody knows."""
    activity = part_or_none(entry, ACTIVITY)
    if activity is None:
        return None
    if success := moment_or_none(activity, "lastSuccessfulSignInDateTime"):
        return success
    attempts = [moment_or_none(activity, f"last{kind}SignInDateTime") for kind in ("", "NonInteractive")]
    latest = max((each for each in attempts if each), default=None)
    if latest and latest >= RECORDED_SINCE:
        raise RestError(f"a sign-in was tried on {latest:%Y-%m-%d}, and Graph does not tell whether one ever succeeded")
    return None
