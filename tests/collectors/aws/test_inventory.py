"""What AWS's list of tags says of resources, and what their ARNs say."""

from __future__ import annotations

from typing import Any

from collectors.aws import inventory
from tests.collectors.aws.answering import region_that_says
from tests.collectors.aws.world import ACCOUNT, REGIONS


def test_what_is_labelled_is_told_with_its_account_and_its_place() -> None:
    """https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html"""
    arns = (
        f"arn:aws:ec2:eu-central-1:{ACCOUNT}:instance/i-1",
        "arn:aws:s3:::photos",
        f"arn:aws:iam::{ACCOUNT}:role/deploy",
    )
    said = [{"ResourceARN": arn, "Tags": [{"Key": "b", "Value": "x"}, {"Key": "a", "Value": ""}]} for arn in arns]
    place = region_that_says({"resourcegroupstaggingapi:GetResources": {"ResourceTagMappingList": said}})
    found: list[Any] = list(inventory.labelled_resources(place))
    assert [(each.location, each.account) for each in found] == [
        ("eu-central-1", ACCOUNT), (REGIONS[0], ACCOUNT), ("global", ACCOUNT),
    ]  # fmt: skip
    assert {(each.labels, *each.tags.items()) for each in found} == {(("b",), ("b", "x"))}
