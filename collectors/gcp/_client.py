"""The way to Cloud Asset Inventory: google-cloud-asset over gRPC, behind what a `Line` promises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.asset_v1 import AssetServiceClient, ContentType, ListAssetsRequest

from collectors.gcp._credentials import credentials_of, nobody
from collectors.gcp._messages import page_as_data
from collectors.gcp.asking import (
    CREDENTIALS,
    IAM_POLICY,
    LIST,
    MALFORMED,
    NO_ANSWER,
    RESOURCE,
    InventoryError,
    Listing,
    Page,
)
from collectors.gcp.masking import mask
from collectors.gcp.settings import Settings
from collectors.gcp.source import LEFT_OUT, UNPLACED, Choice, Line, asked, page_of
from core.recording import Clock, record
from core.redaction import redact_text

ENDPOINT = "cloudasset.googleapis.com"
PAGE_SIZE = 1000
"""As many assets as a page may hold; without it a page holds 100."""
SLOW = (
    exceptions.TooManyRequests, exceptions.ServiceUnavailable, exceptions.InternalServerError,
    exceptions.GatewayTimeout,
)  # fmt: skip
"""What may go well when it is asked again, also in the middle of a listing."""
FIRST_WAIT, LONGEST_WAIT, ONE_ANSWER, ALL_ATTEMPTS = 1.0, 30.0, 60.0, 100.0
"""Seconds. The quota is counted by the minute; a unit has two."""
CONTENTS = {RESOURCE: ContentType.RESOURCE, IAM_POLICY: ContentType.IAM_POLICY}
_encode = msgspec.json.Encoder().encode
Connect = Callable[[Settings], AssetServiceClient]


@dataclass(slots=True)
class _Turn:
    """What came of asking for one page."""

    data: dict[str, Any]
    seconds: float
    attempts: int
    throttled: int


class LiveLine(Line):
    """Asks the inventory through the client library, opened by the first question."""

    def __init__(self, settings: Settings, clock: Clock, connect: Connect | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._connect = connect or self._connected
        self._opening = threading.Lock()
        self._client: AssetServiceClient | None = None

    def pages(self, parent: str, listing: Listing, choice: Choice) -> Iterator[Page]:
        """While one page is read, the next one is on its way."""
        turns = _Turns(self._ask, parent, listing)
        with ThreadPoolExecutor(1, thread_name_prefix="annexa-gcp") as ahead:
            number, passed = 1, set[str]()
            began, coming = self._clock(), ahead.submit(turns.ask, "")
            while True:
                try:
                    turn = coming.result()
                except InventoryError as error:
                    parameters = asked(parent, listing, number)
                    self._record(parameters, b"", turns, at=began, page=number, failure=error)
                    raise
                at, page_token = began, turn.data["nextPageToken"]
                if page_token and page_token not in passed:
                    began, coming = self._clock(), ahead.submit(turns.ask, page_token)
                items = len(turn.data["assets"])
                body, headers, counts = _kept(turn.data, choice)
                turn.data.clear()  # a page is some megabytes, and the next one is coming
                self._record(
                    asked(parent, listing, number), body, turn, at=at, page=number,
                    items=items, headers=headers, counts=counts,
                )  # fmt: skip
                yield page_of(body, int(headers.get(UNPLACED, "0")))
                if not page_token:
                    return
                if page_token in passed:
                    raise InventoryError("the pages of the inventory lead in a circle", MALFORMED)
                passed.add(page_token)
                number += 1

    def close(self) -> None:
        if self._client is not None:
            self._client.transport.close()  # type: ignore[no-untyped-call] # the library's own
            self._client = None

    def _ask(self, request: ListAssetsRequest, retry: Retry) -> Any:
        with self._opening:
            if self._client is None:
                self._client = self._connect(self._settings)
        # The pager asks for the first page when it is made; the next one is ours to ask for, so that it can be timed.
        pager = self._client.list_assets(request=request, retry=retry, timeout=ONE_ANSWER)
        return next(iter(pager.pages))._pb  # noqa: SLF001 - proto-plus wraps each value anew, which takes most of the time

    def _connected(self, settings: Settings) -> AssetServiceClient:
        credentials = credentials_of(settings)
        self.principal = str(getattr(credentials, "service_account_email", None) or "")
        options = ClientOptions(
            api_endpoint=settings.endpoint or ENDPOINT, quota_project_id=settings.quota_project or None
        )
        return AssetServiceClient(credentials=credentials, client_options=options)

    def _record(  # noqa: PLR0913 - an exchange has this many sides
        self,
        parameters: Mapping[str, str],
        body: bytes,
        turn: _Turn | _Turns,
        *,
        at: Any,
        page: int,
        items: int | None = None,
        headers: Mapping[str, str] | None = None,
        counts: Mapping[str, int] | None = None,
        failure: InventoryError | None = None,
    ) -> None:
        told = dict(headers or {})
        if failure is not None:
            told["hint"] = failure.hint
        record(
            LIST,
            parameters,
            body,
            status="OK" if failure is None else failure.code,
            at=at,
            duration_ms=int(turn.seconds * 1000),
            error="" if failure is None else str(failure),
            redactions=counts,
            endpoint=f"https://{self._settings.endpoint or ENDPOINT}",
            page=page,
            items=items,
            headers=told,
            attempts=turn.attempts,
            throttled=turn.throttled,
        )


class _Turns:
    """Asks for one page after the other, and counts what that took."""

    def __init__(self, ask: Callable[[ListAssetsRequest, Retry], Any], parent: str, listing: Listing) -> None:
        self._ask = ask
        self._parent = parent
        self._listing = listing
        self.seconds, self.attempts, self.throttled = 0.0, 0, 0

    def ask(self, token: str) -> _Turn:
        """One page as plain data. Raises `InventoryError`."""
        self.seconds, self.attempts, self.throttled = 0.0, 1, 0
        begun = time.monotonic()
        try:
            page = self._ask(
                ListAssetsRequest(
                    parent=self._parent,
                    asset_types=list(self._listing.types),
                    content_type=CONTENTS[self._listing.content],
                    page_size=PAGE_SIZE,
                    page_token=token,
                ),
                Retry(
                    if_exception_type(*SLOW), initial=FIRST_WAIT, maximum=LONGEST_WAIT, timeout=ALL_ATTEMPTS,
                    on_error=self._again,
                ),
            )  # fmt: skip
        except Exception as error:
            raise _understood(error) from error
        finally:
            self.seconds = time.monotonic() - begun
        return _Turn(page_as_data(page), self.seconds, self.attempts, self.throttled)

    def _again(self, error: Exception) -> None:
        if isinstance(error, SLOW):
            self.attempts += 1
            self.throttled += isinstance(error, exceptions.TooManyRequests)


def _kept(data: Mapping[str, Any], choice: Choice) -> tuple[bytes, dict[str, str], Mapping[str, int]]:
    """The bytes of a page that are kept, how many assets were dropped before, and what was masked."""
    kept, dropped = _chosen(data["assets"], choice)
    masked, counts = mask(kept)
    headers = {why: str(count) for why, count in dropped.items() if count}
    return _encode({**data, "assets": masked}), headers, counts


def _chosen(assets: Sequence[Mapping[str, Any]], choice: Choice) -> tuple[list[Mapping[str, Any]], dict[str, int]]:
    kept: list[Mapping[str, Any]] = []
    dropped = {LEFT_OUT: 0, UNPLACED: 0}
    for each in assets:
        why = choice.verdict(each)
        if why:
            dropped[why] += 1
        else:
            kept.append(each)
    return kept, dropped


def _understood(error: Exception) -> InventoryError:
    """What an error of the libraries means. What is none of theirs is raised as it is."""
    if isinstance(error, exceptions.RetryError) and isinstance(error.cause, Exception):
        return _understood(error.cause)
    if isinstance(error, exceptions.GoogleAPICallError):
        code = error.grpc_status_code.name if error.grpc_status_code is not None else str(error.code)
        reason = str(getattr(error, "reason", None) or "")
        said = redact_text(str(error.message))
        if code == "UNAVAILABLE" and "failed to connect" in said.lower():
            code, said = NO_ANSWER, "it cannot be reached"
        hint = InventoryError("", reason).hint if reason else ""
        return InventoryError(
            f"the inventory answers {code}{f' ({reason})' if reason else ''}: {said:.300}", code, hint
        )
    if isinstance(error, GoogleAuthError | OSError):
        return InventoryError(nobody(error), CREDENTIALS)
    raise error
