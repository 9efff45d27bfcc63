"""The way to Azure: credentials of azure-identity, and one pipeline of azure-core for everything that is sent."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from azure.core.credentials import TokenCredential
from azure.core.pipeline import Pipeline, PipelineResponse
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, HeadersPolicy, RetryPolicy, UserAgentPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest

from collectors.azure._credentials import ENDPOINTS, credential
from collectors.azure.errors import MalformedAnswerError, NoAnswerError, RefusedError
from collectors.azure.exchanges import Identity
from collectors.azure.operations import RESOURCE_GRAPH
from collectors.azure.settings import Settings
from core import __version__
from core.recording import Clock
from core.redaction import redact_text

ENDPOINT = "AZURE_RESOURCE_MANAGER_ENDPOINT"
"""The variable with another address of Azure Resource Manager: of a private cloud, or behind a private link."""
TRIES, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 6, 0.8, 30
CONNECT_SECONDS, READ_SECONDS = 10, 60
TOO_MANY = 429
REMAINING, RESETS = "x-ms-user-quota-remaining", "x-ms-user-quota-resets-after"
"""How Resource Graph says how many further queries it takes, and when it takes more (`00:00:05`)."""


class PatientRetry(RetryPolicy[Any, Any]):
    """Asks again also after a POST that was told to slow down without being told for how long."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        if response.http_response.status_code == TOO_MANY and settings["total"] > 0:
            return True
        return bool(super().is_retry(settings, response))


class Connection:
    """One way into one cloud as one identity. Nothing is sent before the first question."""

    def __init__(self, identity: Callable[[], TokenCredential], endpoint: str, audience: str) -> None:
        self._make = identity
        self.endpoint = endpoint.rstrip("/")
        self._audience = f"{audience}/.default"
        self._making = threading.RLock()
        self._credential: TokenCredential | None = None
        self._pipeline: Pipeline[Any, Any] | None = None
        self._identity: Identity | NoAnswerError | None = None
        self.learned: datetime | None = None
        self._quota = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> Connection:
        """The way that the configuration says."""
        endpoint = ENDPOINTS[settings.cloud]
        return cls(lambda: credential(settings), os.environ.get(ENDPOINT) or endpoint, endpoint)

    def identity(self, clock: Clock) -> Identity:
        """Who looks, asked once. Raises `NoAnswerError`, the same again to whoever asks later."""
        with self._making:
            if self._identity is None:
                self.learned = clock()
                try:
                    self._identity = _in_token(self._credentials.get_token(self._audience).token)
                except Exception as error:  # noqa: BLE001 - chains of credentials raise whatever their links do
                    self._identity = NoAnswerError("credentials", silence(error))
        if isinstance(self._identity, NoAnswerError):
            raise NoAnswerError(self._identity.kind, str(self._identity))
        return self._identity

    def send(self, request: HttpRequest, *, counts: bool) -> PipelineResponse[Any, Any]:
        """Send what only reads. What `counts` waits where Resource Graph says that its quota is used up."""
        url = urlsplit(request.url)
        posted = request.method == "POST" and url.path == urlsplit(self.endpoint).path + RESOURCE_GRAPH
        if not request.url.startswith(f"{self.endpoint}/") or not (request.method == "GET" or posted):
            raise RefusedError(f"{request.method} {url.netloc}{url.path} is nothing that only reads, and was not sent")
        if not counts:
            return self._run(request)
        with self._quota:  # one after the other: several that share a quota only push each other out
            response = self._run(request)
            _wait_for_quota(response.http_response.headers)
            return response

    def close(self) -> None:
        """Let go of connections."""
        with self._making:
            if self._pipeline is not None:
                self._pipeline.__exit__()
                self._pipeline = None

    @property
    def _credentials(self) -> TokenCredential:
        if self._credential is None:
            self._credential = self._make()
        return self._credential

    def _run(self, request: HttpRequest) -> PipelineResponse[Any, Any]:
        with self._making:
            if self._pipeline is None:
                self._pipeline = self._open()
        return self._pipeline.run(request, stream=False, **_plain(self.endpoint))

    def _open(self) -> Pipeline[Any, Any]:
        transport = RequestsTransport(connection_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
        policies: list[Any] = [
            HeadersPolicy({"Accept": "application/json"}),
            UserAgentPolicy(f"annexa/{__version__}"),
            PatientRetry(
                retry_total=TRIES, retry_status=TRIES, retry_backoff_factor=FIRST_WAIT_SECONDS,
                retry_backoff_max=LONGEST_WAIT_SECONDS,
            ),
            BearerTokenCredentialPolicy(self._credentials, self._audience),
        ]  # fmt: skip
        opened: Pipeline[Any, Any] = Pipeline(transport, policies)
        opened.__enter__()
        return opened


def silence(error: BaseException) -> str:
    """What an error of a library says, in one line without what can be a secret."""
    words = (redact_text(str(error)).splitlines() or [""])[0]
    return f"{type(error).__name__}: {words:.300}"


def _in_token(token: str) -> Identity:
    """Who a token of Entra is about. It is not ours to verify; Azure does."""
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found = Identity(str(claims["oid"]), str(claims["tid"]))
    except (IndexError, KeyError, TypeError, ValueError):
        found = Identity("", "")
    if not (found.object and found.tenant):
        raise MalformedAnswerError("the token does not say whom it is about")
    return found


def _wait_for_quota(headers: Mapping[str, str]) -> None:
    if headers.get(REMAINING) == "0":
        hours, minutes, seconds = (headers.get(RESETS) or "0:0:5").split(":")
        time.sleep(min(LONGEST_WAIT_SECONDS, int(hours) * 3600 + int(minutes) * 60 + float(seconds)))


def _plain(endpoint: str) -> dict[str, bool]:
    """Only a server on this very machine, in tests, is spoken to without TLS."""
    return {"enforce_https": False} if urlsplit(endpoint).hostname == "127.0.0.1" else {}
