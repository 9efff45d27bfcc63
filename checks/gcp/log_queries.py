"""Queries of Cloud Logging: which entries they fit.

A query is read and tried on entries, not compared with other queries: there are many ways to write the same one. What
is read here is what filters of metrics and sinks are made of
(https://cloud.google.com/logging/docs/view/logging-query-language): comparisons, values in brackets, texts anywhere,
`NOT` before `OR` before `AND`. Functions other than `log_id` and whatever else is not understood is said to be so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

Entry = Mapping[str, object]
Test = Callable[[Entry], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<remark>--[^\n]*)|(?P<mark>\(|\)|=~|!~|!=|>=|<=|=|:|>|<)|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<minus>-(?=[\w"(]))"""
    r"""|(?P<word>[^\s()=:<>!"~]+))"""
)
_COMPARISONS = ("=", "!=", ":", "=~", "!~")
_ORDERS = ("<", "<=", ">", ">=")
_LOG_ID = "log_id"


class NotUnderstoodError(Exception):
    """A query that cannot be read: nobody can say what it fits."""


def fits(query: str, entry: Entry) -> bool:
    """Whether a query fits an entry. Raises `NotUnderstoodError`."""
    return _read(query.strip())(entry)


@lru_cache(256)  # those of many projects are mostly alike
def _read(query: str) -> Test:
    return _Reader(query).all()


class _Reader:
    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = list(_tokens(query))
        self._next = 0

    def all(self) -> Test:
        found = self._both() if self._tokens else _anything
        if self._next != len(self._tokens):
            raise NotUnderstoodError(self._query)
        return found

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("", "")

    def _comes(self, sort: str, *values: str) -> bool:
        found = self._peek()[0] == sort and self._peek()[1] in values
        self._next += found
        return found

    def _take(self, *sorts: str) -> tuple[str, str]:
        found = self._peek()
        if found[0] not in sorts:
            raise NotUnderstoodError(self._query)
        self._next += 1
        return found

    def _both(self) -> Test:
        """What stands side by side must all fit, as if there was an `AND`."""
        tests = [self._either()]
        while self._comes("word", "AND") or self._peek() not in (("", ""), ("mark", ")")):
            tests.append(self._either())
        return lambda entry: all(test(entry) for test in tests)

    def _either(self) -> Test:
        tests = [self._one()]
        while self._comes("word", "OR"):
            tests.append(self._one())
        return lambda entry: any(test(entry) for test in tests)

    def _one(self) -> Test:
        if self._comes("word", "NOT") or self._comes("minus", "-"):
            inner = self._one()
            return lambda entry: not inner(entry)
        if self._comes("mark", "("):
            inner = self._both()
            self._take_mark(")")
            return inner
        sort, value = self._take("word", "text")
        if self._peek() == ("mark", "(") and sort == "word":
            return self._function(value)
        how = self._peek()[1] if self._peek()[0] == "mark" else ""
        if how in _ORDERS:
            raise NotUnderstoodError(self._query)  # no entry that it is tried on has an order that matters
        if how not in _COMPARISONS:
            return _anywhere(_plain(value))
        self._next += 1
        return self._comparison(value, how)

    def _comparison(self, field: str, how: str) -> Test:
        path = tuple(field.split("."))
        if self._comes("mark", "("):
            return self._values(path, how)
        sort, value = self._take("text", "word")
        return _compared(path, how, sort, value)

    def _values(self, path: tuple[str, ...], how: str) -> Test:
        """`field=("a" OR "b")`: one of the values fits; with `AND`, or side by side, all of them do."""
        tests: list[Test] = []
        joints: set[str] = set()
        while not self._comes("mark", ")"):
            if tests:
                joints.add("OR" if self._comes("word", "OR") else "AND")
                self._comes("word", "AND")
            sort, value = self._take("text", "word")
            tests.append(_compared(path, how, sort, value))
        if not tests or len(joints) > 1:
            raise NotUnderstoodError(self._query)
        decide = any if "OR" in joints else all
        return lambda entry: decide(test(entry) for test in tests)

    def _function(self, name: str) -> Test:
        if name.lower() != _LOG_ID:
            raise NotUnderstoodError(self._query)
        self._take_mark("(")
        wanted = self._take("text")[1].replace("/", "%2F").lower()
        self._take_mark(")")
        return lambda entry: str(entry.get("logName", "")).lower().endswith(f"/logs/{wanted}")

    def _take_mark(self, mark: str) -> None:
        if self._take("mark")[1] != mark:
            raise NotUnderstoodError(self._query)


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    place, query = 0, query.rstrip()
    while place < len(query):
        found = _TOKEN.match(query, place)
        if found is None or found.lastgroup is None:
            raise NotUnderstoodError(query)
        if found.lastgroup != "remark":
            yield found.lastgroup, found[found.lastgroup]
        place = found.end()


def _anything(_: Entry) -> bool:
    return True


def _anywhere(text: str) -> Test:
    return lambda entry: any(text.lower() in value.lower() for value in _texts(entry))


def _compared(path: tuple[str, ...], how: str, sort: str, value: str) -> Test:
    """A comparison with a field that an entry lacks fits no entry, `!=` and `!~` excepted."""
    if how in ("=~", "!~"):
        pattern = _pattern(value)
        return lambda entry: any(pattern.search(each) for each in _at(entry, path)) == (how == "=~")
    plain = _plain(value).lower()
    if how == ":" and sort == "word" and plain == "*":
        return lambda entry: any(True for _ in _at(entry, path))
    if how == ":":
        return lambda entry: any(plain in each.lower() for each in _at(entry, path))
    return lambda entry: any(each.lower() == plain for each in _at(entry, path)) == (how == "=")


def _pattern(value: str) -> re.Pattern[str]:
    try:
        return re.compile(_plain(value), re.ASCII)
    except re.error as error:
        raise NotUnderstoodError(value) from error


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value) if r"\"" in value or r"\\" in value else value


def _at(entry: object, path: tuple[str, ...]) -> Iterator[str]:
    """The texts of a field; of a list, those of each of its members. A name may have dots in it."""
    if not path:
        yield from _texts(entry)
    elif isinstance(entry, list | tuple):
        for each in entry:
            yield from _at(each, path)
    elif isinstance(entry, Mapping):
        for end in range(1, len(path) + 1):
            name = ".".join(path[:end]).strip('"')
            if name in entry:
                yield from _at(entry[name], path[end:])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, bool):
        yield str(value).lower()
    else:
        yield str(value)
