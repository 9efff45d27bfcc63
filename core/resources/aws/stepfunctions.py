"""Step Functions: the state machines of one region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_state_machine")
class StateMachine(Resource):
    """A state machine. The id is its ARN."""

    id: str
    name: str
    type: str
    """`STANDARD`, whose executions can be looked up for 90 days, or `EXPRESS`, of which nothing stays but logs."""
    logs: str
    """`ALL`, `ERROR`, `FATAL`, `OFF`."""
