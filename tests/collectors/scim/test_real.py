"""Collectors of SCIM against a real server: what they see, what they ask, and what they may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import checks.idp
import checks.scim
from collectors.scim import equivalent, least_privilege
from core.model import Status
from core.plugins import Check, discover
from core.resource import missing_fields
from tests.collectors.rest_world import WAYS, Place, World, told
from tests.collectors.scim.conftest import COLLECTORS
from tests.https_server import Answer, Said

CHECKS = discover([checks.idp, checks.scim], Check)


@pytest.fixture(scope="module")
def world(corp: Place) -> World:
    return corp.world(CHECKS)


def test_users_are_seen_as_far_as_the_service_shows_them(world: World) -> None:
    found = {each["login"]: each for each in told(world.units["scim.users.users"])["idp_user"].values()}
    ada, bob, service, eve = (found[name] for name in ("ada", "bob", "svc-backup", "eve"))
    assert (ada["name"], ada["email"], ada["enabled"], ada["guest"]) == ("Ada Lovelace", "ada@example.org", True, False)
    assert (bob["name"], bob["email"], bob["enabled"], bob["guest"]) == ("Bob Stone", "", False, True)
    assert (service["service"], ada["service"]) == (True, False)
    assert eve["enabled"].startswith("? ")
    assert ada["created"].tzinfo is not None
    assert ada["last_sign_in"] == "? SCIM does not tell"
    assert not world.units["scim.users.users"].unit.gaps


def test_nothing_is_asked_for_that_is_not_needed(world: World) -> None:
    kept = b"".join(world.units["scim.users.users"].bodies.values())
    assert b"7946" not in kept
    assert b"Engines" in kept


def test_groups_have_members_or_none(world: World) -> None:
    found = {each["name"]: each["members"] for each in told(world.units["scim.groups.groups"])["idp_group"].values()}
    assert (len(found["admins"]), found["nobody"]) == (1, ())


def test_the_service_says_what_it_is(world: World) -> None:
    (said,) = told(world.units["scim.service.service"])["scim_service"].values()
    assert (said["authentication"], said["passwords_returned"], said["strangers"]) == (
        ("oauthbearertoken",), "never", "refused",
    )  # fmt: skip
    statuses = {key[0]: status for key, status in world.statuses(world.evidence).items() if key[0].startswith("scim.")}
    assert set(statuses.values()) == {Status.PASS}


def test_what_is_called_is_what_is_declared(world: World, corp: Place) -> None:
    assert world.asked == set(world.operations)
    assert {each.verb for each in corp.server.asked} == {"GET"}
    printed = least_privilege(read for each in COLLECTORS.values() for read in each.permissions)
    assert all(operation in printed for operation in world.operations)
    stranger = [each for each in corp.server.asked if "authorization" not in each.headers]
    assert {each.path for each in stranger} == {"/v2/Users"}


def test_a_person_can_look_as_well(world: World) -> None:
    unit = world.units["scim.service.service"].unit
    said = {each.operation: equivalent(unit, each) for each in unit.exchanges}
    assert "$TOKEN" not in said["GET /Users as nobody"]
    assert said["GET /Schemas"].startswith(
        'curl --fail-with-body --request GET --header "Authorization: Bearer $TOKEN"'
    )
    assert "--url-query count=1" in said["GET /Users as nobody"]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, way: str) -> None:
    refusals = {"401", "403"} if way in ("401", "403") else set[str]()
    wrong = [
        complaint
        for operation in world.operations
        if not (refusals and operation.endswith("as nobody"))  # for a stranger, that is the answer
        for complaint in world.complaints(operation, way)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def real(corp: Place) -> Iterator[Answer]:
    """What the real server answers, for tests that put something in between."""
    before = corp.server.answer
    yield before
    corp.server.answer = before


def test_without_a_schema_nothing_is_known_to_be_empty(corp: Place, real: Answer) -> None:
    corp.server.answer = lambda asked: Said(b"", 404) if asked.path == "/v2/Schemas" else real(asked)
    unit = corp.unit("users.users")
    (bob,) = (each for each in unit.evidence[0].resources if each.login == "bob")  # type: ignore[attr-defined]
    assert "email" in missing_fields(bob)


def test_a_service_without_groups_has_none(corp: Place, real: Answer) -> None:
    types: dict[str, object] = {"totalResults": 1, "Resources": [{"name": "User", "endpoint": "/Users"}]}
    corp.server.answer = lambda asked: Said(types) if asked.path == "/v2/ResourceTypes" else real(asked)
    unit = corp.unit("groups.groups")
    assert (unit.evidence[0].resources, unit.unit.gaps) == ((), ())
    types["Resources"] = [{"name": "Group", "endpoint": "/v2/Groups"}]
    assert len(corp.unit("groups.groups").evidence[0].resources) == 2
    types["Resources"] = [{"name": "Group", "endpoint": "/Teams"}]
    (gap,) = corp.unit("groups.groups").unit.gaps
    assert gap.reason == "the service keeps the type Group at /Teams, which is not asked"
    types["totalResults"] = 2
    (gap,) = corp.unit("groups.groups").unit.gaps
    assert gap.reason == "GET /ResourceTypes: the service says that there are 2, and showed 1"


def test_a_token_that_is_wrong_is_a_gap(corp: Place, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("somebody-elses-token", encoding="utf-8")
    unit = corp.unit("users.users", token={"file": str(tmp_path / "token")})
    (gap,) = unit.unit.gaps
    assert "status 401" in gap.reason
    assert unit.unit.principal == ""
