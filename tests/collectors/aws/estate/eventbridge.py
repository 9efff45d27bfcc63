"""Event buses, closed and open, and global endpoints."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        events = aws.client("events", region)
        for name, principal in (("open", "*"), ("partner", {"AWS": "arn:aws:iam::999999999999:root"})):
            arn = events.create_event_bus(Name=name)["EventBusArn"]
            statement = {"Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": arn}
            document = {"Version": "2012-10-17", "Statement": [{"Sid": "sends", **statement}]}
            events.put_permission(EventBusName=name, Policy=json.dumps(document))


def _endpoint(name: str, **more: object) -> dict[str, object]:
    return {"Name": name, "Arn": f"arn:aws:events:us-east-1:123456789012:endpoint/{name}", **more}


ANSWERS = {
    "events:ListEndpoints": Canned(
        {"Endpoints": [_endpoint("orders"), _endpoint("alone", ReplicationConfig={"State": "DISABLED"})]}
    )
}
