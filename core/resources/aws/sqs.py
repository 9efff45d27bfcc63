"""Simple Queue Service: the queues of one region."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_sqs_queue")
class Queue(Resource):
    """A queue. The id is its ARN."""

    id: str
    name: str
    key: str
    """The KMS key that encrypts messages; empty when none does."""
    managed: bool
    """SQS encrypts with keys of its own."""
    statements: tuple[Statement, ...]
    """Of its policy."""
