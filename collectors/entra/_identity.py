"""The way in: tokens that azure-identity gets, with the credentials that the configuration names."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping

import msgspec
from azure.core.credentials import TokenCredential

from collectors.rest_answers import CHANGING, RestError
from collectors.rest_credentials import Credential, Exchanging
from core.redaction import redact_text

SAID = 300
"""Characters of azure-identity's own words that go into a gap."""


class AzureIdentity(Credential):
    """Tokens for Microsoft Graph. azure-identity keeps each until shortly before it ends."""

    def __init__(self, make: Callable[[], TokenCredential], audience: str) -> None:
        self._make = make
        self._scope = f"{audience}/.default"
        self._lock = threading.Lock()
        self._made: TokenCredential | None = None
        self._token = ""

    def headers(self, exchange: Exchanging) -> Mapping[str, str]:  # noqa: ARG002 - azure-identity asks by itself
        with self._lock:
            try:
                self._made = self._made or self._make()
                self._token = self._made.get_token(self._scope).token
            except Exception as error:  # noqa: BLE001 - chains of credentials raise whatever their links do
                words = (redact_text(str(error)).splitlines() or [""])[0]
                said = CHANGING.sub("…", f"{type(error).__name__}: {words}")[:SAID]
                raise RestError(f"azure-identity gives no token: {said}") from None
            return self._sent()

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if self._sent() == refused:
                self._made = None  # what it remembers is the token that was refused
            return True

    def bearer(self) -> str:
        """Whom the token is about: the application or object, in its tenant. It is not ours to verify; Graph does."""
        try:
            payload = self._token.split(".")[1]
            claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return f"{claims['tid']}/{claims['oid']}"
        except (IndexError, KeyError, TypeError, ValueError):
            return "bearer of a token of Entra"

    def _sent(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}
