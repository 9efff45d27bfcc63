"""The service account's ways in: google-auth signs that it acts for an administrator, and asks for a token for an hour.

It signs with a key, or lets Google sign (`signJwt` of IAM Credentials) for whom the machine runs as. The latter goes by
google-auth's own transport, and is not recorded: who the machine is, only the library knows how to find out.

https://developers.google.com/identity/protocols/oauth2/service-account#delegatingauthority
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import google.auth
from google.auth import impersonated_credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport import Request, Response
from google.auth.transport.requests import Request as LibraryRequest
from google.oauth2.service_account import Credentials

from collectors.rest_answers import Fields, RestError
from collectors.rest_credentials import ExchangedToken, Exchanging
from core.recording import Clock

SIGNING = "https://www.googleapis.com/auth/cloud-platform"
"""The scope with which IAM Credentials is asked to sign."""
HOLDS = timedelta(hours=1)
"""For how long Google gives such tokens; one that ends before is refused with 401, and replaced."""


class DelegatedToken(ExchangedToken):
    """Tokens for one scope. `reveal` gives the key of the service account, as Google made it, in JSON."""

    def __init__(self, reveal: Callable[[], str], subject: str, scope: str, clock: Clock) -> None:
        super().__init__(clock)
        self._reveal = reveal
        self._subject = subject
        self._scope = scope

    def fetch(self, exchange: Exchanging, now: datetime) -> tuple[str, datetime]:
        credentials, asking = self._credentials(), _Asking(exchange)
        try:
            credentials.refresh(asking)  # type: ignore[no-untyped-call] # the library's own
        except GoogleAuthError:  # whose words hold what was answered
            raise RestError(f"Google gave no token for {self._scope}") from None
        said = Fields(asking.answered, "the answer with the token")
        return said.text("access_token"), now + timedelta(seconds=said.number("expires_in"))

    def _credentials(self) -> Credentials:
        try:
            info = json.loads(self._reveal())
            found: Credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call] # the same
                info, scopes=[self._scope], subject=self._subject
            )
        except (ValueError, TypeError, AttributeError, KeyError):  # whose words may show a part of it
            raise RestError(
                "the key of the service account is not what Google gives for one", "make a new key, as JSON"
            ) from None
        return found


class ImpersonatedToken(ExchangedToken):
    """Tokens for one scope, of a service account without a key, for whoever may impersonate it."""

    def __init__(self, service_account: str, subject: str, scope: str, clock: Clock) -> None:
        super().__init__(clock)
        self._service_account = service_account
        self._subject = subject
        self._scope = scope

    def fetch(self, exchange: Exchanging, now: datetime) -> tuple[str, datetime]:  # noqa: ARG002 - see above
        try:
            source, _ = google.auth.default(scopes=[SIGNING])
            credentials = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call] # the library's own
                source_credentials=source,
                target_principal=self._service_account,
                target_scopes=[self._scope],
                subject=self._subject,
            )
            credentials.refresh(LibraryRequest())  # type: ignore[no-untyped-call] # the same
        except (GoogleAuthError, OSError) as error:  # whose words may hold what was answered
            raise RestError(
                f"{self._service_account} gets no token for {self._scope}: {type(error).__name__}"
            ) from None
        return str(credentials.token), now + HOLDS


class _Asking(Request):
    """Lets google-auth ask the way that everything else here is asked: the same trust, and nothing kept."""

    def __init__(self, exchange: Exchanging) -> None:
        self._exchange = exchange
        self.answered: object = None

    def __call__(
        self,
        url: str,
        method: str = "GET",  # noqa: ARG002 - a token is asked for by POST
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - they say what form the body has
        timeout: float | None = None,  # noqa: ARG002 - the sender has its own
        **_: Any,
    ) -> Response:
        self.answered = self._exchange(url, dict(parse_qsl((body or b"").decode())), {})
        return _Answered(json.dumps(self.answered).encode())


class _Answered(Response):
    """A token was given: all else was raised before."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def status(self) -> int:
        return 200

    @property
    def headers(self) -> Mapping[str, str]:
        return {}

    @property
    def data(self) -> bytes:
        return self._data
