"""Who asks: credentials as Google's libraries find them, for the inventory and for its other interfaces."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import google.auth
from google.auth import impersonated_credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from collectors.gcp.asking import CREDENTIALS, HINTS
from collectors.gcp.settings import Settings
from collectors.rest_answers import RestError
from collectors.rest_credentials import Credential, Exchanging
from core.redaction import redact_text

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
"""The only one that the inventory takes: what the reader may do is for its role to say
(https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list)."""


def credentials_of(settings: Settings) -> Any:
    """Application default credentials, or those of a file (a key, a federation of workload identities), as themselves
    or as the service account that they impersonate. Raises `GoogleAuthError`."""
    if settings.credentials:
        found, _ = google.auth.load_credentials_from_file(  # type: ignore[no-untyped-call] # the same
            settings.credentials, scopes=[SCOPE]
        )
    else:
        found, _ = google.auth.default(scopes=[SCOPE])
    if settings.impersonate:
        found = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call] # the same
            source_credentials=found, target_principal=settings.impersonate, target_scopes=[SCOPE]
        )
    return found


class Signed(Credential):
    """What opens the other interfaces of Google: the same credentials, which the libraries renew by themselves."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._credentials: Any = None

    def headers(self, exchange: Exchanging) -> Mapping[str, str]:  # noqa: ARG002 - the libraries ask for it themselves
        found: dict[str, str] = {}
        try:
            with self._opening:
                self._credentials = self._credentials or credentials_of(self._settings)
                self._credentials.before_request(Request(), "GET", "", found)
        except (GoogleAuthError, OSError) as error:
            raise RestError(nobody(error), HINTS[CREDENTIALS], kind="credentials") from error
        return {"Authorization": found["authorization"]}


def nobody(error: GoogleAuthError | OSError) -> str:
    """That there are no credentials, in the words of whoever looked for them."""
    return f"there is nobody to sign in as: {redact_text(str(error.args[0] if error.args else error)):.300}"
