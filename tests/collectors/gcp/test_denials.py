"""Deny policies: those that the inventory tells whole, those that it only names, and what a refusal leaves."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.gcp.denials import MOST
from core.resource import missing_fields
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import DENIED, GROUPS, inventory, look, surveyed, world
from tests.gcp_server import directory_served

DENIALS = "gcp.denials.denials"


def test_rules_are_told_by_the_inventory_and_those_that_it_leaves_out_by_iam() -> None:
    found = world().found("gcp_denials")
    assert found.keys() == {estate.ORGANIZATION, estate.LAB}
    told, asked = found[estate.ORGANIZATION].rules
    assert told.principals == ("principalSet://goog/public:all",)
    assert told.spared_principals == ("principal://goog/subject/bob@example.org",)
    assert told.permissions == ("iam.googleapis.com/serviceAccountKeys.*",)
    assert told.spared_permissions == ("iam.googleapis.com/serviceAccountKeys.list",)
    assert told.condition == "true"
    assert asked.permissions == ("iam.googleapis.com/serviceAccounts.getAccessToken",)
    assert list(found[estate.ORGANIZATION].persons()) == ["bob@example.org"]
    assert len(world().units[DENIALS].unit.exchanges) == 4  # two pages of the listing, two policies


def seen(*more: dict[str, Any], refused: tuple[str, ...] = (), denied: Any = DENIED) -> Any:
    with inventory(*more) as (_, address), directory_served(GROUPS, refused, denied=denied) as (directory, asked):
        look_ = look(surveyed(address, directory), DENIALS)
    return look_.found("gcp_denials"), asked, look_.units[DENIALS].unit.gaps


def test_a_policy_that_may_not_be_read_hides_what_is_denied_there_and_nothing_else() -> None:
    found, _, gaps = seen(refused=(estate.LAB,))
    assert {place for place, each in found.items() if missing_fields(each)} == {estate.LAB}
    assert not gaps


@pytest.mark.parametrize("rules", ["odd", []], ids=str)
def test_an_answer_that_is_none_is_unobserved(rules: Any) -> None:
    found, _, _ = seen(denied={**DENIED, estate.LAB: {"silent": {"rules": rules}}})
    assert {place for place, each in found.items() if missing_fields(each)} == {estate.LAB}


def test_no_more_policies_are_asked_for_than_the_quota_allows() -> None:
    places = [f"projects/{200 + number}" for number in range(MOST)]
    many = [
        estate.asset("iam.googleapis.com/PolicyV2", estate.deny_policy(each, "silent"), {"kind": "DenyPolicy"}, of=each)
        for each in places
    ]
    told = {each: {"silent": DENIED[estate.LAB]["silent"]} for each in (*places, *DENIED)}
    found, asked, _ = seen(*many, denied=told)
    assert len(asked) == MOST
    assert len([each for each in found.values() if missing_fields(each)]) == 2
