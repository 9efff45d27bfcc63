"""AppStream. One listing says everything."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.appstream import Fleet

FLEETS = Read("appstream", "DescribeFleets")


@collector(permissions=(FLEETS,))
def fleets(region: AwsRegion) -> Iterator[Fleet]:
    """Every fleet of the region."""
    for found in listed(region, FLEETS, "Fleets"):
        silent = unobserved(f"AWS does not say it of {found['Name']}")
        yield Fleet(
            id=found["Arn"],
            name=found["Name"],
            internet=found.get("EnableDefaultInternetAccess", silent),
            refuses_old_metadata=found.get("DisableIMDSV1", silent),
            longest=found.get("MaxUserDurationInSeconds", silent),
            idle=found.get("IdleDisconnectTimeoutInSeconds", silent),
        )
