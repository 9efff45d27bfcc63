"""The places in Azure that collectors look at: a tenant as Resource Graph knows it, and each of its subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from collectors.azure.errors import AGAIN_HINT, IncompleteError, MalformedAnswerError, explain
from collectors.azure.exchanges import Identity, Line, Question, written
from collectors.azure.operations import Query, Read
from collectors.azure.reading import Answer
from core.model import CollectionGap
from core.source import Source

T = TypeVar("T")
R = TypeVar("R")

TENANT = "tenant"
"""The scope of what is asked for all subscriptions together."""
TOGETHER = 8
"""How many questions `each` asks at once."""
MOST_PAGES = 5000
"""How many pages a listing may have before they are taken to be without end."""


class Place(Source):
    """A part of a tenant. Collectors ask it with `ask`, `pages` and `each`, and let every error fly."""

    concurrency = 16

    def __init__(self, name: str, line: Line, scope: str) -> None:
        self.scope = scope
        self._name = name
        self._line = line
        self._identity: Identity | None = None

    @property
    def id(self) -> str:
        return self._name

    @property
    def principal(self) -> str:
        return str(self._identity or "")

    def explain(self, error: Exception) -> CollectionGap | None:
        return explain(error, f"{self.id} {self.scope}".strip())

    def identify(self) -> Identity:
        """Who looks. Raises `NoAnswerError`."""
        self._identity = self._line.identity()
        return self._identity

    def ask(self, read: Read, scope: str, **names: str) -> Answer:
        """The answer to one question about a scope: a subscription's path, or the id of a resource.

        Raises `AnswerError` for an error that may be an answer, and `MalformedAnswerError` for a first page of many.
        """
        found = self._asked(Question(read, _parameters(read, scope, names)))
        if found.get("nextLink"):
            raise MalformedAnswerError(f"{read} has further pages, which nobody asked for")
        if not isinstance(found.get("properties"), dict):  # without them everything would seem to have its default
            raise MalformedAnswerError(f"{read}: the answer has no properties")
        return Answer(found)

    def pages(self, read: Read, scope: str, **names: str) -> Iterator[Answer]:
        """Every item of a listing, over all its pages. Raises `MalformedAnswerError` when one is no listing."""
        page, token = 0, ""
        turned: set[str] = set()
        while True:
            page += 1
            found = self._asked(Question(read, _parameters(read, scope, names), page=page, token=token, turned=turned))
            turned.add(token)
            items = found.get("value")
            if not isinstance(items, list):
                raise MalformedAnswerError(f"{read}: the answer holds no listing")
            yield from map(Answer, items)
            token = found.get("nextLink") or ""
            if not token:
                return
            if page == MOST_PAGES:
                raise MalformedAnswerError(f"{read}: the pages do not end")

    def _asked(self, question: Question) -> Any:
        self.identify()  # by each unit, whose recording must say it
        found = self._line.ask(question)
        if not isinstance(found, list):
            return found
        if not (isinstance(question.asked, Read) and question.asked.bare):
            raise MalformedAnswerError(f"{question}: the answer is of another shape than is documented")
        return {"value": found}

    def each(self, question: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        """`question` of every thing, several at once, in the order of the things. An error flies in its turn."""
        with ThreadPoolExecutor(TOGETHER, thread_name_prefix="annexa-azure") as pool:
            asked = [pool.submit(copy_context().run, question, thing) for thing in things]
            try:
                for each in asked:
                    yield each.result()
            finally:
                pool.shutdown(cancel_futures=True)


class AzureTenant(Place):
    """All subscriptions together, as Resource Graph knows them."""

    def rows(self, query: Query) -> Iterator[Answer]:
        """Every row of a query over all subscriptions, each once.

        Raises `IncompleteError` at the end when there may be more: the answer was truncated, Azure counted otherwise,
        or the identity may not read everything of it in some subscription.
        """
        extent = self._line.extent()
        asked, together = extent.asked, query.subscriptions
        for first in range(0, len(asked), together):
            yield from self._rows(query, asked[first : first + together])
        if lacking := extent.lacks(query.action):
            raise IncompleteError(f"{query} may leave something out: {_some(lacking)}")

    def rows_of(self, queries: Iterable[Query]) -> Iterator[tuple[Query, Answer]]:
        """Every row of several queries, each with its query.

        One that may leave something out hides no other: the first such error flies when all were asked.
        """
        lacking: IncompleteError | None = None
        for query in queries:
            try:
                for row in self.rows(query):
                    yield query, row
            except IncompleteError as error:
                lacking = lacking or error
        if lacking is not None:
            raise lacking

    def _rows(self, query: Query, subscriptions: tuple[str, ...]) -> Iterator[Answer]:
        parameters = {"query": query.text, "subscriptions": written(list(subscriptions))}
        seen: set[str] = set()
        page, token = 0, ""
        while True:
            page += 1
            found = self._asked(Question(query, parameters, page=page, token=token, subscriptions=subscriptions))
            rows, total = found.get("data"), found.get("totalRecords")
            if not isinstance(rows, list) or not isinstance(total, int):
                raise MalformedAnswerError(f"{query}: the answer holds no rows")
            for row in rows:
                if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                    raise MalformedAnswerError(f"{query}: a row has no id")
                if row["id"].lower() in seen:
                    raise IncompleteError(f"{query} showed {row['id']} twice", AGAIN_HINT, retryable=True)
                seen.add(row["id"].lower())
                yield Answer(row)
            token = found.get("$skipToken") or ""
            if not token:
                break
            if not rows:
                raise MalformedAnswerError(f"{query}: the pages do not end")
        if str(found.get("resultTruncated", "")).lower() != "false":
            raise IncompleteError(f"{query} was truncated: {len(seen)} of {total} rows came", "", retryable=True)
        if len(seen) != total:
            raise IncompleteError(f"{query} counts {total} rows, and {len(seen)} came", AGAIN_HINT, retryable=True)


class AzureSubscription(Place):
    """One subscription. The scope is its id."""

    @property
    def path(self) -> str:
        """What its resources' ids begin with."""
        return f"/subscriptions/{self.scope}"

    def listed(self, read: Read, **names: str) -> Iterator[Answer]:
        """Every item of a listing of the whole subscription.

        Raises `IncompleteError` at the end when the identity may not read all of it: some listings then leave out the
        rest instead of being denied.
        """
        yield from self.pages(read, self.path, **names)
        if lacking := self._line.extent().lacks(read.action, self.scope):
            raise IncompleteError(f"{read} may leave something out: {_some(lacking)}")


def _parameters(read: Read, scope: str, names: Mapping[str, str]) -> dict[str, str]:
    found = {"path": read.path.format(scope=scope, **names), "api-version": read.version}
    return found | ({"$filter": read.filter.format(**names)} if read.filter else {})


def _some(texts: tuple[str, ...]) -> str:
    """The first of several texts, and how many more there are."""
    return texts[0] + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else "")
