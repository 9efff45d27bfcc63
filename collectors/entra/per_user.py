"""What sign-in demands of each account by itself: per-user MFA, by one question for each account.

https://learn.microsoft.com/graph/api/authentication-get?view=graph-rest-beta: v1.0 does not tell it. Each account is
asked about by a GET of its own: a batch would be a POST that may hold anything, and Graph counts each question in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from collectors.entra.source import MOST, Entra
from collectors.entra.users import USERS
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import NOT_FOUND, Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.entra import PerUserMfa

REQUIREMENTS = Read("/beta/users/{user}/authentication/requirements", needs="Policy.Read.All")
GONE = "Request_ResourceNotFound"
"""What Graph says of an account that was deleted since it was listed."""
STATES = ("disabled", "enabled", "enforced")
OFF = "per-user MFA is not asked for, by the setting per_user_mfa of the source"


@collector(permissions=(USERS, REQUIREMENTS), slow=True)
def per_user_mfa(entra: Entra) -> Iterator[PerUserMfa]:
    """The state of each account that is not switched off; unobserved where the configuration saves the questions."""
    wanted = entra.questions().per_user_mfa
    accounts = (
        each for each in entra.entries(USERS, select="id,accountEnabled", top=MOST) if not _is_switched_off(each)
    )
    if not wanted:
        for each in accounts:
            yield PerUserMfa(id=each.text("id"), state=unobserved(OFF))
        return
    (listed,) = counted(accounts)
    for found in side_by_side(lambda each: _per_user(entra, each.text("id")), listed):
        if found is not None:
            yield found


def _per_user(entra: Entra, user: str) -> PerUserMfa | None:
    """`None` for an account that is there no more. Raises `RestError`."""
    try:
        found = entra.one(REQUIREMENTS, user=user)
    except RestError as error:
        if error.status == NOT_FOUND and error.code == GONE:
            return None
        raise
    return PerUserMfa(id=user, state=entra.look(lambda: _state(found)))


def _state(found: Fields) -> Literal["disabled", "enabled", "enforced"]:
    state = found.text("perUserMfaState")
    if state not in STATES:
        raise RestError(f"the state {state} of per-user MFA is not known here")
    return cast("Literal['disabled', 'enabled', 'enforced']", state)


def _is_switched_off(entry: Fields) -> bool:
    """What is not told is asked about."""
    return "accountEnabled" in entry and not entry.is_null("accountEnabled") and not entry.flag("accountEnabled")
