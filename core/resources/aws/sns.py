"""Simple Notification Service: the topics of one region, and where they send messages."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_sns_topic")
class Topic(Resource):
    """A topic. The id is its ARN."""

    id: str
    name: str
    key: str
    """The KMS key that encrypts messages; empty when none does."""
    statements: tuple[Statement, ...]
    """Of its policy."""


@resource("aws_sns_subscription")
class Subscription(Resource):
    """Where messages go. The id is its ARN, or the topic's and a number while nobody confirmed it."""

    id: str
    topic: str
    """The ARN of the topic, which may be another account's."""
    protocol: str
    """`http`, `https`, `email`, `sms`, `lambda`, `sqs`, … Not to whom: addresses belong to people."""
