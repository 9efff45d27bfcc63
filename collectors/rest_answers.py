"""What a JSON interface answered: read strictly, and every way not to be an answer told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from core.redaction import redact_text

MORE, CIRCLE, ELSEWHERE, UNREADABLE = "more", "circle", "elsewhere", "unreadable"
"""What is recorded of the way to the next page: there is one; it was turned before; it leads to another server; it is
none that we understand."""
FOLLOWING = "following"
"""The header under which that is recorded."""
SAID = 300
"""Characters of a service's own words that go into a gap."""
CHANGING = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z?")
"""Ids of requests and times, which would make each scan's gap another one."""
NO_CONTENT, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY, SERVER_ERROR = 204, 401, 403, 404, 429, 500
SUCCESS, REDIRECTION = range(200, 300), range(300, 400)
CREDENTIALS_HINT = "see that the credential is valid and has not expired, and renew it if need be"
RETRYABLE_KINDS = frozenset({"unreachable", "throttled"})
"""Of those kinds that are no answer: others do not pass by themselves."""
STOPPED = {
    CIRCLE: "the pages lead back to one that was read before",
    ELSEWHERE: "the next page is said to be on another server, which is not asked",
    UNREADABLE: "what leads to the next page cannot be read",
}


class RestError(Exception):
    """Something could not be seen. `status` is that of HTTP, 0 when there was no answer; `kind` says which way there
    was none; `code` is the service's own word for it, `message` its own sentence."""

    def __init__(
        self, reason: str, hint: str = "", *, status: int = 0, kind: str = "", code: str = "", message: str = "",
        retryable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.hint = hint
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.retryable = retryable or kind in RETRYABLE_KINDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: plain JSON data (`None` without a body) and those headers that are kept, in lower case.

    `following` is empty on the last page, `MORE` when another one follows, else why it cannot be turned to.
    """

    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def following(self) -> str:
        return self.headers.get(FOLLOWING, "")


class Fields:
    """A JSON object of which nothing is believed: what is missing, null or of another type raises `RestError`.

    Through `Source.look` that makes a field unobserved, and never a default.
    """

    __slots__ = ("_data", "_where")

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise RestError(f"{where} is not what it should be, but {_kind(data)}")
        self._data: dict[str, Any] = data
        self._where = where

    def __contains__(self, name: str) -> bool:
        """Whether there is such a member, be it null."""
        return name in self._data

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def names_of(self, name: str) -> tuple[str, ...]:
        """The names of what is in a part; none where there is no such part."""
        value = self._data.get(name)
        return tuple(value) if isinstance(value, dict) else ()

    def is_null(self, name: str) -> bool:
        """Whether a member is there and null. Raises `RestError` when it is missing."""
        self._present(name)
        return self._data[name] is None

    def text(self, name: str) -> str:
        value = self._of(name, str)
        return str(value)

    def flag(self, name: str) -> bool:
        return bool(self._of(name, bool))

    def number(self, name: str) -> int:
        value = self._of(name, int)
        if isinstance(value, bool):
            self._refuse(name, value)
        return int(value)

    def measure(self, name: str) -> float:
        """A number that need not be whole."""
        return self._of(name, float) if isinstance(self._data.get(name), float) else self.number(name)

    def moment(self, name: str) -> datetime:
        """A time as RFC 3339 writes it, in UTC and without its fraction."""
        return moment(self.text(name), f"{name} of {self._where}")

    def part(self, name: str) -> Fields:
        return Fields(self._of(name, dict), f"{name} of {self._where}")

    def values(self, name: str) -> list[Any]:
        found: list[Any] = self._of(name, list)
        return found

    def parts(self, name: str) -> Iterator[Fields]:
        """The objects of a list."""
        for each in self.values(name):
            yield Fields(each, f"one of {name} of {self._where}")

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.values(name)
        if not all(isinstance(each, str) for each in found):
            raise RestError(f"{name} of {self._where} are not all texts")
        return tuple(found)

    def _of(self, name: str, wanted: type) -> Any:
        self._present(name)
        value = self._data[name]
        if not isinstance(value, wanted):
            self._refuse(name, value)
        return value

    def _present(self, name: str) -> None:
        if name not in self._data:
            raise RestError(f"{self._where} has no {name} in the answer")

    def _refuse(self, name: str, value: object) -> NoReturn:
        raise RestError(f"{name} of {self._where} is {_kind(value)}")


def moment(text: str, what: str) -> datetime:
    """A time as RFC 3339 writes it, in UTC and without its fraction. Raises `RestError`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(f"{what} is no time") from None
    if found.tzinfo is None:
        raise RestError(f"{what} is a time without a zone")
    return found.astimezone(UTC).replace(microsecond=0)


def understood(operation: str, status: int, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The answer in these masked bytes. Raises `RestError` for a status that is no success, and for what is no JSON."""
    if status in SUCCESS:
        if status == NO_CONTENT and not body:
            return Answer(status, None, headers)
        return Answer(status, strictly(operation, body), headers)
    if status in REDIRECTION:
        raise RestError(f"{operation} is answered with the way to another place, which is not followed", status=status)
    code, message = _words(body)
    said = CHANGING.sub("…", ": ".join(filter(None, (redact_text(code), redact_text(message)))))[:SAID]
    raise RestError(
        f"{operation} is answered with status {status}{f' ({said})' if said else ''}",
        CREDENTIALS_HINT if status == UNAUTHORIZED else "",
        status=status,
        code=code,
        message=message,
        retryable=status == TOO_MANY or status >= SERVER_ERROR,
    )


def strictly(operation: str, body: bytes) -> Any:
    """JSON (RFC 8259) without names that stand twice, NaN or infinities, of which readers differ.

    Raises `RestError`.
    """
    try:
        return json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):  # whose words hold the answer
        raise RestError(f"the answer to {operation} cannot be read as JSON", retryable=True) from None


def items_of(operation: object, data: object, member: str) -> list[Any]:
    """The items of a page. Raises `RestError` when it is no page."""
    found = data.get(member) if member and isinstance(data, dict) else data if not member else None
    if not isinstance(found, list):
        raise RestError(f"the answer to {operation} has no list{f' of {member}' if member else ''}")
    return found


def stopped(operation: object, why: str) -> RestError:
    """A listing that has more pages than could be turned."""
    return RestError(f"{operation}: {STOPPED[why]}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number")


def _words(body: bytes) -> tuple[str, str]:
    """A service's own code and sentence, wherever services put these; empty where there is none."""
    try:
        data = strictly("", body)
    except RestError:
        return "", ""
    if isinstance(data, dict) and isinstance(data.get("error"), dict):
        data = data["error"]
    if not isinstance(data, dict):
        return "", ""
    code = _first(data, "errorCode", "scimType", "code", "error", "status")
    return code, _first(data, "errorSummary", "detail", "message", "error_description")


def _first(data: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := data.get(name), str) and value), "")


def _kind(value: object) -> str:
    """What a value is, without the value."""
    names = {
        type(None): "null",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
    }
    return names.get(type(value), "an object")
