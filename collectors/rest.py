"""Asking a JSON interface over HTTPS, live or as it was recorded: what is asked, what comes back, what can go wrong.

The way there is `_rest_line.py`, which alone knows httpx; reading what comes back is `rest_answers.py`; many questions
at once are put by `rest_many.py`. A provider derives its source from `RestSource` and declares each `Read` among the
permissions of the collector that asks it; what is not declared is not sent.

    USERS = Read("/Users", needs="read access to users")

    for item in source.listing(USERS, items="Resources", following=next_link): …
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from collectors.rest_answers import MORE, Answer, RestError, items_of, stopped, understood
from collectors.rest_many import IN_A_ROW, counted, remembered, side_by_side
from core.codec import decode
from core.model import CollectionGap, Exchange, Unit
from core.plugins import PluginError
from core.replay import Recording
from core.source import Source

if TYPE_CHECKING:
    from collectors._rest_line import LiveLine

__all__ = [
    "BRACES", "CONFIGURED", "IN_A_ROW", "NOBODY", "PAGE", "Following", "Line", "Read", "RecordedLine", "RestSource",
    "Turning", "answered", "as_recorded", "counted", "live_line", "remembered", "side_by_side",
]  # fmt: skip

T = TypeVar("T")
CONFIGURED = "configured"
"""The operation under which stands what the configuration says about what to ask."""
PAGE = "(page)"
"""The parameter under which a further page of a listing is recorded: what leads to it is never the same again."""
NOBODY = " as nobody"
BRACES = re.compile(r"\{(\w+)\}")
Following = Callable[[Any, Mapping[str, str]], "str | dict[str, str] | None"]
"""Where the next page is, by the answer and its headers (in lower case): an address, or parameters that change; `None`
at the end. `rest_pages.py` has those that interfaces have in common."""


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that may be asked: GET of a path, with what is filled in as names in braces.

    `needs` is what allows it, in the provider's words. `service` is which of a provider's addresses it goes to, `limit`
    which of its documented rates it counts against. `posts` is for the few questions that are put by POST and change
    nothing: their parameter `body` is JSON. `as_nobody` goes without a credential, to see what strangers are told.
    """

    path: str
    needs: str = ""
    service: str = ""
    limit: str = ""
    posts: bool = False
    as_nobody: bool = False

    def __str__(self) -> str:
        return f"{'POST' if self.posts else 'GET'} {self.service}{self.path}{NOBODY if self.as_nobody else ''}"

    @property
    def places(self) -> tuple[str, ...]:
        """The names in braces."""
        return tuple(BRACES.findall(self.path))


@dataclass(slots=True)
class Turning:
    """How far the pages of a listing were turned, and where the next one is. `items` is the member that holds them."""

    following: Following | None = None
    items: str = ""
    page: int = 0
    onward: str | dict[str, str] | None = None
    passed: set[object] = field(default_factory=set[object])


class Line(ABC):
    """A way to ask: the interface itself, or a recording of it."""

    principal: str = ""
    """Who we are there, once somebody has asked."""

    @abstractmethod
    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        """The answer, masked before anybody parsed it. Raises `RestError`."""

    @abstractmethod
    def configured(self, kind: type[T], said: T | None) -> T:
        """What the configuration says about what to ask, recorded so that a replay asks the same."""

    def close(self) -> None:  # noqa: B027 - a recording holds nothing open
        """Let go of connections."""


def live_line(extra: str) -> type[LiveLine]:
    """How interfaces are asked live. Raises `PluginError` without the packages of a provider's extra."""
    try:
        from collectors._rest_line import LiveLine  # noqa: PLC0415 - replay needs no httpx
    except ImportError as error:
        raise PluginError(f"{extra} needs a package: {error}", f"pip install 'annexa[{extra}]'") from error
    return LiveLine


class RecordedLine(Line):
    """Asks a recording."""

    def __init__(self, unit: Unit, recording: Recording) -> None:
        self._recording = recording
        self.principal = unit.principal

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        turning.page += 1
        exchange, body = self._recording.answer(str(read), as_recorded(parameters, turning.page))
        return answered(read, exchange, body)

    def configured(self, kind: type[T], said: T | None) -> T:  # noqa: ARG002 - what was said then counts
        return decode(kind, self._recording.answer(CONFIGURED, {})[1])


class RestSource(Source):
    """A place that is asked by REST. `line` is how; `hints` say what to do about a status of HTTP."""

    hints: Mapping[int, str] = {}

    def __init__(self, name: str, line: Line) -> None:
        self._id = name
        self.line = line

    @property
    def id(self) -> str:
        return self._id

    @property
    def principal(self) -> str:
        return self.line.principal

    def ask(self, read: Read, **parameters: str) -> Answer:
        """One answer. Raises `RestError`, also for a status that is an answer to the provider (404): catch that."""
        return self.line.ask(read, parameters, Turning())

    def pages(self, read: Read, following: Following, *, items: str = "", **parameters: str) -> Iterator[Answer]:
        """Each page of a listing. Raises `RestError`, after the last page that could be seen, when there are more."""
        turning = Turning(following, items)
        while True:
            answer = self.line.ask(read, parameters, turning)
            yield answer
            if not answer.following:
                return
            if answer.following != MORE:
                raise stopped(read, answer.following)

    def listing(self, read: Read, following: Following, *, items: str = "", **parameters: str) -> Iterator[Any]:
        """Each item of a listing; `items` is the member that holds them, empty where a page is a bare list.

        Raises `RestError`, after what could be seen, when that is not all.
        """
        for answer in self.pages(read, following, items=items, **parameters):
            yield from items_of(read, answer.data, items)

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, RestError):
            return CollectionGap(str(error), error.hint or self.hints.get(error.status, ""), retryable=error.retryable)
        return None

    def close(self) -> None:
        self.line.close()


def as_recorded(parameters: Mapping[str, str], page: int) -> dict[str, str]:
    """Parameters as they stand in the record."""
    return {**parameters, PAGE: str(page)} if page > 1 else dict(parameters)


def answered(read: Read, exchange: Exchange, body: bytes) -> Answer:
    """What an exchange that was recorded means. Raises `RestError` as the live one did."""
    if not exchange.status.isdigit():
        raise RestError(exchange.error, exchange.headers.get("hint", ""), kind=exchange.status)
    return understood(str(read), int(exchange.status), body, exchange.headers)
