"""Collectors of SCIM against a server that pages, throttles, contradicts itself and leaves things out.

The shapes are those of RFC 7643 and RFC 7644 (https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.engine import Collected
from tests.collectors.rest_world import told
from tests.collectors.scim.conftest import CORE, ENTERPRISE, place
from tests.https_server import Asked, Said, Server

Listing = Callable[[int, int], dict[str, Any]]
SCHEMAS = [
    {"id": CORE, "attributes": [
        *({"name": name, "returned": "default"} for name in ("userName", "displayName", "emails", "active", "userType")),
        {"name": "password", "returned": "never"}, {"name": "title", "returned": "request"}, {"name": "nickName"},
    ]},
    {"id": ENTERPRISE, "attributes": [{"name": "department", "returned": "default"}]},
]  # fmt: skip
TYPES = [{"name": "User", "endpoint": "/Users"}, {"name": "Group", "endpoint": "/Groups"}]


def user(number: int, **more: Any) -> dict[str, Any]:
    meta = {"created": "2026-01-02T03:04:05.678Z"}
    return {"id": f"u{number}", "userName": f"user{number}", "active": True, "meta": meta, **more}


def pages(people: list[dict[str, Any]], most: int = 100, **more: Any) -> Listing:
    """A listing whose pages have at most so many entries, whatever was asked for."""

    def page(start: int, count: int) -> dict[str, Any]:
        found = people[start - 1 : start - 1 + min(most, count)]
        return {
            "totalResults": len(people),
            "startIndex": start,
            "itemsPerPage": len(found),
            "Resources": found,
            **more,
        }

    return page


def looked(running: Server, listing: Listing, name: str = "users.users", **settings: Any) -> Collected:
    def answer(asked: Asked) -> Said:
        match asked.path.rpartition("/")[2]:
            case "Schemas":
                return Said({"totalResults": len(SCHEMAS), "Resources": SCHEMAS})
            case "ResourceTypes":
                return Said({"totalResults": len(TYPES), "Resources": TYPES})
            case "ServiceProviderConfig":
                return Said({"authenticationSchemes": [{"type": "oauthbearertoken"}, {"type": "httpBasic"}]})
        found = listing(int(asked.query.get("startIndex", 1)), int(asked.query["count"]))
        return found.pop("said", None) or Said(found)

    running.answer = answer
    running.asked.clear()
    return place(running).unit(name, **settings)


def seen(unit: Collected) -> list[str]:
    return [each.id for evidence in unit.evidence for each in evidence.resources]


def reasons(unit: Collected) -> list[str]:
    return [gap.reason for gap in unit.unit.gaps]


def test_pages_smaller_than_asked_for_are_turned_to_the_end(running: Server) -> None:
    unit = looked(running, pages([user(n) for n in range(7)], most=3))
    assert (seen(unit), reasons(unit)) == ([f"u{n}" for n in range(7)], [])
    assert [each.query["startIndex"] for each in running.asked if each.path.endswith("Users") and "startIndex" in each.query] == [
        "1", "4", "7",
    ]  # fmt: skip


def test_a_service_with_nobody_may_leave_the_list_out(running: Server) -> None:
    unit = looked(running, lambda _start, _count: {"totalResults": 0})
    assert (seen(unit), reasons(unit)) == ([], [])


@pytest.mark.parametrize(("listing", "found", "reason"), [
    (  # an account came while the pages were turned
        lambda start, _: {"totalResults": 2 if start == 1 else 3, "Resources": [user(start)] if start < 4 else []},
        ["u1", "u2", "u3"], "says that there are 2 and 3, and showed 3",
    ),
    (  # one went: another slipped through between two pages
        lambda start, _: {"totalResults": 4 - (start > 2), "Resources": [user(start), user(start + 1)] if start < 3 else [user(4)]},
        ["u1", "u2", "u4"], "says that there are 3 and 4, and showed 3",
    ),
    (lambda _start, _: {"totalResults": 5, "Resources": [user(1), user(2)]}, ["u1", "u2"], "shows nothing but what was on pages before"),
    (lambda start, _: {"totalResults": 5, "Resources": [user(1), user(2)] if start == 1 else []}, ["u1", "u2"], "says that there are 5, and showed 2"),
    (lambda start, _: {"totalResults": 9, "Resources": [user(1)] if start == 1 else []}, ["u1"], "that there are 9, and showed 1"),
    (lambda start, _: {"totalResults": 9, "Resources": [user(1)]} if start == 1 else {"said": Said(b"", 403)}, ["u1"], "status 403"),
    (lambda _start, _: {"Resources": [user(1)]}, [], "a page of GET /Users has no totalResults in the answer"),
    (lambda _start, _: {"totalResults": 1}, [], "has no list of Resources"),
    (lambda _start, _: {"totalResults": 1, "Resources": [{"userName": "nobody"}]}, [], "an entry of GET /Users has no id"),
    (lambda _start, _: {"totalResults": 1, "Resources": ["u1"]}, [], "an entry of GET /Users is not what it should be"),
])  # fmt: skip
def test_what_is_not_all_is_a_gap(running: Server, listing: Listing, found: list[str], reason: str) -> None:
    unit = looked(running, listing)
    assert seen(unit) == found
    assert reason in " ".join(reasons(unit))


def test_who_appears_twice_is_one(running: Server) -> None:
    unit = looked(running, lambda _start, _: {"totalResults": 1, "Resources": [user(1), user(1)]})
    assert (seen(unit), reasons(unit)) == (["u1"], [])


@pytest.mark.parametrize(("entry", "expected"), [
    ({"active": None}, {"enabled": "? active of an entry of GET /Users is null"}),
    ({"active": "true"}, {"enabled": "? active of an entry of GET /Users is a text"}),
    ({"meta": {}}, {"created": "? meta of an entry of GET /Users has no created in the answer"}),
    ({"displayName": ""}, {"name": ""}),
    ({"name": {"formatted": "Dr. A"}}, {"name": "Dr. A"}),
    ({"emails": [{"value": "a@x"}, {"value": "b@x", "primary": True}]}, {"email": "b@x"}),
    ({"emails": [{"type": "work"}]}, {"email": "? one of emails of an entry of GET /Users has no value in the answer"}),
    ({"emails": []}, {"email": ""}),
    ({}, {"email": "? the service shows no emails", "name": "? the service shows no displayName"}),
    ({}, {"guest": "? the service shows no userType"}),
    ({"userType": "Vendor"}, {"guest": True}),
    ({"userName": 7}, {"login": "? userName of an entry of GET /Users is a number", "enabled": True}),
    ({"surprise": {"x": 1}, "active": False}, {"enabled": False, "expires": None}),
])  # fmt: skip
def test_what_is_not_shown_is_not_seen(running: Server, entry: dict[str, Any], expected: dict[str, Any]) -> None:
    unit = looked(running, pages([user(1, **entry)]))
    found = told(unit)["idp_user"]["u1"]
    assert {name: found[name] for name in expected} == expected


def test_what_is_shown_of_others_is_empty_where_it_is_missing(running: Server) -> None:
    unit = looked(running, pages([user(1, emails=[{"value": "a@x"}], title="Dr.", userType="Employee"), user(2)]))
    second = told(unit)["idp_user"]["u2"]
    assert (second["email"], second["guest"]) == ("", False)


def test_groups_of_which_no_member_is_shown_have_unknown_members(running: Server) -> None:
    unit = looked(running, pages([{"id": "g1", "displayName": "all"}]), "groups.groups")
    assert told(unit)["idp_group"]["g1"]["members"] == "? the service shows members of no group"


def test_a_group_that_fails_on_the_way_is_a_gap(running: Server) -> None:
    group = {"id": "g1", "displayName": "all", "members": [{"value": "u2"}, {"value": "u1"}]}
    unit = looked(running, pages([group], totalResults=2), "groups.groups")
    assert told(unit)["idp_group"]["g1"]["members"] == ("u1", "u2")
    assert "says that there are 2, and showed 1" in reasons(unit)[0]


@pytest.mark.parametrize(("listing", "strangers"), [
    (pages([user(1)]), "shown"),
    (pages([]), "nothing"),
    (lambda _start, _: {"totalResults": 0}, "nothing"),
    (lambda _start, _: {"said": Said(b"", 403)}, "refused"),
    (lambda _start, _: {"said": Said(b"", 404)}, "? GET /Users as nobody is answered with status 404"),
])  # fmt: skip
def test_strangers(running: Server, listing: Listing, strangers: str) -> None:
    (found,) = told(looked(running, listing, "service.service"))["scim_service"].values()
    assert found["strangers"] == strangers
    assert found["authentication"] == ("httpbasic", "oauthbearertoken")


@pytest.mark.parametrize(("attributes", "expected"), [
    ([{"name": "userName"}], "not kept"),
    ([{"name": "password", "returned": "default"}], "default"),
    ([{"name": "password", "returned": "sometimes"}], "? passwords are returned 'sometimes', which is none of never, request, default, always"),
    ([{"name": "password"}], "? one of attributes of an entry of GET /Schemas has no returned in the answer"),
])  # fmt: skip
def test_what_the_schema_says_of_passwords(
    running: Server, monkeypatch: pytest.MonkeyPatch, attributes: Any, expected: str
) -> None:
    monkeypatch.setitem(SCHEMAS[0], "attributes", attributes)
    (found,) = told(looked(running, pages([]), "service.service"))["scim_service"].values()
    assert found["passwords_returned"] == expected


def test_a_service_without_a_schema_of_users_says_nothing_of_passwords(
    running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCHEMAS[0], "id", "urn:example:other")
    (found,) = told(looked(running, pages([]), "service.service"))["scim_service"].values()
    assert found["passwords_returned"] == "? the service declares no schema of users"


@pytest.mark.parametrize("enterprise", [{"department": "Sales", "manager": {"value": "u9"}}, "odd"])
def test_the_enterprise_extension_is_asked_for_where_it_is_declared(running: Server, enterprise: Any) -> None:
    unit = looked(running, pages([user(1, **{ENTERPRISE: enterprise}), user(2)]))
    assert (seen(unit), reasons(unit)) == (["u1", "u2"], [])
    (asked,) = (
        each.query["attributes"] for each in running.asked if each.path == "/v2/Users" and "startIndex" in each.query
    )
    assert f"{ENTERPRISE}:department" in asked
    assert f"{ENTERPRISE}:manager" not in asked
