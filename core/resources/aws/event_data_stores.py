"""CloudTrail Lake: stores in which events are kept for questions."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_event_data_store")
class EventDataStore(Resource):
    """An event data store. The id is its ARN."""

    id: str
    name: str
    status: str
    """`ENABLED`, `STOPPED_INGESTION`, `PENDING_DELETION`, …"""
    guarded: bool
    """Termination protection is on."""
    days: int
    """How long events are kept."""
    key: str
    """The KMS key that encrypts it; empty for keys of CloudTrail."""
