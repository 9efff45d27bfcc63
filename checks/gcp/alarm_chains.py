"""From a log entry to a person: a filter fits it, a metric counts it, a policy raises an alarm, a channel tells.

A metric counts entries of its own project, or those of a log bucket of its project, where sinks gather entries of many
(https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checks.gcp.alarming_entries import ORDINARY, Entries
from checks.gcp.containers import chain, unless_judged
from checks.gcp.log_queries import Entry, NotUnderstoodError, fits
from core.model import Verdict, failed, passed, unknown
from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.logs import AlertPolicy, LogMetric, LogSink

LOGGING = "logging.googleapis.com/"
"""How destinations of sinks begin that are log buckets."""
_METRIC = re.compile(r"""metric\.type\s*=\s*\\?"logging\.googleapis\.com/user/([^"\\]+)\\?\"""")


@dataclass(frozen=True, slots=True)
class Heard:
    """A query whose entries raise an alarm that somebody hears, and what to call it. `sinks` carry entries to where it
    is asked; without any it is asked of the entries of the project."""

    query: str
    said: str
    sinks: tuple[LogSink, ...] = ()

    def tells_of(self, entry: Entry) -> bool:
        """Raises `NotUnderstoodError`."""
        return fits(self.query, entry) and (not self.sinks or any(_carries(each, entry) for each in self.sinks))


@dataclass(frozen=True, slots=True)
class Alarms:
    """What raises alarms about the entries of projects."""

    metrics: Population[LogMetric]
    policies: Population[AlertPolicy]
    sinks: Population[LogSink]

    def tell_of(self, entries: Entries, container: Container) -> Verdict:
        """Whether somebody is told of every one of these entries of a project. What another project watches of its
        metrics, or gathers by sinks that are not seen, is not known."""
        if verdict := unless_judged(container, "project"):
            return verdict
        left, telling, unclear = dict(entries), set[str](), set[str]()
        for heard in self._heard(container):
            try:
                found = {name for name, entry in left.items() if heard.tells_of(entry)}
                if found and any(map(heard.tells_of, ORDINARY)):
                    unclear.add(f"{heard.said} fits ordinary entries as well")
                    continue
            except NotUnderstoodError:
                unclear.add(f"a filter of {heard.said} cannot be read here")
                continue
            telling |= {heard.said} if found else set()
            left = {name: entry for name, entry in left.items() if name not in found}
            if not left:
                return passed(f"in {container.name} {', '.join(sorted(telling))}")
        for population in (self.metrics, self.policies):
            population.here.require_all(by=_whole)
        missed = f"in {container.name} nobody is told of {', '.join(left)}"
        if unclear:
            return unknown(f"{missed}, as far as can be seen: {', '.join(sorted(unclear))}")
        if elsewhere := self._elsewhere(container, left):
            return unknown(f"{missed}, unless {elsewhere} does, which other projects may share")
        return failed(missed)

    def _heard(self, container: Container) -> Iterator[Heard]:
        """What counts in the project itself, and then what counts it elsewhere."""
        metrics = {each.name: each for _, each in self.metrics.here.having(container.id, by="container")}
        for _, policy in self.policies.here.having(container.id, by="container"):
            if not (policy.enabled and policy.channels):
                continue
            for query in policy.log_filters:
                yield Heard(query, policy.name)
            for watched in policy.metric_filters:
                metric = metrics.get(_watched(watched))
                if metric is not None and metric.enabled and not metric.bucket:
                    yield Heard(metric.filter, f"{policy.name} on {metric.name}")
        for bucket, sinks in self._ways(container).items():
            for _, metric in self.metrics.here.having(bucket, by="bucket"):
                yield from self._gathered(metric, sinks)

    def _ways(self, container: Container) -> dict[str, tuple[LogSink, ...]]:
        """The log buckets to which sinks carry entries of a project, its own and those above it; those sinks that were
        seen whole."""
        ways: dict[str, tuple[LogSink, ...]] = {}
        for place in chain(container):
            for _, sink in self.sinks.here.having(place, by="container"):
                if not missing_fields(sink) and sink.enabled and (sink.with_children or place == container.id):
                    bucket = sink.destination.removeprefix(LOGGING)
                    ways[bucket] = (*ways.get(bucket, ()), sink)
        return ways

    def _gathered(self, metric: LogMetric, sinks: tuple[LogSink, ...]) -> Iterator[Heard]:
        """What is heard of a metric of a log bucket, in its own project."""
        if missing_fields(metric) or not metric.enabled:
            return
        for _, policy in self.policies.here.having(metric.container, by="container"):
            if missing_fields(policy) or not (policy.enabled and policy.channels):
                continue
            if metric.name in map(_watched, policy.metric_filters):
                yield Heard(metric.filter, f"{policy.name} on {metric.name} of {metric.container}", sinks)

    def _elsewhere(self, container: Container, left: Entries) -> str:
        """What may tell from another project of entries of which nobody is known to be told: a policy that watches a
        metric of this project, by a scope of metrics; or a metric that counts what is gathered in a log bucket."""
        own = [each for _, each in self.metrics.here.having(container.id, by="container")]
        names = {each.name for each in own if _may_fit(each, left)}
        found = [
            policy.id
            for policy in self.policies.here.observed
            if policy.container != container.id and any(_watched(each) in names for each in policy.metric_filters)
        ]
        gathering = [each for each in self.metrics.here.observed if each.bucket and each.enabled]
        found += [each.id for each in gathering if _may_fit(each, left)]
        return min(found, default="")


def _carries(sink: LogSink, entry: Entry) -> bool:
    return fits(sink.filter, entry) and not any(fits(each, entry) for each in sink.exclusions)


def _may_fit(metric: LogMetric, entries: Entries) -> bool:
    """Whether a metric counts one of these entries, or nobody here can say."""
    try:
        return any(fits(metric.filter, each) for each in entries.values())
    except NotUnderstoodError:
        return True


def _watched(query: str) -> str:
    found = _METRIC.search(query)
    return found[1] if found else ""


def _whole(each: LogMetric | AlertPolicy) -> tuple[object, ...]:
    """What must be known of each to say that none of them tells."""
    if isinstance(each, LogMetric):
        return (each.container, each.name, each.filter, each.enabled, each.bucket)
    return (each.container, each.enabled, each.metric_filters, each.log_filters, each.channels)
