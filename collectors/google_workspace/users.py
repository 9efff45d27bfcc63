"""The accounts of a customer, and what they let programs do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Literal

from collectors.google_workspace.source import DIRECTORY, SCOPES, Workspace
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import NOT_FOUND, Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.google_workspace import WorkspaceAccount
from core.resources.idp import Factors, Grant, User

USERS = Read(
    "/admin/directory/v1/users", needs=f"{SCOPES}admin.directory.user.readonly", service=DIRECTORY, limit=DIRECTORY
)
TOKENS = Read(
    "/admin/directory/v1/users/{user}/tokens",
    needs=f"{SCOPES}admin.directory.user.security", service=DIRECTORY, limit=DIRECTORY,
)  # fmt: skip
FIELDS = (
    "kind,nextPageToken,users(id,primaryEmail,name/fullName,suspended,archived,isAdmin,isDelegatedAdmin,"
    "isEnrolledIn2Sv,isEnforcedIn2Sv,creationTime,lastLoginTime)"
)
"""Telephone numbers, addresses and whatever else people are known by are not asked for."""
TOKEN_FIELDS = "kind,items(clientId,displayText,scopes)"  # noqa: S105 - names of fields
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""What Google says as the time of the last sign-in when there was none."""
GONE = "Resource Not Found: userKey"
"""What Google says with 404 of an account that was deleted since it was listed: it lets no program in any more. With
other words 404 tells nothing."""


@collector(permissions=(USERS,))
def users(workspace: Workspace) -> Iterator[User | Factors | WorkspaceAccount]:
    """Accounts, whether each has a second step, and whether Google insists on it."""
    services = workspace.extent().services
    for entry in _everybody(workspace):
        yield _user(workspace, entry, services)
        yield _factors(workspace, entry)
        yield _account(workspace, entry)


@collector(permissions=(USERS, TOKENS), slow=True)
def grants(workspace: Workspace) -> Iterator[Grant]:
    """What people let programs do with their data, by one question for each account that somebody can sign in to."""
    (asked,) = counted(entry.text("id") for entry in _everybody(workspace) if _may_be_open(workspace, entry))
    for found in side_by_side(lambda user: _grants(workspace, user), asked):
        yield from found


def _everybody(workspace: Workspace) -> Iterator[Fields]:
    return workspace.entries(
        USERS, "users", "admin#directory#users",
        never_empty=True, customer="my_customer", maxResults="500", fields=FIELDS,
    )  # fmt: skip


def _user(workspace: Workspace, entry: Fields, services: tuple[str, ...]) -> User:
    look = workspace.look
    return User(
        id=entry.text("id"),
        login=look(lambda: entry.text("primaryEmail")),
        name=look(lambda: entry.part("name").text("fullName")),
        email=look(lambda: entry.text("primaryEmail")),
        service=look(lambda: any(fnmatchcase(entry.text("primaryEmail"), each) for each in services)),
        guest=False,
        invited=None,
        synchronised_from=unobserved("Google does not tell which directory keeps an account"),
        enabled=look(lambda: _is_open(entry)),
        expires=None,
        created=look(lambda: entry.moment("creationTime")),
        last_sign_in=look(lambda: _last(entry.moment("lastLoginTime"))),
        sign_ins_lag_days=0,
        sign_ins_recorded_since=look(lambda: entry.moment("creationTime")),
        password_changed=unobserved("Google does not tell when a password was changed"),
    )


def _factors(workspace: Workspace, entry: Fields) -> Factors:
    return Factors(
        id=entry.text("id"),
        enrolled=workspace.look(lambda: entry.flag("isEnrolledIn2Sv")),
        factors=unobserved("Google tells whether there is a second step, and not which"),
    )


def _account(workspace: Workspace, entry: Fields) -> WorkspaceAccount:
    return WorkspaceAccount(
        id=entry.text("id"),
        administrator=workspace.look(lambda: _administrator(entry)),
        second_step_enforced=workspace.look(lambda: entry.flag("isEnforcedIn2Sv")),
    )


def _is_open(entry: Fields) -> bool:
    """Whether somebody can sign in. Raises `RestError`."""
    return not (entry.flag("suspended") or entry.flag("archived"))


def _may_be_open(workspace: Workspace, entry: Fields) -> bool:
    return workspace.look(lambda: _is_open(entry)) is not False


def _last(said: datetime) -> datetime | None:
    return None if said == NEVER else said


def _administrator(entry: Fields) -> Literal["super", "delegated", "none"]:
    if entry.flag("isAdmin"):
        return "super"
    return "delegated" if entry.flag("isDelegatedAdmin") else "none"


def _grants(workspace: Workspace, user: str) -> list[Grant]:
    found = workspace.entries(TOKENS, "items", "admin#directory#tokenList", user=user, fields=TOKEN_FIELDS)
    try:
        return [_grant(workspace, user, entry) for entry in found]
    except RestError as error:
        if error.status == NOT_FOUND and error.message.rstrip(".") == GONE:
            return []
        raise


def _grant(workspace: Workspace, user: str, entry: Fields) -> Grant:
    return Grant(
        id=f"{user}/{entry.text('clientId')}",
        application=entry.text("clientId"),
        application_name=workspace.look(lambda: entry.text("displayText")),
        foreign=unobserved("Google does not tell who made an application"),
        rights=workspace.look(lambda: tuple(sorted(set(entry.texts("scopes"))))),
        user=user,
    )
