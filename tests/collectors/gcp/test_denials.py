"""Deny policies: what is asked about, what a refusal leaves, and that few places are asked about."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.gcp.denials import MOST
from core.resource import missing_fields
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import DENIED, GROUPS, inventory, look, surveyed, world
from tests.gcp_server import directory_served

DENIALS = "gcp.denials.denials"
ACTING = estate.grant("roles/iam.serviceAccountUser", "user:ada@example.org")


def test_places_where_somebody_may_act_as_all_accounts_are_asked_about_and_those_above() -> None:
    found = world().found("gcp_denials")
    assert found.keys() == {estate.ORGANIZATION, estate.FOLDER, estate.LAB}  # and not the shop, where nobody may
    assert [found[each].rules for each in (estate.FOLDER, estate.LAB)] == [(), ()]
    (rule,) = found[estate.ORGANIZATION].rules
    assert rule.principals == ("principalSet://goog/public:all",)
    assert rule.spared_principals == ("principal://goog/subject/bob@example.org",)
    assert rule.permissions == ("iam.googleapis.com/serviceAccountKeys.*",)
    assert rule.spared_permissions == ("iam.googleapis.com/serviceAccountKeys.list",)
    assert rule.condition == "true"
    assert list(found[estate.ORGANIZATION].persons()) == ["bob@example.org"]


def seen(*more: dict[str, Any], refused: tuple[str, ...] = (), denied: Any = DENIED) -> Any:
    with inventory(*more) as (_, address), directory_served(GROUPS, refused, denied=denied) as (directory, asked):
        look_ = look(surveyed(address, directory), DENIALS)
    assert not look_.units[DENIALS].unit.gaps
    return look_.found("gcp_denials"), asked


def test_a_place_that_may_not_be_read_is_unobserved_and_no_other_is() -> None:
    found, _ = seen(refused=(estate.FOLDER,))
    assert {place for place, each in found.items() if missing_fields(each)} == {estate.FOLDER}


@pytest.mark.parametrize(
    "denied", [{estate.LAB: {"odd": {"rules": "odd"}}}, {estate.LAB: "odd"}], ids=["rules", "policies"]
)
def test_an_answer_that_is_none_is_unobserved(denied: Any) -> None:
    found, _ = seen(denied=denied)
    assert missing_fields(found[estate.LAB])


def test_no_more_places_are_asked_about_than_the_quota_allows() -> None:
    many = [
        estate.policy("cloudresourcemanager.googleapis.com/Project", each, ACTING, of=each)
        for each in (f"projects/{200 + number}" for number in range(MOST))
    ]
    found, asked = seen(*many, denied={})
    assert len(asked) == MOST
    hidden = {place for place, each in found.items() if missing_fields(each)}
    assert len(found) == MOST + 3
    assert len(hidden) == 3
    assert not hidden & {estate.ORGANIZATION, estate.FOLDER}
