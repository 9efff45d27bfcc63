"""Truth tables of the checks of AWS's own inventories."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.inventory import (
    one_index_gathers_all_regions,
    region_has_an_index,
    resource_has_an_owner,
    resource_is_classified,
    resources_are_labelled,
    resources_stand_where_they_may,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.inventory import LabelledResource, ResourceIndex
from core.resources.aws.survey import Region
from tests.checks.aws.making import status
from tests.twins import population


def indexes(*found: tuple[str, bool], missing: str = "") -> Population[ResourceIndex]:
    made = [ResourceIndex(id=region, region=region, aggregates=aggregates) for region, aggregates in found]
    return population(*made, kind="aws_resource_index", missing=missing)


def region(opt_in: Any = "opted-in") -> Region:
    return Region(id="eu-west-1", opt_in=opt_in, looked_at=True, left_out="")


def labelled(*labels: tuple[str, ...]) -> Population[LabelledResource]:
    made = [
        LabelledResource(
            id=f"arn:{number:02}", account="1", location="eu-west-1", labels=each, tags=dict.fromkeys(each, "x")
        )
        for number, each in enumerate(labels)
    ]
    return population(*made, kind="aws_labelled_resource")


def test_region_has_an_index() -> None:
    assert status(region_has_an_index(region(), indexes(("eu-west-1", False)))) == "pass"
    assert status(region_has_an_index(region(), indexes(("us-east-1", True)))) == "fail"
    assert status(region_has_an_index(region("not-opted-in"), indexes())) == "not_applicable"
    with pytest.raises(NotObservedError):
        region_has_an_index(region(), indexes(missing="denied"))


def test_one_index_gathers_all_regions() -> None:
    assert status(one_index_gathers_all_regions(indexes(("eu-west-1", False), ("us-east-1", True)))) == "pass"
    assert status(one_index_gathers_all_regions(indexes(("eu-west-1", False)))) == "fail"
    assert status(one_index_gathers_all_regions(indexes())) == "fail"


def test_resources_are_labelled() -> None:
    assert status(resources_are_labelled(labelled(("Owner",)))) == "not_applicable"
    assert status(resources_are_labelled(labelled(("Owner", "Purpose"), ("Owner",)), keys=("Owner",))) == "pass"
    verdict = resources_are_labelled(labelled(("Owner",), ()), keys=("Owner",))
    assert verdict.reason == "1 of 2 resources with labels lack one of Owner: arn:01"
    many = resources_are_labelled(labelled(*[()] * 11), keys=("Owner",))
    assert many.reason.endswith("arn:09, …")


def test_who_owns_a_resource_and_how_it_is_classified() -> None:
    (named,) = labelled(("Team", "Data-Classification"))
    (bare,) = labelled(("purpose",))
    denied = unobserved("denied")
    unseen = LabelledResource(id="arn:1", account="1", location="eu-west-1", labels=denied, tags=denied)
    for check in (resource_has_an_owner, resource_is_classified):
        assert status(check(named)) == "pass"
        assert status(check(bare)) == "fail"
        with pytest.raises(NotObservedError):
            check(unseen)
    assert resource_has_an_owner(bare).reason == "no label names its owner: none of owner, team has a value"
    assert status(resource_has_an_owner(bare, keys=("Purpose",))) == "pass"


def test_resources_stand_where_they_may() -> None:
    assert status(resources_stand_where_they_may(labelled(()))) == "not_applicable"
    assert status(resources_stand_where_they_may(labelled(()), locations=("eu-*",))) == "pass"
    assert status(resources_stand_where_they_may(labelled(()), locations=("us-*",))) == "fail"
