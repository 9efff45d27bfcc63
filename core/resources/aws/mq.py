"""Amazon MQ: brokers."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_mq_broker")
class MqBroker(Resource):
    """A broker. The id is its ARN."""

    id: str
    name: str
    engine: str
    """`ACTIVEMQ` or `RABBITMQ`."""
    deployment: str
    """`SINGLE_INSTANCE`, `ACTIVE_STANDBY_MULTI_AZ`, `CLUSTER_MULTI_AZ`."""
    public: bool
    """The internet reaches it."""
    updates_itself: bool
    """AWS puts newer patch versions in during the maintenance window."""
    logs: bool
    """General logs go to CloudWatch Logs."""
    audits: bool | None
    """What is done in its console is logged; `None` for RabbitMQ, which cannot."""
    key: str
    """The key; empty for one that AWS owns."""
