"""A slip in a fixture or in a collector is seen: each kind of them, and no other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.engine import Collected
from core.model import Exchange, Unit
from tests.shapes.graphql import GraphSchema
from tests.shapes.json_schema import JsonSchema
from tests.shapes.schema import Shapes, Variants
from tests.shapes.watching import unknown_fields

AT = datetime(2026, 11, 23, tzinfo=UTC)
TYPES = {
    "User": {
        "id": "string", "status": "enum:ON|OFF", "ways": "[]flags:key|code", "age": "integer", "size": "number", "since": "datetime",
        "born": "date", "off": "boolean", "end": "datetime?", "name": "Type:Name", "names": "[]Type:Name", "labels": "{}string",
        "more": "map", "whatever": "any", "rule": "Type:Rule", "thing": "Type:Thing", "lost": "Type:Lost",
    },
    "Name": {"full": "string"}, "Free": {"id": "string", "*": "integer"},
    "Rule": {"type": "enum:deny|limit"}, "Limit": {"type": "enum:limit", "most": "integer"}, "Thing": {},
}  # fmt: skip
VARIANTS = {"Rule": Variants("type", {"limit": "Limit"}), "Thing": Variants("", {"Name": "Name", "Free": "Free"})}


def shapes(nulls: str = "marked") -> Shapes:
    return Shapes({"nulls": nulls}, TYPES, VARIANTS, prose={"User.id": ["root"]})


@pytest.mark.parametrize(("member", "value", "wanted"), [
    ("id", "1", ""), ("id", 1, "is a int, and the schema says string"), ("idd", "1", "the schema has no such field"),
    ("status", "ON", ""), ("status", "on", "is 'on', and the schema says enum:ON|OFF"),
    ("ways", ["key,code"], ""), ("ways", ["key,cod"], "is 'key,cod', and the schema says flags:key|code"),
    ("ways", "key", "is 'key', and the schema says []flags:key|code"),
    ("age", 1, ""), ("age", True, "is a bool, and the schema says integer"), ("age", 1.5, "is a float, and the schema says integer"),
    ("age", "1", "is '1', and the schema says integer"), ("size", 1, ""), ("size", 1.5, ""), ("off", False, ""),
    ("off", "false", "is 'false', and the schema says boolean"), ("since", "2026-11-23T12:00:00.1234567Z", ""),
    ("since", "today", "is 'today', and the schema says datetime"), ("since", 1, "is a int, and the schema says datetime"),
    ("born", "2026-11-23", ""), ("end", None, ""), ("since", None, "is null, and the schema says datetime"), ("whatever", None, ""),
    ("labels", {"a": "b"}, ""), ("labels", {"a": 1}, "is a int, and the schema says string"),
    ("more", {"a": {"b": 1}}, ""), ("more", [], "is a list, and the schema says map"), ("whatever", [1], ""),
    ("@odata.type", "#x", ""), ("name", {"full": "A"}, ""), ("name", [], "is a list, and the schema says Type:Name"),
    ("lost", {}, "is a Lost, which is not in the file of shapes"),
])  # fmt: skip
def test_what_a_member_says(member: str, value: Any, wanted: str) -> None:
    found = shapes().compared({member: value}, "Type:User", "GET /user").complaints
    assert found == ({f"User.{member}: {wanted}"} if wanted else set())


@pytest.mark.parametrize(("value", "wanted"), [
    ({"names": [{"full": "A"}, {"ful": "B"}]}, {"Name.ful: the schema has no such field"}),
    ({"rule": {"type": "deny"}}, set()), ({"rule": {"type": "limit", "most": 1}}, set()),
    ({"rule": {"type": "deny", "most": 1}}, {"Rule.most: the schema has no such field"}),
    ({"rule": {"type": "x"}}, {"Rule.type: is 'x', and the schema says enum:deny|limit"}),
    ({"thing": {"full": "A"}}, set()), ({"thing": {"id": "1", "a": 1}}, set()),
    ({"thing": {"id": "1", "a": "b"}}, {"Free.a: is 'b', and the schema says integer"}),
])  # fmt: skip
def test_objects_are_held_against_the_type_that_they_are(value: Any, wanted: set[str]) -> None:
    found = shapes().compared([value], "[]Type:User", "GET /users")
    assert found.complaints == wanted
    assert found.types[id(value)] == (value, "User")


@pytest.mark.parametrize(("nulls", "fine"), [("marked", False), ("anywhere", True), ("nowhere", False)])
def test_where_null_may_stand(nulls: str, *, fine: bool) -> None:
    assert bool(shapes(nulls).compared({"id": None}, "Type:User", "").complaints) is not fine
    assert bool(shapes(nulls).compared({"end": None}, "Type:User", "").complaints) is (nulls == "nowhere")


@pytest.mark.parametrize(("member", "method", "wanted"), [
    ("id", "text", ""), ("status", "text", ""), ("since", "text", ""), ("since", "moment", ""), ("ways", "texts", ""), ("ways", "values", ""),
    ("names", "parts", ""), ("name", "part", ""), ("more", "names_of", ""), ("age", "number", ""), ("age", "measure", ""),
    ("whatever", "flag", ""), ("id", "is_null", ""), ("@odata.type", "text", ""),
    ("off", "text", "User.off: read as text, and the schema says boolean"), ("age", "text", "User.age: read as text, and the schema says integer"),
    ("size", "number", "User.size: read as number, and the schema says number"),
    ("id", "moment", "User.id: read as moment, and the schema says string"),
    ("ids", "text", "User.ids: read, but the schema has no such field"), ("ids", "is_null", "User.ids: read, but the schema has no such field"),
])  # fmt: skip
def test_how_a_member_is_read(member: str, method: str, wanted: str) -> None:
    assert shapes().misread("User", member, method) == wanted


def test_paths_and_words() -> None:
    found = shapes()
    assert found.kinds("User", "names.full") == {"string"}
    assert found.kinds("User", "rule.most") == {"integer"}
    assert found.kinds("User", "more.what.ever") == {"any"}
    assert not found.kinds("User", "name.ful")
    assert not found.kinds("User", "id.x")
    assert found.words("User", "rule.type") == {"deny", "limit"}
    assert {"ON", "code", "full", "limit", "root"} <= found.vocabulary()
    assert found.fields("Thing") == {"full", "id", "*"}


def test_documents_in_the_manner_of_json_schema() -> None:
    text = {"type": "string"}
    document = JsonSchema({
        "User": {"properties": {
            "id": {"type": "integer"}, "on": {"type": "boolean", "nullable": True}, "at": {**text, "format": "date-time"},
            "word": {**text, "enum": ["b", "a", None]}, "boss": {"$ref": "#/components/schemas/User", "nullable": True},
            "all": {"type": "array", "items": {"properties": {"x": text}}}, "labels": {"additionalProperties": text},
            "one": {"anyOf": [text, {"type": "integer"}]}, "free": {"type": "object"}, "rule": {"$ref": "#/components/schemas/Rule"},
        }, "additionalProperties": True},
        "Rule": {"oneOf": [{"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"type": {"enum": ["a"]}}}]},
                           {"properties": {"type": {"enum": ["b"]}}}]},
        "Base": {"properties": {"name": text}},
    })  # fmt: skip
    assert document.fields("User") == {
        "id": "integer", "on": "boolean?", "at": "datetime", "word": "enum:a|b?", "boss": "Type:User?", "all": "[]Type:User.all",
        "labels": "{}string", "one": "any", "free": "map", "rule": "Type:Rule", "*": "any",
    }  # fmt: skip
    assert document.fields("User.all") == {"x": "string"}
    assert document.variants("Rule") == Variants("type", {"a": "Rule/0", "b": "Rule/1"})
    assert document.fields("Rule/0") == {"name": "string", "type": "enum:a"}
    assert document.variants("User") is None


def test_documents_in_graphql() -> None:
    document = GraphSchema('''
"""A { question }"""
type Query { user(login: String! = "a)", most: [Int!] = [1]): User }
type User implements Node {
  """Not: this"""
  name: String!
  since: DateTime
  kind: Kind! @deprecated(reason: "{old}")
  friends(first: Int): [User!]!
}
enum Kind { A B }
''')
    assert document.fields("Query") == {"user": "Type:graphql:User?"}
    assert document.fields("User") == {
        "name": "string", "since": "datetime?", "kind": "enum:A|B", "friends": "[]Type:graphql:User",
    }  # fmt: skip
    assert document.fields("answer")["data"] == "Type:graphql:Query?"


@pytest.mark.parametrize(("status", "body", "wanted"), [
    ("200", b'[{"id": "1", "statuss": "ACTIVE"}]', {"User.statuss: the schema has no such field"}),
    ("200", b'[{"id": 1, "status": "PAUSED"}]', set()), ("404", b'[{"idd": 1}]', set()), ("200", b"<html>", set()),
])  # fmt: skip
def test_a_field_that_is_misspelt_in_some_test_is_seen(status: str, body: bytes, wanted: set[str]) -> None:
    asked = Exchange(
        operation="GET /api/v1/users", parameters={}, response="r", size=0, status=status, at=AT, duration_ms=0
    )
    unit = Unit(
        collector="", version="", source="", scope="", principal="", started=AT, finished=AT, exchanges=(asked,)
    )
    seen = [Collected(unit=unit, evidence=(), bodies={"r": body})]
    assert unknown_fields("okta", seen) == wanted
    assert not unknown_fields("people", seen)
