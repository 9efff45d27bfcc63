"""What collectors read of each type: they look at our own servers, without a network, and each reading is held against the shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import wraps
from importlib import import_module
from itertools import product
from threading import local
from typing import Any, TypeVar

import pytest

from collectors.rest import BRACES, Line, Read, Turning
from collectors.rest_answers import Answer, Fields, understood
from core.engine import collect
from core.model import Unit
from core.plugins import Collector, discover
from tests.collectors.rest_world import AS_OF, clock
from tests.https_server import Asked
from tests.shapes.answers import SERVERS, matching
from tests.shapes.schema import LIST, TYPE, Comparison, Shapes, bare, words_of

T = TypeVar("T")
BODY = "body"
METHODS = (
    "__contains__", "is_null", "names_of", "text", "flag", "number", "measure", "moment", "part", "values", "parts", "texts",
)  # fmt: skip
SELECTED = re.compile(r"([\w@.]+)(?:\(((?:[^()]|\([^()]*\))*)\)|/([^,]+))?(?:,|$)")
"""One field of what a question asks to be told: `a`, `a(b,c/d)`, `a($select=b)` or `a/b`."""


@dataclass
class Trace:
    """What was found wrong, and which fields were read."""

    shapes: Shapes
    answers: list[tuple[Read, Any]] = field(default_factory=list[tuple[Read, Any]])
    seen: Comparison = field(default_factory=Comparison)
    read: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    complaints: set[str] = field(default_factory=set[str])
    untyped: set[str] = field(default_factory=set[str])
    gaps: set[str] = field(default_factory=set[str])
    inside: local = field(default_factory=local)

    def answered(self, read: Read, data: Any) -> None:
        self.answers.append((read, data))
        if kind := self.shapes.operations.get(str(read)):
            self.seen.adopt(self.shapes.compared(data, kind, str(read)))

    def asked(self, read: Read, parameters: Mapping[str, str]) -> None:
        """Hold a question against what may be asked, and what it asks to be told against the type of the answer."""
        if (known := self.shapes.parameters.get(str(read))) is not None:
            self.complaints |= {
                f"{read}: asks {name}={value}, and the schema has {known.get(name, 'no such parameter')}"
                for name, value in parameters.items()
                if name not in read.places and (name not in known or value not in (words_of(known[name]) or [value]))
            }
        name = self.shapes.operations.get(str(read), "").removeprefix(LIST).removeprefix(TYPE)
        if name and "fields" in parameters:
            self._asked(name, parameters["fields"])
        for option in ("$select", "$expand"):
            for kind in self.shapes.kinds(name, "value") if name and option in parameters else ():
                self._asked(_inner(kind), parameters[option])

    def reading(self, data: object, where: str, member: str, method: str) -> None:
        _, name = self.seen.types.get(id(data), (None, ""))
        if name:
            self.read.add((name, member))
            self.complaints.add(self.shapes.misread(name, member, method))
        else:
            self.untyped.add(f"{where}: {member}")

    def _asked(self, name: str, mask: str) -> None:
        for member, inner, further in SELECTED.findall(mask):
            kinds = self.shapes.kinds(name, member)
            self.read.add((name, member))
            if not kinds:
                self.complaints.add(f"{name}.{member}: asked for, but the schema has no such field")
            for kind in kinds if inner or further else ():
                self._asked(_inner(kind), (inner or further).removeprefix("$select="))


@dataclass
class Asking(Line):
    """Asks one of our servers as its provider would be asked, without a network, and for everything in one page."""

    provider: str
    place: Any
    trace: Trace

    def __post_init__(self) -> None:
        self._server = SERVERS[self.provider]
        self.place.most = 10**6

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        self.trace.asked(read, parameters)
        path = BRACES.sub(lambda place: parameters[place[1]], read.path)
        query = {name: value for name, value in parameters.items() if name not in (*read.places, BODY)}
        headers = {"host": "127.0.0.1", "authorization": f"Bearer {self._server.token(read)}"}
        body = parameters.get(BODY, "").encode()
        said = self.place.answer(Asked("POST" if read.posts else "GET", path, query, headers, body))
        answer = understood(str(read), said.status, json.dumps(said.body).encode(), {})
        self.trace.answered(read, answer.data)
        return answer

    def configured(self, kind: type[T], said: T | None) -> T:
        wanted = {each.name for each in fields(kind)}  # type: ignore[arg-type] # they are all dataclasses
        return kind(**{name: value for name, value in self._server.configured.items() if name in wanted})


def traced(provider: str, shapes: Shapes) -> Trace:
    """Let every collector of a provider look at our server, and hold against the shapes all that this shows."""
    trace = Trace(shapes)
    for path, answer in SERVERS[provider].answers():
        if read := matching(path, provider):
            trace.answered(read, answer)
    package = import_module(f"collectors.{provider}")
    nothing = Unit(collector="", version="", source=provider, scope="", principal="", started=AS_OF, finished=AS_OF)
    collectors = discover([package], Collector).values()
    with watched(trace):
        for each, place in product(collectors, SERVERS[provider].places):
            source = package.replay(nothing, (), {}, clock)
            source.line = Asking(provider, place(), trace)
            trace.gaps |= {gap.reason for gap in collect(each, source, version="0", clock=clock).unit.gaps}
    trace.complaints.discard("")
    return trace


@contextmanager
def watched(trace: Trace) -> Iterator[None]:
    """Let a trace see what is read by `Fields`."""
    with pytest.MonkeyPatch.context() as patch:
        for method in METHODS:
            patch.setattr(Fields, method, _told(trace, method, getattr(Fields, method)))
        yield


def _told(trace: Trace, method: str, original: Callable[[Fields, str], Any]) -> Callable[[Fields, str], Any]:
    """A method that tells what it reads. What it calls itself, to read that, is not told again."""

    @wraps(original)
    def reading(self: Fields, name: str) -> Any:
        if getattr(trace.inside, "reading", False):
            return original(self, name)
        trace.inside.reading = True
        try:
            trace.reading(self._data, self._where, name, method)
            return original(self, name)
        finally:
            trace.inside.reading = False

    return reading


def _inner(kind: str) -> str:
    return bare(kind).removeprefix(LIST).removeprefix(TYPE)
