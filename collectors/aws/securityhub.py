"""Security Hub. Where it is not on, AWS says so with an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.securityhub import SecurityHubRegion, Standard

HUB = Read("securityhub", "DescribeHub")
STANDARDS = Read("securityhub", "GetEnabledStandards")

NOT_ON = "not subscribed"
"""Words of the one error that means "not switched on". Its code is that of other refusals as well."""


@collector(permissions=(HUB, STANDARDS))
def region(region: AwsRegion) -> Iterator[SecurityHubRegion]:
    """Whether Security Hub gathers findings in the region, and by which standards it judges."""
    if not _is_on(region):
        yield SecurityHubRegion(id=region.scope, enabled=False, standards=())
        return
    yield SecurityHubRegion(
        id=region.scope,
        enabled=True,
        standards=region.look(
            lambda: tuple(
                _standard(each)
                for each in sorted(
                    region.pages(STANDARDS, "StandardsSubscriptions"), key=lambda one: one["StandardsArn"]
                )
            )
        ),
    )


def _is_on(region: AwsRegion) -> bool:
    try:
        region.ask(HUB)
    except ClientError as error:
        if is_answer(error, "InvalidAccessException") and NOT_ON in str(error):
            return False
        raise
    return True


def _standard(found: Mapping[str, Any]) -> Standard:
    return Standard(
        name=found["StandardsArn"].partition("/")[2],
        status=found["StandardsStatus"],
        reason=found.get("StandardsStatusReason", {}).get("StatusReasonCode", ""),
    )
