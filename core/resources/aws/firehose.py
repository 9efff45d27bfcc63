"""Data Firehose: the delivery streams of one region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_delivery_stream")
class DeliveryStream(Resource):
    """A delivery stream. The id is its ARN."""

    id: str
    name: str
    type: str
    """`DirectPut`, `KinesisStreamAsSource`, `MSKAsSource`, …"""
    source: str
    """The ARN of the data stream that it reads; empty for all other types."""
    encryption: str
    """`ENABLED`, `DISABLED`, `ENABLING_FAILED`, …; empty where Firehose says nothing of it."""
    key: str
    """The KMS key of ours; empty for one that AWS owns, and for none."""
