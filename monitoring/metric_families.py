"""Families of metrics, as Prometheus reads them; each name begins with ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

Labels = tuple[str, ...]
Samples = Iterable[tuple[Labels, float]]


def gauge(name: str, text: str, labels: Sequence[str], samples: Samples) -> GaugeMetricFamily:
    """A number that goes up and down."""
    family = GaugeMetricFamily(f"annexa_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def counter(name: str, text: str, labels: Sequence[str], samples: Samples) -> CounterMetricFamily:
    """A number that only grows, until the service begins anew."""
    family = CounterMetricFamily(f"annexa_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def at(moment: datetime | None) -> Samples:
    """One moment as seconds since 1970, or no sample where there is none: zero would be a lie."""
    return [] if moment is None else [((), moment.timestamp())]
