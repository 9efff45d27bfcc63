"""One index, of one region; and tags on the default networks."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

INDEX = f"arn:aws:resource-explorer-2:us-east-1:{ACCOUNT}:index/1a2b3c4d"
ANSWERS = {
    "resource-explorer-2:ListIndexes": Canned(
        {"Indexes": [{"Arn": INDEX, "Region": "us-east-1", "Type": "AGGREGATOR"}]}
    )
}
SETTINGS = {
    "aws.inventory.resources_are_labelled": {"keys": ("owner",)},
    "aws.inventory.resources_stand_where_they_may": {"locations": ("us-*", "eu-*")},
}


def populate(aws: Maker) -> None:
    for region in aws.regions:
        network = aws.client("ec2", region)
        default = network.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        network.create_tags(Resources=[default], Tags=[{"Key": "owner", "Value": "ada"}])
