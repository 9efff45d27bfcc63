"""EventBridge: who may put events on its buses, and whether endpoints survive the loss of a region."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_event_bus")
class EventBus(Resource):
    """An event bus. The id is its ARN."""

    id: str
    name: str
    account: str
    statements: tuple[Statement, ...]
    """Of its policy."""


@resource("aws_event_endpoint")
class EventEndpoint(Resource):
    """A global endpoint, which sends events to a second region when the first fails. The id is its ARN."""

    id: str
    name: str
    replicates: bool
    """Each event is also sent to the second region at once."""
