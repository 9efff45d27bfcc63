"""Cloud Logging and Monitoring: where logs go, how long they stay, and what raises an alarm."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("gcp_log_sink")
class LogSink(Resource):
    """A sink: it carries entries of a project, folder or organization somewhere."""

    id: str
    container: str
    name: str
    destination: str
    filter: str
    """Empty for all entries."""
    exclusions: tuple[str, ...]
    """Filters of what it leaves out, of those exclusions that are on."""
    with_children: bool
    """Also entries of everything below."""
    enabled: bool


@resource("gcp_log_bucket")
class LogBucket(Resource):
    """A log bucket."""

    id: str
    container: str
    location: str
    name: str
    path: str
    """How sinks refer to it: `projects/…/locations/…/buckets/…`."""
    days: int
    locked: bool


@resource("gcp_log_metric")
class LogMetric(Resource):
    """A metric that counts log entries."""

    id: str
    container: str
    name: str
    filter: str
    bucket: str
    """The log bucket whose entries it counts, wherever they come from; empty where it counts those of its project."""
    enabled: bool


@resource("gcp_alert_policy")
class AlertPolicy(Resource):
    """What raises an alarm, and where it is heard."""

    id: str
    container: str
    name: str
    enabled: bool
    metric_filters: tuple[str, ...]
    """Filters of the conditions on metrics."""
    log_filters: tuple[str, ...]
    """Filters of the conditions on log entries themselves."""
    channels: tuple[str, ...]
