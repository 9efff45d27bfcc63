"""Cloud Logging and Monitoring. What stands in logs is never read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.logs import AlertPolicy, LogBucket, LogMetric, LogSink

SINKS = Listing(RESOURCE, ("logging.googleapis.com/LogSink",))
BUCKETS = Listing(RESOURCE, ("logging.googleapis.com/LogBucket",))
METRICS = Listing(RESOURCE, ("logging.googleapis.com/LogMetric",))
ALERTS = Listing(RESOURCE, ("monitoring.googleapis.com/AlertPolicy",))
ON_METRICS = ("conditionThreshold", "conditionAbsent")
"""Conditions with a filter that names a metric."""
ON_QUERIES = ("conditionMonitoringQueryLanguage", "conditionPrometheusQueryLanguage")
"""Conditions with a query in a language of its own, of which the metrics alone are read."""
QUERIED = re.compile(r"logging[._]googleapis[._]com[/:]user[/_]([\w.-]+)")
ON_LOGS = "conditionMatchedLog"


@collector(permissions=(SINKS,))
def sinks(estate: Estate) -> Iterator[LogSink]:
    """Every sink. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks"""
    for asset in map(Asset, estate.assets(SINKS)):
        yield LogSink(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            destination=asset.text("destination"),
            filter=asset.text("filter", ""),  # as its reference says, all entries
            exclusions=_exclusions(asset),
            with_children=asset.switch("includeChildren"),
            enabled=_enabled(asset),
        )


def _exclusions(asset: Asset) -> Any:
    found = asset.parts("exclusions", lambda each: (each.text("filter"), each.switch("disabled")))
    if isinstance(found, Unobserved):
        return found
    if any(isinstance(each, Unobserved) for pair in found for each in pair):
        return unobserved("an exclusion is not shown whole")
    return tuple(sorted(text for text, disabled in found if not disabled))


def _enabled(asset: Asset) -> Any:
    disabled = asset.switch("disabled")
    return disabled if isinstance(disabled, Unobserved) else not disabled


@collector(permissions=(BUCKETS,))
def buckets(estate: Estate) -> Iterator[LogBucket]:
    """Every log bucket. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.locations.buckets"""
    for asset in map(Asset, estate.assets(BUCKETS)):
        if asset.members.get("lifecycleState") == "DELETE_REQUESTED":
            continue
        yield LogBucket(
            **asset.common,
            name=asset.short,
            path=asset.text("name"),
            days=asset.number("retentionDays"),
            locked=asset.switch("locked"),
        )


@collector(permissions=(METRICS,))
def metrics(estate: Estate) -> Iterator[LogMetric]:
    """Metrics that count entries. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics"""
    for asset in map(Asset, estate.assets(METRICS)):
        yield LogMetric(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            filter=asset.text("filter"),
            bucket=asset.text("bucketName", ""),  # as its reference says, of the project's own entries
            enabled=_enabled(asset),
        )


@collector(permissions=(ALERTS,))
def alert_policies(estate: Estate) -> Iterator[AlertPolicy]:
    """What raises an alarm. https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies"""
    for asset in map(Asset, estate.assets(ALERTS)):
        yield AlertPolicy(
            id=asset.name,
            container=asset.container,
            name=asset.text("displayName", ""),
            enabled=asset.flag("enabled"),  # whoever reads must assume nothing of a missing one, says its reference
            metric_filters=_metric_filters(asset),
            log_filters=_filters(asset, ON_LOGS),
            channels=asset.texts("notificationChannels"),
        )


def _metric_filters(asset: Asset) -> Any:
    found = _filters(asset, *ON_METRICS)
    queries = _filters(asset, *ON_QUERIES, member="query")
    if isinstance(found, Unobserved) or isinstance(queries, Unobserved):
        return found
    named = [f'metric.type="logging.googleapis.com/user/{name}"' for each in queries for name in QUERIED.findall(each)]
    return tuple(sorted([*found, *named]))


def _filters(asset: Asset, *kinds: str, member: str = "filter") -> Any:
    found = asset.parts(
        "conditions", lambda each: [each.text(f"{kind}.{member}") for kind in kinds if each.has(kind) is not False]
    )
    if isinstance(found, Unobserved):
        return found
    said = [text for texts in found for text in texts]
    if hidden := [each for each in said if isinstance(each, Unobserved)]:
        return hidden[0]
    return tuple(sorted(filter(None, said)))
