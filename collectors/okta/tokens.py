"""API tokens of an organization at Okta, and what its applications were allowed to do with Okta's own interface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from collectors.okta.applications import APPS, MOST, has_scopes
from collectors.okta.source import Okta, is_active
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import ApiToken, Grant

TOKENS = Read("/api/v1/api-tokens", needs="okta.apiTokens.read", limit="/api/v1/api-tokens")
GRANTS = Read("/api/v1/apps/{app}/grants", needs="okta.appGrants.read", limit="/api/v1/apps/{app}/grants")
LASTS = timedelta(days=30)
"""For how long a token holds after each use (https://developer.okta.com/docs/guides/create-an-api-token/main/)."""


@collector(permissions=(TOKENS,))
def tokens(okta: Okta) -> Iterator[ApiToken]:
    """API tokens. Okta ends one that nobody used for thirty days, and gives that day: so it tells the last use."""
    for entry in okta.entries(TOKENS):
        yield _token(okta, entry)


@collector(permissions=(APPS, GRANTS), slow=True)
def grants(okta: Okta) -> Iterator[Grant]:
    """Scopes of Okta's interface, by one question for each application that can have some."""
    (able,) = counted(each for each in okta.entries(APPS, limit=MOST) if has_scopes(each))
    for found in side_by_side(lambda entry: _grants(okta, entry), able):
        yield from found


def _token(okta: Okta, entry: Fields) -> ApiToken:
    look = okta.look
    return ApiToken(
        id=entry.text("id"),
        name=look(lambda: entry.text("name")),
        owner=look(lambda: entry.text("userId")),
        active=True,  # one that is revoked is not listed
        created=look(lambda: entry.moment("created")),
        last_used=look(lambda: entry.moment("expiresAt") - LASTS),
        expires=look(lambda: entry.moment("expiresAt")),
        network_bound=look(lambda: _is_bound(entry)),
    )


def _is_bound(entry: Fields) -> bool:
    """Whether a token names the zones from which it is accepted; leaving some out binds it to nothing."""
    network = entry.part("network")
    if (connection := network.text("connection")) == "ANYWHERE":
        return False
    if connection != "ZONE":
        raise RestError(f"{connection} is not known here as where a token is accepted")
    return "include" in network and not network.is_null("include") and bool(network.values("include"))


def _grants(okta: Okta, entry: Fields) -> list[Grant]:
    app = entry.text("id")
    found = [each for each in okta.entries(GRANTS, app=app) if is_active(each, "REVOKED")]
    if not found:
        return []
    return [
        Grant(
            id=app,
            application=app,
            application_name=okta.look(lambda: entry.text("label")),
            foreign=False,  # it is an application of this organization, and its own secret or key
            rights=tuple(sorted({each.text("scopeId") for each in found})),
            user="",
        )
    ]
