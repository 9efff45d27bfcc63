"""What our server for Azure answers to each question of a collector, and what collectors read of such answers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import collectors.azure
from collectors.azure.errors import AnswerError, IncompleteError, MalformedAnswerError
from collectors.azure.exchanges import Identity, Question
from collectors.azure.operations import RESOURCE_GRAPH, Query, Read
from collectors.azure.reach import Extent, Permission, Reach
from collectors.azure.settings import Settings
from collectors.azure.source import AzureSubscription, AzureTenant
from collectors.azure.survey import TenantSurvey
from core.plugins import Collector, discover
from core.resource import NotObservedError, Observed
from tests.azure_server import OBJECT, TENANT, Azure
from tests.collectors.azure.estate import BAD, GOOD, estate
from tests.shapes.exploring import ABSENT, ORDINARY, Exploration, Place, misread, with_own
from tests.shapes.schema import TYPE, Shapes

COLLECTORS = discover([collectors.azure], Collector)
GRAPH = "Resource Graph"
EVERYTHING = Extent(tuple(Reach(each, (Permission(("*",), ()),)) for each in (GOOD, BAD)))
PLACE = re.compile(r"\b[A-Za-z]\w*(?:\.\w+)*\b(?!\()")
MAKES = {
    "array_length": "integer", "count": "integer", "countif": "integer", "todatetime": "datetime", "tostring": "string",
}  # fmt: skip
"""Functions of the language of queries, and the kind of what they make; those around them keep it."""
OF_ALL_TYPES = {
    "id": "string", "name": "string", "type": "string", "location": "string", "tags": "{}string", "kind": "string",
    "subscriptionId": "string",
}  # fmt: skip
"""What Resource Graph says of everything (learn.microsoft.com/azure/governance/resource-graph/concepts/query-language)."""
RESERVED = frozenset({
    "and", "as", "asc", "between", "by", "contains", "desc", "earliest", "endswith", "find", "first", "flags",
    "has", "hasprefix", "hassuffix", "in", "invoke", "kind", "last", "latest", "like", "materialize", "missing",
    "of", "or", "others", "print", "project", "queries", "relaxed", "sample", "scan", "search", "series",
    "startswith", "take", "title", "to", "top", "union", "where", "with",
})  # fmt: skip
"""Words that the language of queries takes for its own (github.com/microsoft/Kusto-Query-Language, SyntaxFacts.cs)."""
BESIDES = {
    (
        "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
        "properties.currentProtectionState",
    ): "string",  # learn.microsoft.com/azure/backup/query-backups-using-azure-resource-graph
}
"""Places in rows that Resource Graph documents, and the schema of Resource Manager does not have."""
ERRORS = (AnswerError, IncompleteError, MalformedAnswerError)
ROW, LISTED = "row of", "listing"
"""Begin the names of types of our own: a row with the columns that a question asks for, what stands around entries."""


def names_of(question: Read | Query) -> tuple[str, ...]:
    """What a question is called among the operations: the type of rows, or what is read, with the end of its path if
    that is a single thing."""
    if isinstance(question, Query):
        return (question.type,)
    read = question.action.removesuffix("/read")
    return f"{read} {question.path.rpartition('/')[2]}", read


def kind_of(question: Read | Query, operations: Mapping[str, str]) -> str:
    """What is answered to a question, or what a row is; empty where nobody has said it."""
    return next((operations[name] for name in names_of(question) if name in operations), "")


def questions() -> set[Read | Query]:
    """Every question that a collector puts."""
    return {
        each for collector in COLLECTORS.values() for each in collector.permissions if isinstance(each, Read | Query)
    }


def without_shape(operations: Mapping[str, str]) -> set[str]:
    """The questions of which nobody has said what is answered."""
    return {names_of(each)[-1] or "everything" for each in questions() if not kind_of(each, operations)}


def library_of(question: Read, operations: Mapping[str, str]) -> str:
    """The library of `tests/shapes/derive_azure.py` whose type an answer is."""
    return kind_of(question, operations).removeprefix(TYPE).removeprefix(LISTED).strip().partition(".")[0]


class EstateLine:
    """Asks our server without a network, and keeps what it says."""

    def __init__(self, azure: Azure) -> None:
        self._azure = azure
        self.answers: list[tuple[Read | Query, Any]] = []

    def ask(self, question: Question) -> Any:
        status, said, _ = self._azure.answer(*_request(question), "")
        if status != 200:
            raise AnswerError(str(question), status, said["error"]["code"], said["error"]["message"])
        self.answers.append((question.asked, said))
        return said

    def identity(self) -> Identity:
        return Identity(OBJECT, TENANT)

    def extent(self) -> Extent:
        return EVERYTHING


def _request(question: Question) -> tuple[str, str, dict[str, str], bytes]:
    allowed = {"authorization": "Bearer x"}
    if isinstance(question.asked, Query):
        asked = {"query": question.asked.text, "subscriptions": [GOOD, BAD], "options": {"$top": 1000}}
        return "POST", f"{RESOURCE_GRAPH}?api-version=1", allowed, json.dumps(asked).encode()
    words = {name: value for name, value in question.parameters.items() if name != "path"}
    return "GET", f"{quote(question.parameters['path'])}?{urlencode(words)}", allowed, b""


def answers() -> Iterator[tuple[Read | Query, Any]]:
    """Every answer to what collectors ask of the estate; of Resource Graph what it has of each row, asked for or not."""
    azure = estate()
    azure.page = 1000
    line = EstateLine(azure)
    for _ in resources(line):
        pass
    for asked, said in line.answers:
        yield asked, said
        if isinstance(asked, Query) and asked.type:
            ids = {each["id"].lower() for each in said["data"]}
            yield from ((asked, item) for name, item in azure.items.items() if name in ids)


def shown(shapes: Shapes) -> set[str]:
    """What is wrong with the answers of our server."""
    found: set[str] = set()
    for asked, said in answers():
        kind = kind_of(asked, shapes.operations)
        if isinstance(asked, Query) and "data" in said:
            kind = shapes.operations[GRAPH]
        if kind:
            found |= shapes.compared(said, kind, str(asked)).complaints
    return found


class ExploredLine:
    """Answers each question with what the exploration chooses."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration

    def ask(self, question: Question) -> Any:
        kind = kind_of(question.asked, self._exploration.shapes.operations)
        if isinstance(question.asked, Query):
            kind = f"{TYPE}{ROW} {question.asked}"
            return {"data": [self._exploration.message(kind)], "totalRecords": 1, "resultTruncated": "false"}
        return self._exploration.message(kind)

    def identity(self) -> Identity:
        return Identity(OBJECT, TENANT)

    def extent(self) -> Extent:
        return EVERYTHING


def read(shapes: Shapes) -> set[str]:
    """What is wrong with what collectors read: names that the schema does not have, and values read as another kind."""
    found: set[str] = set()
    for name, collector in COLLECTORS.items():
        asked = [each for each in collector.permissions if isinstance(each, Read | Query)]
        if not all(kind_of(each, shapes.operations) or not getattr(each, "type", "x") for each in asked):
            continue  # another test says of which question nobody knows the shape
        found |= _read(name, shapes, asked)
    return found


def _read(name: str, shapes: Shapes, asked: Collection[Read | Query]) -> set[str]:
    problems: set[str] = set()
    rows: dict[str, dict[str, str]] = {}
    for query in asked:
        if isinstance(query, Query):
            rows[f"{ROW} {query}"] = {"id": "string"}
            for column, place in _columns(query):
                rows[f"{ROW} {query}"][column], unknown = column_kind(shapes, query, place)
                problems |= {f"{query}: {each} is asked for, and the schema has no such field" for each in unknown}
    exploration = Exploration(with_own(shapes, rows), _certain(shapes), rows)
    exploration.every(partial(_look, name, exploration, problems))
    return problems | {
        f"{each}: read by {name}, and the schema has no such field"
        for each in exploration.unknown - _paging(exploration)
    }


def _paging(exploration: Exploration) -> set[str]:
    """Whether there are further pages is asked of every answer, and of things there are none."""
    return {each for each in exploration.unknown if each.endswith(".nextLink")}


def _columns(query: Query) -> Iterator[tuple[str, str]]:
    """What a row calls something and where it stands; what is only asked of rows has no name."""
    yield from ((name, name) for name in query.common)
    yield from {**query.columns, **query.groups}.items()
    if query.only[0]:
        yield "", query.only[0]


def column_kind(shapes: Shapes, query: Query, column: str) -> tuple[str, list[str]]:
    """The kind of a column, which is a place in a row or made of places; and those places that are not in the schema."""
    name = kind_of(query, shapes.operations).removeprefix(TYPE)
    kinds = {place: _kinds_at(shapes, query, name, place) for place in PLACE.findall(column)}
    made = [kind for function, kind in MAKES.items() if f"{function}(" in column]
    whole = min(kinds.get(column, ()), default="string")
    return made[0] if made else whole, [place for place, found in kinds.items() if not found]


def _kinds_at(shapes: Shapes, query: Query, name: str, place: str) -> set[str]:
    besides = BESIDES.get((query.type, place)) or OF_ALL_TYPES.get(place)
    return shapes.kinds(name, place) or ({besides} if besides else set())


def _certain(shapes: Shapes) -> dict[Place, list[Any]]:
    """No further page, and what must be certain words for anything to be looked at."""
    listings = {(kind.removeprefix(TYPE), "nextLink"): [ABSENT] for kind in shapes.operations.values()}
    return {
        **listings,
        ("subscriptions.Subscription", "subscriptionId"): [GOOD],
        ("authorization.RoleAssignment/properties", "scope"): ["/", ORDINARY],
    }


def _look(name: str, exploration: Exploration, problems: set[str]) -> None:
    try:
        for each in resources(ExploredLine(exploration), name):
            problems |= {f"{name}: {reason}" for reason in misread(each)}
    except ERRORS:
        return  # what must be there was missing
    except NotObservedError as error:
        problems.add(f"{name} breaks off, for it takes what is unobserved for a value: {error}")


def resources(line: Any, only: str = "") -> Iterator[Observed]:
    """What the collectors see, or one of them."""
    places = (
        TenantSurvey("azure/x", line, Settings()),
        AzureTenant("azure/x", line, TENANT),
        *(AzureSubscription("azure/x", line, each) for each in (GOOD, BAD)),
    )
    for name, collector in COLLECTORS.items():
        if only in ("", name):
            for place in places:
                for target in place.targets(collector.source):
                    yield from collector(target)
