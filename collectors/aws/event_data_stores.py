"""CloudTrail Lake: stores of events, asked one by one, for the listing tells only their names."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.event_data_stores import EventDataStore

STORES = Read("cloudtrail", "ListEventDataStores")
STORE = Read("cloudtrail", "GetEventDataStore")


@collector(permissions=(STORES, STORE))
def stores(region: AwsRegion) -> Iterator[EventDataStore]:
    """Every event data store of the region."""
    arns = [each["EventDataStoreArn"] for each in region.pages(STORES, "EventDataStores")]
    yield from region.each(lambda arn: _store(region, arn), arns)


def _store(region: AwsRegion, arn: str) -> EventDataStore:
    found = region.ask(STORE, EventDataStore=arn)
    return EventDataStore(
        id=arn,
        name=found["Name"],
        status=found["Status"],
        guarded=found["TerminationProtectionEnabled"],
        days=found["RetentionPeriod"],
        key=found.get("KmsKeyId", ""),
    )
