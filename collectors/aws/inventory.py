"""AWS's own inventories: the indexes of Resource Explorer, and the list of what has tags, which is no list of all."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsAccount, AwsRegion
from core.plugins import collector
from core.resources.aws.inventory import LabelledResource, ResourceIndex
from core.resources.cloud import NO_PLACE

INDEXES = Read("resource-explorer-2", "ListIndexes")
TAGGED = Read("resourcegroupstaggingapi", "GetResources")


@collector(permissions=(INDEXES,))
def resource_indexes(account: AwsAccount) -> Iterator[ResourceIndex]:
    """The indexes of Resource Explorer, in all regions."""
    for found in account.pages(INDEXES, "Indexes"):
        yield ResourceIndex(id=found["Arn"], region=found["Region"], aggregates=found["Type"] == "AGGREGATOR")


@collector(permissions=(TAGGED,))
def labelled_resources(region: AwsRegion) -> Iterator[LabelledResource]:
    """Every resource of the region that has, or had, tags."""
    for found in listed(region, TAGGED, "ResourceTagMappingList"):
        tags = {each["Key"]: each["Value"] for each in found.get("Tags", ()) if each["Value"]}
        yield LabelledResource(
            id=found["ResourceARN"],
            account=region.account,
            location=_location(found["ResourceARN"], region.scope),
            labels=tuple(sorted(tags)),
            tags=tags,
        )


def _location(arn: str, region: str) -> str:
    """Services that are everywhere at once have no region in their ARNs. Nor have buckets, which are listed by theirs.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    _, _, service, own, *_ = arn.split(":")
    return own or (region if service == "s3" else NO_PLACE)
