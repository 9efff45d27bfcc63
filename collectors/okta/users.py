"""The accounts of an organization at Okta."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from collectors.okta.source import Okta
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import User

USERS = Read("/api/v1/users", needs="okta.users.read", limit="/api/v1/users")
MOST = "200"
OPEN = frozenset({"ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"})
"""In these states somebody can sign in, or can again by a way that is open to them: a link, a new password, waiting."""
CLOSED = frozenset({"STAGED", "SUSPENDED", "DEPROVISIONED"})
INVITED = "PROVISIONED"
OWN = "OKTA"


@collector(permissions=(USERS,))
def users(okta: Okta) -> Iterator[User]:
    """Accounts, but for those that are deactivated, which Okta lists only when it is asked for them alone."""
    services = okta.extent().services
    for entry in okta.entries(USERS, limit=MOST):
        yield _user(okta, entry, services)


def everybody(okta: Okta) -> Iterator[Fields]:
    """Accounts as Okta shows them, for those who ask about each. Raises `RestError` when these are not all."""
    return okta.entries(USERS, limit=MOST)


def is_open(entry: Fields) -> bool:
    """Whether somebody can sign in. Raises `RestError` for a state that is not known."""
    status = entry.text("status")
    if status in OPEN:
        return True
    if status in CLOSED:
        return False
    raise RestError(f"the state {status} of an account is not known here")


def _user(okta: Okta, entry: Fields, services: tuple[str, ...]) -> User:
    look = okta.look
    return User(
        id=entry.text("id"),
        login=look(lambda: _login(entry)),
        name=look(lambda: _name(entry.part("profile"))),
        email=look(lambda: entry.part("profile").text("email")),
        service=look(lambda: any(fnmatchcase(_login(entry), each) for each in services)),
        guest=False,
        invited=look(lambda: _invited(entry)),
        synchronised_from=look(lambda: _kept_by(entry.part("credentials").part("provider"))),
        enabled=look(lambda: is_open(entry)),
        expires=None,
        created=look(lambda: entry.moment("created")),
        last_sign_in=look(lambda: _time(entry, "lastLogin")),
        sign_ins_lag_days=0,
        sign_ins_recorded_since=look(lambda: entry.moment("created")),
        password_changed=look(lambda: _time(entry, "passwordChanged")),
    )


def _login(entry: Fields) -> str:
    return entry.part("profile").text("login")


def _name(profile: Fields) -> str:
    if "displayName" in profile and not profile.is_null("displayName"):
        return profile.text("displayName")
    return " ".join(profile.text(each) for each in ("firstName", "lastName") if not profile.is_null(each))


def _invited(entry: Fields) -> datetime | None:
    """Since when somebody is asked in. Raises `RestError` for a state that is not known."""
    return entry.moment("statusChanged") if is_open(entry) and entry.text("status") == INVITED else None


def _kept_by(provider: Fields) -> str:
    return "" if provider.text("type") == OWN else provider.text("name")


def _time(entry: Fields, name: str) -> datetime | None:
    """`None` where Okta says null: it never happened."""
    return None if entry.is_null(name) else entry.moment(name)
