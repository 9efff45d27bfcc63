"""CloudWatch Logs: log groups, who may write into them, and what is counted in them."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@resource("aws_log_group")
class LogGroup(Resource):
    """A log group. The id is its ARN, without the `:*` that some answers put behind it."""

    id: str
    name: str
    storage: str
    """Its class: `STANDARD`, `INFREQUENT_ACCESS`, `ESSENTIALS`, or `DELIVERY`, which only passes events on."""
    days: int | None
    """How long events are kept; `None` when for ever."""
    key: str
    """The KMS key that encrypts it; empty for keys of CloudWatch Logs."""
    guarded: bool
    """Deletion protection is on."""
    masks: bool
    """A data protection policy, its own or the account's, hides what looks sensitive."""


@resource("aws_log_policy")
class LogPolicy(Resource):
    """A resource policy of the account in one region: which services and accounts may use its log groups."""

    id: str
    account: str
    statements: tuple[Statement, ...]


@part
class CountedMetric(Observed):
    """A metric into which a filter counts."""

    namespace: str
    name: str
    value: str
    """What one event adds: a number, or a field of the event."""
    dimensions: tuple[str, ...]
    publishes_zero: bool
    """Something is published when nothing fits, too."""


@resource("aws_metric_filter")
class MetricFilter(Resource):
    """A filter that counts events of a log group in a metric. The id is its log group and its name."""

    id: str
    name: str
    group: str
    """The id of its log group."""
    pattern: str
    restricted: bool
    """It looks at some events only, or at events that something has rewritten: the pattern does not tell all."""
    metrics: tuple[CountedMetric, ...]
