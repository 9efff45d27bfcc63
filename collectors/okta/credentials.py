"""The application's way in: a token for an hour in exchange for what its private key signed (RFC 7523)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from collectors.rest_answers import Fields
from collectors.rest_credentials import ExchangedToken, Exchanging
from collectors.rest_jwt import signed
from core.recording import Clock

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - a path
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTED_FOR = timedelta(minutes=5)


class PrivateKeyJwt(ExchangedToken):
    """Tokens for a service application that has a key at Okta."""

    def __init__(
        self, url: str, client_id: str, reveal: Callable[[], str], scopes: Iterable[str], clock: Clock
    ) -> None:
        super().__init__(clock)
        self._url = url + TOKEN_PATH
        self._client_id = client_id
        self._reveal = reveal
        self._scopes = " ".join(sorted(scopes))

    def fetch(self, exchange: Exchanging, now: datetime) -> tuple[str, datetime]:
        claims: dict[str, str | int] = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._url,
            "jti": secrets.token_hex(16),
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTED_FOR).timestamp()),
        }
        form = {
            "grant_type": "client_credentials",
            "scope": self._scopes,
            "client_assertion_type": ASSERTION,
            "client_assertion": signed(claims, self._reveal()),
        }
        said = Fields(exchange(self._url, form, {}), "the answer with the token")
        return said.text("access_token"), now + timedelta(seconds=said.number("expires_in"))
