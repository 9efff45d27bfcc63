"""Which accounts and regions are looked at, which are left out, and what happens when nobody can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from collectors.aws import open_sources
from collectors.aws.settings import Settings
from collectors.aws.survey import OrganizationSurvey
from core.resource import missing_fields
from core.resources.aws.survey import MemberAccount, Region
from core.source import Source, Survey
from tests.collectors.aws.server import Canned, Refusal
from tests.collectors.aws.world import ACCOUNT, COLLECTORS, REGIONS, World, clock, run, world

ACCOUNTS, REGION_LIST = COLLECTORS["aws.organizations.accounts"], COLLECTORS["aws.account.regions"]
KEYS = COLLECTORS["aws.kms.keys"]
FOUR = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")
MANY = [f"{number:012}" for number in range(1, 13)]


@pytest.fixture
def found() -> Iterator[World]:
    the_world = world()
    with the_world.environment():
        yield the_world
    the_world.server.refuse.clear()


@pytest.fixture(scope="module")
def units() -> dict[str, str]:
    """The unit of the estate that has another in it, the members, and a tag on one of them."""
    organizations = world().maker.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    outer = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"][0]["Id"]
    numbers = {each["Name"]: each["Id"] for each in organizations.list_accounts()["Accounts"]}
    organizations.tag_resource(ResourceId=numbers["production"], Tags=[{"Key": "level", "Value": "high"}])
    return {"outer": outer, **numbers}


def looked_at(found: World, **settings: Any) -> dict[str, str]:
    """Accounts by name, with why they are left out."""
    survey = found.way(accounts="organization", **settings).organization()
    collected = run(ACCOUNTS, survey)
    assert collected.unit.gaps == ()
    members = [each for each in collected.evidence[0].resources if isinstance(each, MemberAccount)]
    shown = {source.id.rpartition("/")[2] for source in survey.unfold(collected.evidence, ())}
    assert shown == {each.id for each in members if each.looked_at}
    return {each.name: each.left_out for each in members}


EXCLUDED, NOT_INCLUDED = "excluded by the configuration", "not included by the configuration"


def test_accounts_are_chosen_by_number_unit_and_tag(found: World, units: dict[str, str]) -> None:
    assert set(looked_at(found).values()) == {""}
    development = {"master": "", "production": "", "development": EXCLUDED}
    assert looked_at(found, exclude={"ids": [units["development"]]}) == development
    assert looked_at(found, exclude={"units": [units["outer"]]}) == development
    production = {"master": NOT_INCLUDED, "production": "", "development": NOT_INCLUDED}
    assert looked_at(found, include={"tags": {"level": "high"}}) == production
    assert looked_at(found, include={"ids": [units["production"], ACCOUNT]}, exclude={"ids": [ACCOUNT]}) == {
        **production, "master": EXCLUDED,
    }  # fmt: skip


def test_an_account_whose_units_cannot_be_seen_is_not_looked_at_by_mistake(found: World, units: dict[str, str]) -> None:
    survey = found.way(accounts="organization", exclude={"units": [units["outer"]]}).organization()
    found.server.refuse = {"organizations:ListOrganizationalUnitsForParent": "denied"}
    collected = run(ACCOUNTS, survey)
    assert len(collected.unit.gaps) == 1
    assert list(survey.unfold(collected.evidence, ())) == []


def test_where_the_list_was_denied_the_known_accounts_are_asked(found: World) -> None:
    survey = found.way(accounts="organization").organization()
    found.server.refuse = {"organizations:ListAccounts": "denied"}
    known = {(f"aws/default/{MANY[0]}", "eu-west-1"), ("aws/other/9", ""), ("host/web-1", "")}
    shown = list(survey.unfold(run(ACCOUNTS, survey).evidence, known))
    assert [each.id for each in shown] == [f"aws/default/{MANY[0]}"]


def scopes(survey: Survey, known: set[tuple[str, str]] | None = None) -> list[str]:
    return [each.scope for each in survey.unfold(run(REGION_LIST, survey).evidence, known or set())]


def test_regions_are_those_that_are_enabled_or_those_that_are_listed(found: World) -> None:
    enabled = scopes(found.way(regions="enabled").account("aws/default", ""))
    assert enabled[0] == "global"
    assert {"us-east-1", "eu-west-1"} <= set(enabled)
    assert scopes(found.way().account("aws/default", "")) == ["global", *sorted(REGIONS)]


def test_a_region_of_which_nobody_knows_whether_it_is_opted_in_to_is_left_out(found: World) -> None:
    told = {
        "opted-in": "us-east-1",
        "enabling": "us-west-2",
        "": "eu-west-1",
    }
    items = (f"<item><regionName>{name}</regionName>{opted(said)}</item>" for said, name in told.items())
    answer = f"<DescribeRegionsResponse><regionInfo>{''.join(items)}</regionInfo></DescribeRegionsResponse>"
    found.server.canned["ec2:DescribeRegions"] = Canned(answer)
    survey = found.way(regions="enabled").account("aws/default", "")
    try:
        collected = run(REGION_LIST, survey)
    finally:
        del found.server.canned["ec2:DescribeRegions"]
    seen = {each.id: each for each in collected.evidence[0].resources if isinstance(each, Region)}
    assert {name: each.left_out for name, each in seen.items()} == {
        "us-east-1": "",
        "us-west-2": "EC2 says enabling of it, and not whether the account has opted in",
        "eu-west-1": "EC2 says nothing of it, and not whether the account has opted in",
    }
    assert [each.scope for each in survey.unfold(collected.evidence, ())] == ["global", "us-east-1"]
    assert missing_fields(seen["us-west-2"]) == {"opt_in": "EC2 says enabling of us-west-2"}


def opted(said: str) -> str:
    return f"<optInStatus>{said}</optInStatus>" if said else ""


def test_where_regions_cannot_be_listed_the_known_ones_are_asked_or_all_of_the_partition(found: World) -> None:
    found.server.refuse = {"ec2:DescribeRegions": "denied"}
    known = {("aws/default", "eu-west-3"), ("aws/default", ""), ("aws/default", "global"), ("aws/x", "us-west-1")}
    assert scopes(found.way(regions="enabled").account("aws/default", ""), known) == ["global", "eu-west-3"]
    assert len(scopes(found.way(regions="enabled").account("aws/default", ""))) > 15
    assert scopes(found.way().account("aws/default", ""), known) == ["global", *sorted(REGIONS)]


def test_where_not_even_the_identity_is_known_one_region_says_so_for_all(found: World) -> None:
    found.server.refuse = {"sts:GetCallerIdentity": "expired"}
    assert scopes(found.way(regions="enabled").account("aws/default", "")) == ["global", "us-east-1"]


def test_twelve_accounts_in_four_regions_of_which_two_accounts_fail(found: World) -> None:
    """A role that cannot be taken costs its own account, and is asked for once."""
    found.server.canned["sts:AssumeRole"] = Refusal("AccessDenied", "no").answer("query")
    way = found.way(regions=list(FOUR), external_id="agreed")
    good, bad = set(MANY[2:]), set(MANY[:2])
    units = []
    for number in MANY:
        if number == MANY[2]:
            del found.server.canned["sts:AssumeRole"]
        survey = way.account(f"aws/{number}", number)
        places: list[Source] = [survey, *survey.unfold(run(REGION_LIST, survey).evidence, ())]
        units += [run(KEYS, place) for place in places for _ in place.targets(KEYS.source)]
    assert len(units) == 12 * 4
    gaps = {each.unit.source.rpartition("/")[2] for each in units if each.unit.gaps}
    assert gaps == bad
    assert {each.unit.principal.split(":")[4] for each in units if not each.unit.gaps} == good
    (reason,) = {gap.reason.partition(": ")[2] for each in units for gap in each.unit.gaps}
    assert reason == "annexa-reader cannot be assumed (AccessDenied)"
    assert all(each.unit.exchanges for each in units)


def test_of_taking_a_role_only_the_metadata_is_kept(found: World) -> None:
    survey = found.way(external_id="agreed").account(f"aws/{MANY[5]}", MANY[5])
    collected = run(REGION_LIST, survey)
    (taken,) = [each for each in collected.unit.exchanges if each.operation == "sts:AssumeRole"]
    assert taken.parameters["RoleArn"] == f"arn:aws:iam::{MANY[5]}:role/annexa-reader"
    assert taken.parameters["ExternalId"] == "agreed"
    assert (taken.response, taken.size, taken.headers) == ("", 0, {})
    assert not any(b"SecretAccessKey" in body for body in collected.bodies.values())


def test_the_account_of_the_credentials_needs_no_role(found: World) -> None:
    found.server.refuse = {"sts:AssumeRole": "denied"}
    survey = found.way().account(f"aws/{ACCOUNT}", ACCOUNT)
    assert run(REGION_LIST, survey).unit.gaps == ()


def test_sources_are_made_without_touching_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    settings = [
        Settings(profile="nobody"),
        Settings(accounts=["111122223333"]),
        Settings(profile="acme", accounts="organization"),
    ]
    sources = list(open_sources(settings, list(COLLECTORS.values()), clock))
    assert [each.id for each in sources] == ["aws/nobody", "aws/111122223333", "aws/acme"]
    assert isinstance(sources[2], OrganizationSurvey)
    (gap,) = run(REGION_LIST, sources[0]).unit.gaps
    assert gap.reason == "aws/nobody: The config profile (nobody) could not be found"
    for each in sources:
        each.close()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"accounts": ["12"]}, "twelve digits"),
        ({"accounts": []}, "expected own, organization"),
        ({"accounts": ["111122223333", "111122223333"]}, "different accounts"),
        ({"regions": ["Ireland"]}, "looks like eu-central-1"),
        ({"regions": []}, "expected enabled"),
        ({"exclude": {"ids": ["111122223333"]}}, "set accounts to it"),
        ({"accounts": "organization", "exclude": {"units": ["sandboxes"]}}, "looks like ou-"),
        ({"accounts": "organization", "include": {"ids": ["1"]}}, "twelve digits"),
        ({"session_name": "no spaces"}, "pattern"),
    ],
)
def test_settings_that_cannot_be_right(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Settings(**settings)
