"""Kinesis: the data streams of one region."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_kinesis_stream")
class Stream(Resource):
    """A data stream. The id is its ARN."""

    id: str
    name: str
    encryption: str
    """`KMS`, `NONE`."""
    key: str
    """As it was named: a number, an ARN or an alias; empty where nothing is encrypted."""
    statements: tuple[Statement, ...]
    """Of its policy."""
