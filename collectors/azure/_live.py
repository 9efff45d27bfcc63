"""Asking Azure now: only what is declared; each answer is masked before it is read, and recorded."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError, ServiceResponseError
from azure.core.rest import HttpRequest

from collectors.azure._connection import TOO_MANY, Connection, silence
from collectors.azure.errors import NoAnswerError, RefusedError
from collectors.azure.exchanges import CONFIGURATION, EXTENT, WHO, Identity, Question, answer_in
from collectors.azure.operations import RESOURCE_GRAPH, RESOURCE_GRAPH_VERSION, Query, Read
from collectors.azure.reach import Extent
from collectors.azure.settings import Settings
from collectors.azure.survey import PLAN, TenantSurvey
from core.codec import canonical, encode
from core.recording import Clock, record
from core.redaction import redact

PAGE_ROWS = 1000
REQUEST_ID = "x-ms-request-id"


@dataclass(slots=True)
class _Told:
    """What came back for one question."""

    status: str = "error"
    raw: bytes = b""
    body: bytes = b""
    request_id: str = ""
    error: str = ""
    attempts: int = 1
    throttled: int = 0
    redactions: Mapping[str, int] = field(default_factory=dict[str, int])
    endpoint: str = ""


class LiveLine:
    """Asks Azure only what is declared, masks each answer before it is read, and records it."""

    def __init__(
        self,
        connection: Connection,
        declared: Collection[Read | Query | str],
        clock: Clock,
        extent: Extent | None = None,
    ) -> None:
        self._connection = connection
        self._declared = frozenset(map(str, declared))
        self._clock = clock
        self._extent = extent

    def within(self, extent: Extent) -> LiveLine:
        """The same way, for what lies within an extent."""
        return LiveLine(self._connection, self._declared, self._clock, extent)

    def identity(self) -> Identity:
        problem = ""
        try:
            found = self._connection.identity(self._clock)
        except NoAnswerError as error:
            problem = str(error)
            raise
        finally:
            record(
                *WHO, b"" if problem else encode(found), status="credentials" if problem else "given",
                at=self._connection.learned or self._clock(), duration_ms=0, error=problem, attempts=0,
            )  # fmt: skip
        return found

    def extent(self) -> Extent:
        found = self._extent or Extent((), "nobody asked for the subscriptions")
        at = self._connection.learned or self._clock()
        record(*EXTENT, encode(found), status="given", at=at, duration_ms=0, attempts=0)
        return found

    def ask(self, question: Question) -> Any:
        if str(question) not in self._declared:
            raise RefusedError(f"{question} is not declared by the collectors that look, and was not sent")
        at, begun, told, answer = self._clock(), time.monotonic(), _Told(), None
        try:
            self._send(question, told)
            answer = answer_in(str(question), told.status, told.error, told.body)
            _unmask(answer, told.raw)
        finally:
            record(
                str(question),
                question.parameters,
                told.body,
                status=told.status,
                at=at,
                duration_ms=int((time.monotonic() - begun) * 1000),
                request_id=told.request_id,
                error=told.error,
                redactions=told.redactions,
                endpoint=self._connection.endpoint,
                page=question.page,
                items=_items(answer),
                attempts=told.attempts,
                throttled=told.throttled,
            )
        return answer

    def _send(self, question: Question, told: _Told) -> None:
        try:
            if question.token in question.turned:  # known here alone: in a recording two of them may be masked alike
                raise RefusedError(f"{question}: the pages lead back to one that was read before")
            response = self._connection.send(
                _request(question, self._connection.endpoint), counts=isinstance(question.asked, Query)
            )
            told.raw = response.http_response.content
        except RefusedError as error:
            told.status, told.error, told.attempts = "other", str(error), 0
            raise
        except (AzureError, OSError, ValueError) as error:
            unreachable = isinstance(error, ServiceRequestError | ServiceResponseError | OSError)
            told.status = (
                "credentials"
                if isinstance(error, ClientAuthenticationError)
                else ("unreachable" if unreachable else "other")
            )
            told.error = silence(error)
            return
        history = response.context.get("history", ())
        told.attempts = len(history) + 1
        told.throttled = sum(_status(each) == TOO_MANY for each in (*history, response))
        told.request_id = str(response.http_response.headers.get(REQUEST_ID, ""))
        told.status = str(response.http_response.status_code)
        told.body, told.redactions = redact(told.raw)


class LiveSurvey(TenantSurvey):
    """A tenant that is asked now."""

    def __init__(self, name: str, line: LiveLine, settings: Settings, connection: Connection, clock: Clock) -> None:
        super().__init__(name, line, settings)
        self._live = line
        self._connection = connection
        self._clock = clock

    def told(self) -> Settings:
        """It is recorded like an answer, for a replay has no configuration."""
        settings = self._settings.model_dump(mode="json", include=set(PLAN))
        record(*CONFIGURATION, canonical(settings), status="given", at=self._clock(), duration_ms=0, attempts=0)
        return self._settings

    def line_for(self, extent: Extent) -> LiveLine:
        return self._live.within(extent)

    def close(self) -> None:
        self._connection.close()


def _request(question: Question, endpoint: str) -> HttpRequest:
    if isinstance(question.asked, Query):
        options: dict[str, Any] = {"$top": PAGE_ROWS, "resultFormat": "objectArray"}
        if question.token:
            options["$skipToken"] = question.token
        asked = {"query": question.asked.text, "subscriptions": list(question.subscriptions), "options": options}
        return HttpRequest("POST", f"{endpoint}{RESOURCE_GRAPH}?api-version={RESOURCE_GRAPH_VERSION}", json=asked)
    if question.token:  # the whole address of the next page; where it leads is looked at before it is sent
        return HttpRequest("GET", question.token)
    words = {name: value for name, value in question.parameters.items() if name != "path"}
    return HttpRequest("GET", f"{endpoint}{quote(question.parameters['path'])}?{urlencode(words, quote_via=quote)}")


def _unmask(answer: Any, raw: bytes) -> None:
    """Put the way to the next page back where it looked like a secret. It is nobody's, and is not recorded."""
    for name in ("nextLink", "$skipToken"):
        if isinstance(answer, dict) and "[redacted" in str(answer.get(name)):
            answer[name] = msgspec.json.decode(raw)[name]


def _status(each: Any) -> int:
    return int(getattr(getattr(each, "http_response", None), "status_code", 0))


def _items(answer: Any) -> int | None:
    for name in ("value", "data"):
        if isinstance(answer, dict) and isinstance(answer.get(name), list):
            return len(answer[name])
    return None
