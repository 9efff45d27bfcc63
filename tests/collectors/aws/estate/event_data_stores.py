"""CloudTrail Lake, which moto does not have: one store."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

ARN = "arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/5c1d1c4e-0000-4000-8000-000000000001"


def populate(aws: Maker) -> None:
    """Nothing: all is said in `ANSWERS`."""


ANSWERS = {
    "cloudtrail:ListEventDataStores": Canned({"EventDataStores": [{"EventDataStoreArn": ARN, "Name": "events"}]}),
    "cloudtrail:GetEventDataStore": Canned(
        {
            "EventDataStoreArn": ARN,
            "Name": "events",
            "Status": "ENABLED",
            "TerminationProtectionEnabled": True,
            "RetentionPeriod": 90,
        }
    ),
}
