"""When accounts and keys were last used, and what looks for attacks: what is asked, and what a refusal leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.resource import missing_fields
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import GROUPS, USED, inventory, look, surveyed, world
from tests.gcp_server import directory_served

USES, DETECTING = "gcp.last_use.uses", "gcp.threats.services"


def test_each_project_with_accounts_is_asked() -> None:
    accounts, keys = world().found("gcp_account_uses"), world().found("gcp_key_uses")
    assert accounts.keys() == {estate.SHOP, estate.LAB}
    assert keys.keys() == {estate.SHOP, estate.LAB}
    assert keys[estate.SHOP].uses == ()
    (used,), (unused,) = accounts[estate.SHOP].uses, accounts[estate.LAB].uses
    assert (used.name, used.last) == ("1001", datetime(2026, 11, 19, 8, tzinfo=UTC))
    assert (unused.last, unused.since, unused.until) == (
        None, datetime(2025, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC),
    )  # fmt: skip
    assert {each.name for each in keys[estate.LAB].uses} == {estate.OLD_KEY, "cc", "dd"}
    asked = [each for each in world().units[USES].unit.exchanges if "KeyLast" in each.operation]
    assert sorted((each.parameters["project"], each.page) for each in asked) == [("123", 1), ("124", 1), ("124", 2)]


def seen(used: Any, *refused: str, **settings: Any) -> Any:
    with inventory() as (_, address), directory_served(GROUPS, refused, used=used) as (directory, _):
        return look(surveyed(address, directory, **settings), USES, DETECTING)


def test_a_project_that_may_not_be_asked_hides_no_other() -> None:
    found = seen(USED, estate.LAB)
    assert found.found("gcp_account_uses").keys() == {estate.SHOP}
    assert found.found("gcp_key_uses").keys() == {estate.SHOP}
    (gap,) = found.units[USES].unit.gaps
    assert "403" in gap.reason
    assert "annexa permissions gcp" in gap.hint


@pytest.mark.parametrize(
    ("activity", "hidden"),
    [
        ({}, {"name", "since", "until"}),
        (
            {"fullResourceName": 1, "activity": {"lastAuthenticatedTime": "long ago"}},
            {"name", "last", "since", "until"},
        ),
    ],
)
def test_an_activity_that_does_not_say_is_not_observed(activity: dict[str, Any], hidden: set[str]) -> None:
    found = seen({estate.LAB: {"serviceAccountKeyLastAuthentication": [activity]}})
    (use,) = found.found("gcp_key_uses")[estate.LAB].uses
    assert missing_fields(use).keys() == hidden
    assert found.found("gcp_account_uses")[estate.LAB].uses == ()


def test_an_answer_that_is_none_is_a_gap() -> None:
    found = seen({estate.LAB: {"serviceAccountKeyLastAuthentication": "odd"}})
    (gap,) = found.units[USES].unit.gaps
    assert "no list" in gap.reason


def test_services_that_look_for_attacks_are_asked_of_an_organization() -> None:
    found = {each.name: each for each in world().found("gcp_detection_service").values()}
    assert (found["event-threat-detection"].on, found["container-threat-detection"].on) == (True, False)
    assert missing_fields(found["web-security-scanner"]).keys() == {"on"}
    refused = seen(USED, "900").units[DETECTING]
    assert "403" in refused.unit.gaps[0].reason
    below = seen(USED, scope="folders/800").units[DETECTING]
    assert not below.unit.gaps
    assert not below.unit.exchanges
