"""Access points of S3, by which a bucket is reached past its own name. Each is asked on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.s3 import block
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.policy import Statement
from core.resources.aws.s3 import AccessPoint

POINTS = Read("s3control", "ListAccessPoints")
POINT = Read("s3control", "GetAccessPoint")
POLICY = Read("s3control", "GetAccessPointPolicy")


@collector(permissions=(POINTS, POINT, POLICY))
def access_points(region: AwsRegion) -> Iterator[AccessPoint]:
    """Every access point of the region, with its policy."""
    listed = list(region.pages(POINTS, "AccessPointList", AccountId=region.account))
    yield from region.each(lambda found: _point(region, found), listed)


def _point(region: AwsRegion, found: Mapping[str, Any]) -> AccessPoint:
    name = {"AccountId": region.account, "Name": found["Name"]}
    said = region.look(lambda: region.ask(POINT, **name))
    return AccessPoint(
        id=found["AccessPointArn"],
        name=found["Name"],
        account=region.account,
        bucket=found["Bucket"],
        network=(found.get("VpcConfiguration") or {}).get("VpcId", ""),
        block=part_of(said, lambda one: block(one.get("PublicAccessBlockConfiguration"))),
        statements=region.look(lambda: _statements(region, name)),
    )


def _statements(region: AwsRegion, name: Mapping[str, str]) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, **name)["Policy"])
    except ClientError as error:
        if is_answer(error, "NoSuchAccessPointPolicy"):
            return ()
        raise
