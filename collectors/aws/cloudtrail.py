"""Trails. One that records all regions is seen in each of them, and asked only in its home."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.cloudtrail import DataEvents, Trail, TrailShadow

DESCRIBE = Read("cloudtrail", "DescribeTrails")
STATUS = Read("cloudtrail", "GetTrailStatus")
SELECTORS = Read("cloudtrail", "GetEventSelectors")
INSIGHTS = Read("cloudtrail", "GetInsightSelectors")

MANAGEMENT, DATA = "Management", "Data"
EVERYWHERE = re.compile(r"arn:[a-z-]+:(s3|s3:::|lambda|dynamodb)")
"""How a selector names all resources of a kind: by an ARN that ends where the first of them would begin to differ."""


@collector(permissions=(DESCRIBE, STATUS, SELECTORS, INSIGHTS))
def trails(region: AwsRegion) -> Iterator[Trail | TrailShadow]:
    """The trails whose home is this region, those of the organization included, and of others that they are there."""
    for found in region.ask(DESCRIBE, includeShadowTrails=True)["trailList"]:
        arn, home = found["TrailARN"], found["HomeRegion"]
        if home == region.scope:
            yield _trail(region, found)
        else:
            yield TrailShadow(id=f"{region.scope}/{arn}", trail=arn, name=found["Name"], home=home)


def _trail(region: AwsRegion, found: Mapping[str, Any]) -> Trail:
    arn = found["TrailARN"]
    status = region.look(lambda: region.ask(STATUS, Name=arn))
    selectors = region.look(lambda: _selectors(region.ask(SELECTORS, TrailName=arn)))

    def of(whole: Any, name: str, default: Any = None) -> Any:
        return whole if isinstance(whole, Unobserved) else whole.get(name, default)

    return Trail(
        id=arn,
        name=found["Name"],
        home=found["HomeRegion"],
        multi_region=found["IsMultiRegionTrail"],
        global_events=found["IncludeGlobalServiceEvents"],
        of_organization=found.get("IsOrganizationTrail", False),
        of_this_account=arn.split(":")[4] == region.account,
        bucket=found["S3BucketName"],
        key=found.get("KmsKeyId", ""),
        validates=found.get("LogFileValidationEnabled", False),
        log_group=found.get("CloudWatchLogsLogGroupArn", ""),
        logging=of(status, "IsLogging"),
        delivery_error=of(status, "LatestDeliveryError", ""),
        group_delivered=of(status, "LatestCloudWatchLogsDeliveryTime"),
        reads=of(selectors, "reads"),
        writes=of(selectors, "writes"),
        excludes=of(selectors, "excludes"),
        data=of(selectors, "data"),
        insights=region.look(lambda: _insights(region, arn)),
    )


def _selectors(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is recorded, whether it is said in the basic or the advanced way."""
    advanced = [_Fields(each["FieldSelectors"]) for each in said.get("AdvancedEventSelectors", ())]
    basic = said.get("EventSelectors", ())
    management = [each for each in advanced if each.category == MANAGEMENT and each.takes_all]
    kinds = [each["ReadWriteType"] for each in basic if each.get("IncludeManagementEvents")]
    return {
        "reads": any(each.reads for each in management) or bool({"All", "ReadOnly"} & set(kinds)),
        "writes": any(each.writes for each in management) or bool({"All", "WriteOnly"} & set(kinds)),
        "excludes": tuple(
            sorted(
                {source for each in basic for source in each.get("ExcludeManagementEventSources", ())}
                | {source for each in management for source in each.excluded}
            )
        ),
        "data": (*_basic_data(basic), *(each.data for each in advanced if each.category == DATA)),
    }


def _basic_data(selectors: Iterable[Mapping[str, Any]]) -> Iterator[DataEvents]:
    for selector in selectors:
        for found in selector.get("DataResources", ()):
            yield DataEvents(
                kind=found["Type"],
                reads=selector["ReadWriteType"] in ("All", "ReadOnly"),
                writes=selector["ReadWriteType"] in ("All", "WriteOnly"),
                everywhere=any(EVERYWHERE.fullmatch(value.rstrip("/")) for value in found.get("Values", ())),
            )


class _Fields:
    """One advanced selector: a set of tests on fields of events, all of which must hold."""

    def __init__(self, fields: Iterable[Mapping[str, Any]]) -> None:
        self._fields = {each["Field"]: each for each in fields}

    @property
    def category(self) -> str:
        return "".join(self._equal("eventCategory"))

    @property
    def reads(self) -> bool:
        return "false" not in self._equal("readOnly")

    @property
    def writes(self) -> bool:
        return "true" not in self._equal("readOnly")

    @property
    def takes_all(self) -> bool:
        """Whether it takes all management events, but for those of some services, or only reads, or only changes."""
        sources = self._fields.get("eventSource", {}).keys()
        return self._fields.keys() <= {"eventCategory", "readOnly", "eventSource"} and sources <= {"Field", "NotEquals"}

    @property
    def excluded(self) -> tuple[str, ...]:
        return tuple(self._fields.get("eventSource", {}).get("NotEquals", ()))

    @property
    def data(self) -> DataEvents:
        everywhere = self._fields.keys() <= {"eventCategory", "resources.type", "readOnly"}
        return DataEvents(
            kind="".join(self._equal("resources.type")), reads=self.reads, writes=self.writes, everywhere=everywhere
        )

    def _equal(self, name: str) -> list[str]:
        return list(self._fields.get(name, {}).get("Equals", ()))


def _insights(region: AwsRegion, arn: str) -> tuple[str, ...]:
    try:
        found = region.ask(INSIGHTS, TrailName=arn).get("InsightSelectors", ())
    except ClientError as error:
        if is_answer(error, "InsightNotEnabledException"):
            return ()
        raise
    return tuple(sorted(each["InsightType"] for each in found))
