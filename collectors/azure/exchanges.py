"""One exchange with Azure, from the question to the parsed answer; recorded when it is asked, and read in a replay."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from collectors.azure.errors import AnswerError, MalformedAnswerError, NoAnswerError
from collectors.azure.operations import Query, Read
from collectors.azure.reach import Extent
from core.codec import canonical, decode, parse
from core.model import Exchange
from core.replay import Recording

SUCCESS = 200
WHO: tuple[str, dict[str, str]] = ("azure.identity", {"for": "credentials"})
"""Operation and parameters of the exchange that says who looks: what stands in the token, and never the token."""
CONFIGURATION: tuple[str, dict[str, str]] = ("configuration", {"for": "survey"})
"""Those of the exchange in which a survey is told what to look at."""
EXTENT: tuple[str, dict[str, str]] = ("azure.extent", {"for": "reach"})
"""Those of the exchange in which a collector is told how far the identity can see."""
_load = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Identity:
    """Who looks, as its token says: the id of the object in the directory, and the tenant."""

    object: str
    tenant: str

    def __str__(self) -> str:
        return f"{self.tenant}/{self.object}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked once: a listing or a thing, or a page of rows. `token` leads to a further page, and is not
    recorded: it changes with each scan. `turned` are those that led to the pages before."""

    asked: Read | Query
    parameters: Mapping[str, str]
    page: int = 0
    token: str = ""
    subscriptions: Sequence[str] = field(default=())
    turned: Container[str] = field(default=())

    def __str__(self) -> str:
        return str(self.asked)


class Line(Protocol):
    """A way to ask: the live one, and the one into a recording."""

    def ask(self, question: Question) -> Any:
        """The parsed answer. Raises `AnswerError` for an error that Azure answered, and the others of `errors.py`."""

    def identity(self) -> Identity:
        """Who looks. Raises `NoAnswerError`."""

    def extent(self) -> Extent:
        """What is to be looked at, and how far the identity can see there."""


class RecordedLine:
    """Asks a recording, without a network and without credentials."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def ask(self, question: Question) -> Any:
        exchange, body = self._recording.answer(str(question), question.parameters)
        return answer_in(str(question), exchange.status, exchange.error, body)

    def identity(self) -> Identity:
        exchange, body = self._recording.answer(*WHO)
        _raise_silence(exchange)
        return decode(Identity, body)

    def extent(self) -> Extent:
        return decode(Extent, self._recording.answer(*EXTENT)[1])

    def told(self) -> dict[str, Any]:
        """What the survey was told then."""
        found: dict[str, Any] = parse(self._recording.answer(*CONFIGURATION)[1])
        return found


def _raise_silence(exchange: Exchange) -> None:
    if exchange.error:
        raise NoAnswerError(exchange.status, exchange.error)


def answer_in(question: str, status: str, problem: str, body: bytes) -> Any:
    """The answer in redacted bytes, live and replayed alike. Raises the errors of `errors.py`."""
    if not status.isdigit():
        raise NoAnswerError(status, problem)
    try:
        said = _load(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if int(status) != SUCCESS:
            raise AnswerError(question, int(status), "", "") from error
        raise MalformedAnswerError(f"{question}: the answer is no JSON, or was cut off") from error
    if int(status) != SUCCESS:
        told = said.get("error") if isinstance(said, dict) else None
        told = told if isinstance(told, dict) else {}
        raise AnswerError(question, int(status), str(told.get("code", "")), str(told.get("message", "")))
    if not isinstance(said, dict | list):
        raise MalformedAnswerError(f"{question}: the answer is of another shape than is documented")
    return said


def written(value: object) -> str:
    """A parameter as it is recorded."""
    return value if isinstance(value, str) else canonical(value).decode()
