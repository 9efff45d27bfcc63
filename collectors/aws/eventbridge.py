"""EventBridge: buses and global endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.eventbridge import EventBus, EventEndpoint

BUSES = Read("events", "ListEventBuses")
ENDPOINTS = Read("events", "ListEndpoints")


@collector(permissions=(BUSES,))
def buses(region: AwsRegion) -> Iterator[EventBus]:
    """Every event bus of the region, with its policy."""
    for found in region.pages(BUSES, "EventBuses"):
        yield EventBus(
            id=found["Arn"], name=found["Name"], account=region.account, statements=statements(found.get("Policy"))
        )


@collector(permissions=(ENDPOINTS,))
def endpoints(region: AwsRegion) -> Iterator[EventEndpoint]:
    """Every global endpoint whose first region this is. Where nothing is said, events are replicated."""
    for found in region.pages(ENDPOINTS, "Endpoints"):
        state = found.get("ReplicationConfig", {}).get("State", "ENABLED")
        yield EventEndpoint(id=found["Arn"], name=found["Name"], replicates=state == "ENABLED")
