"""What a collector reads, and what a question asks to be told, is noticed, wherever it is."""

from __future__ import annotations

import pytest

from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from tests.shapes.schema import Shapes
from tests.shapes.tracing import Trace, watched

USERS = Read("/users")
TYPES = {
    "Users": {"value": "[]Type:User", "next": "string"},
    "User": {"id": "string", "since": "datetime", "size": "number", "name": "Type:Name", "owners": "[]Type:User", "free": "map"},
    "Name": {"full": "string"},
}  # fmt: skip


def trace() -> Trace:
    return Trace(Shapes({"nulls": "nowhere"}, TYPES, operations={str(USERS): "Type:Users"}))


@pytest.mark.parametrize(("parameters", "wanted"), [
    ({"fields": "next,value(id,name/full,owners(id))"}, set()), ({"fields": "value(id,name(full))"}, set()),
    ({"fields": "value(id,nam/full),nextt"}, {"User.nam", "Users.nextt"}), ({"fields": "value(name/ful)"}, {"Name.ful"}),
    ({"$select": "id,since", "$expand": "owners($select=id)"}, set()), ({"$select": "idd"}, {"User.idd"}),
    ({"$expand": "owners($select=idd)"}, {"User.idd"}), ({"$expand": "ownrs"}, {"User.ownrs"}), ({"$top": "1"}, set()),
])  # fmt: skip
def test_what_a_question_asks_to_be_told(parameters: dict[str, str], wanted: set[str]) -> None:
    found = trace()
    found.asked(USERS, parameters)
    assert found.complaints == {f"{each}: asked for, but the schema has no such field" for each in wanted}


@pytest.mark.parametrize(("parameters", "wanted"), [
    ({"type": "all", "most": "5", "user": "1"}, set()),
    ({"type": "al"}, {"GET /users/{user}/things: asks type=al, and the schema has enum:all|few"}),
    ({"typ": "all"}, {"GET /users/{user}/things: asks typ=all, and the schema has no such parameter"}),
])  # fmt: skip
def test_what_a_question_says_beside_its_path(parameters: dict[str, str], wanted: set[str]) -> None:
    things = Read("/users/{user}/things")
    found = Trace(
        Shapes({"nulls": "nowhere"}, {}, parameters={str(things): {"type": "enum:all|few", "most": "integer"}})
    )
    found.asked(things, parameters)
    assert found.complaints == wanted


def test_what_is_read_of_an_answer() -> None:
    found = trace()
    answer = {
        "value": [{"id": "1", "since": "2026-11-23T00:00:00Z", "size": 1, "name": {"full": "A"}, "free": {"x": "y"}}]
    }
    found.answered(USERS, answer)
    with watched(found):
        (user,) = Fields(answer, "it").parts("value")
        assert (user.text("id"), user.moment("since").year, user.measure("size")) == ("1", 2026, 1.0)
        assert user.part("name").text("full") == "A"
        assert "nam" not in user
        assert user.part("free").text("x") == "y"
        with pytest.raises(RestError):
            user.flag("since")
    assert found.complaints - {""} == {
        "User.nam: read, but the schema has no such field", "User.since: read as flag, and the schema says datetime",
    }  # fmt: skip
    assert found.untyped == {"free of one of value of it: x"}
    assert ("Name", "full") in found.read
    assert "owners" not in user
    assert ("User", "owners") not in found.read
