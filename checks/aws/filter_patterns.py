"""Filter patterns of CloudWatch Logs: which events they fit.

A pattern is read and tried on events, not compared with other patterns: there are many ways to write the same one.
What stands in braces tests fields of the event. Anything else searches its text.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

Event = Mapping[str, object]
Test = Callable[[Event], bool]


class NotUnderstoodError(Exception):
    """A pattern that cannot be read: nobody can say what it fits."""


def fits(pattern: str, event: Event) -> bool:
    """Whether a filter with this pattern counts the event. Raises `NotUnderstoodError`."""
    return _read(pattern.strip())(event)


@lru_cache(256)  # those of many accounts are mostly alike
def _read(pattern: str) -> Test:
    if pattern.startswith("{") and pattern.endswith("}"):
        return _Reader(pattern[1:-1]).all()
    if pattern.startswith(("{", "[")):
        raise NotUnderstoodError(pattern)
    return _terms(pattern)


_WORD = r"""[^\s()=!<>&|"'{}%]+"""
_TOKEN = re.compile(
    rf"""\s*(?:(?P<mark>\(|\)|&&|\|\||!=|<=|>=|=|<|>)|(?P<field>\$\.{_WORD})"""
    rf"""|"(?P<text>(?:[^"\\]|\\.)*)"|%(?P<expression>[^%]*)%|(?P<word>{_WORD}))"""
)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_MISSING = object()
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class _Reader:
    """Reads the inside of `{ … }`. `&&` binds closer than `||`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0

    def all(self) -> Test:
        found = self._either()
        if self._next != len(self._tokens):
            raise NotUnderstoodError(self._text)
        return found

    def _take(self, *sorts: str) -> tuple[str, str]:
        """The next token, which must be of one of these sorts."""
        if self._next == len(self._tokens) or self._tokens[self._next][0] not in sorts:
            raise NotUnderstoodError(self._text)
        self._next += 1
        return self._tokens[self._next - 1]

    def _one_of(self, *values: str) -> str:
        """The next token, which must be one of these marks and words."""
        value = self._take("mark", "word")[1]
        if value not in values:
            raise NotUnderstoodError(self._text)
        return value

    def _comes(self, mark: str) -> bool:
        found = self._next < len(self._tokens) and self._tokens[self._next] == ("mark", mark)
        self._next += found
        return found

    def _either(self) -> Test:
        tests = [self._both()]
        while self._comes("||"):
            tests.append(self._both())
        return lambda event: any(test(event) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._comes("&&"):
            tests.append(self._one())
        return lambda event: all(test(event) for test in tests)

    def _one(self) -> Test:
        if self._comes("("):
            inner = self._either()
            self._one_of(")")
            return inner
        path = _path(self._take("field")[1])
        how = self._one_of("=", "!=", *_ORDERS, "IS", "NOT")
        if how == "NOT":
            self._one_of("EXISTS")
            return lambda event: _found(event, path) is _MISSING
        if how == "IS":
            wanted = {"NULL": None, "TRUE": True, "FALSE": False}[self._one_of("NULL", "TRUE", "FALSE")]
            return lambda event: _found(event, path) is wanted
        sort, value = self._take("text", "word", "expression")
        return _comparison(path, how, sort, value)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, text = 0, text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise NotUnderstoodError(text)
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


def _path(field: str) -> tuple[str | int, ...]:
    """The steps to a field: `$.a.b[0]` is a, b, 0. Raises `NotUnderstoodError` for wildcards and the like."""
    steps: list[str | int] = []
    place = 1
    while place < len(field):
        found = _STEP.match(field, place)
        if found is None or "*" in found[0]:
            raise NotUnderstoodError(field)
        steps.append(int(found[2]) if found[2] else found[1])
        place = found.end()
    return tuple(steps)


def _found(event: Event, path: Sequence[str | int]) -> object:
    """The value of a field. The events that patterns are tried on have no lists."""
    value: object = event
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _comparison(path: Sequence[str | int], how: str, sort: str, value: str) -> Test:
    """A field that the event lacks fits no comparison, not even `!=`."""
    if how in _ORDERS:
        number, order = _number(value), _ORDERS[how]
        return lambda event: order(_number(_found(event, path)), number)  # nothing is less or more than no number
    expression = _expression(sort, value)

    def equals(event: Event) -> bool:
        found = _found(event, path)
        if found is _MISSING or found is None or isinstance(found, Mapping | list):
            return False
        text = found if isinstance(found, str) else json.dumps(found)
        same = bool(expression.search(text)) or (not isinstance(found, str) and _number(found) == _number(value))
        return same == (how == "=")

    return equals


def _number(value: object) -> float:
    """Not a number where it is none, as truth is."""
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else float("nan")
    except ValueError:
        return float("nan")


def _expression(sort: str, value: str) -> re.Pattern[str]:
    if sort != "expression":
        plain = re.sub(r"\\(.)", r"\1", value) if sort == "text" else value
        return re.compile(rf"\A{re.escape(plain).replace(re.escape('*'), '.*')}\Z", re.DOTALL)
    try:
        return re.compile(value, re.ASCII)
    except re.error as error:
        raise NotUnderstoodError(value) from error


_TERM = re.compile(r"""\s*(?P<sign>[-?]?)(?:"(?P<phrase>[\w.\-/ ]+)"|(?P<word>\w+)|%(?P<expression>[^%]*)%)(?=\s|\Z)""")


def _terms(pattern: str) -> Test:
    """Words, all of which must be in the text; with `?`, one of which; with `-`, none of which. No word fits all."""
    found: dict[str, list[re.Pattern[str]]] = {"": [], "?": [], "-": []}
    place = 0
    while place < len(pattern):
        term = _TERM.match(pattern, place)
        if term is None:
            raise NotUnderstoodError(pattern)
        plain = term["phrase"] or term["word"]
        found[term["sign"]].append(
            re.compile(re.escape(plain)) if plain else _expression("expression", term["expression"])
        )
        place = term.end()
    if found[""]:
        found["?"] = []  # where some words must be there, those that may be count for nothing

    def fit(event: Event) -> bool:
        text = json.dumps(event, separators=(",", ":"))
        return (
            all(each.search(text) for each in found[""])
            and (not found["?"] or any(each.search(text) for each in found["?"]))
            and not any(each.search(text) for each in found["-"])
        )

    return fit
