"""The app's way in: a token for an hour for one installation, in exchange for what its private key signed.

https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from collectors.rest_answers import Fields
from collectors.rest_credentials import ExchangedToken, Exchanging
from collectors.rest_jwt import signed
from core.recording import Clock

ASSERTED_FOR, CLOCKS_DIFFER = timedelta(minutes=9), timedelta(minutes=1)
"""GitHub takes assertions for ten minutes at most, and advises to date them back a minute."""


class InstallationToken(ExchangedToken):
    """Tokens for one installation of an app."""

    def __init__(self, url: str, app_id: str, installation_id: str, reveal: Callable[[], str], clock: Clock) -> None:
        super().__init__(clock)
        self._url = f"{url.rstrip('/')}/app/installations/{installation_id}/access_tokens"
        self._app_id = app_id
        self._reveal = reveal

    def fetch(self, exchange: Exchanging, now: datetime) -> tuple[str, datetime]:
        claims: dict[str, str | int] = {
            "iss": self._app_id,
            "iat": int((now - CLOCKS_DIFFER).timestamp()),
            "exp": int((now + ASSERTED_FOR).timestamp()),
        }
        words = {"Authorization": f"Bearer {signed(claims, self._reveal())}"}
        said = Fields(exchange(self._url, None, words), "the answer with the token")
        return said.text("token"), said.moment("expires_at")
