"""From a log entry to a person: a filter fits it, a metric counts it, a policy raises an alarm, a channel tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checks.gcp.alarming_entries import ORDINARY, Entries
from checks.gcp.containers import unless_judged
from checks.gcp.log_queries import NotUnderstoodError, fits
from core.model import Verdict, failed, passed, unknown
from core.population import Population
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.logs import AlertPolicy, LogMetric

_METRIC = re.compile(r"""metric\.type\s*=\s*\\?"logging\.googleapis\.com/user/([^"\\]+)\\?\"""")


@dataclass(frozen=True, slots=True)
class Alarms:
    """What raises alarms about the entries of projects."""

    metrics: Population[LogMetric]
    policies: Population[AlertPolicy]

    def tell_of(self, entries: Entries, container: Container) -> Verdict:
        """Whether somebody is told of every one of these entries of a project. A metric counts entries of its own
        project; what another project counts for it, or watches of it, is not known to be everything."""
        if verdict := unless_judged(container, "project"):
            return verdict
        left, telling, unclear = dict(entries), set[str](), set[str]()
        for query, said in self._heard(container):
            try:
                found = {name for name, entry in left.items() if fits(query, entry)}
                if found and any(fits(query, each) for each in ORDINARY):
                    unclear.add(f"{said} fits ordinary entries as well")
                    continue
            except NotUnderstoodError:
                unclear.add(f"the filter of {said} cannot be read here")
                continue
            telling |= {said} if found else set()
            left = {name: entry for name, entry in left.items() if name not in found}
        if not left:
            return passed(f"in {container.name} {', '.join(sorted(telling))}")
        for population in (self.metrics, self.policies):
            population.here.require_all(by=_whole)
        missed = f"in {container.name} nobody is told of {', '.join(left)}"
        if unclear:
            return unknown(f"{missed}, as far as can be seen: {', '.join(sorted(unclear))}")
        if elsewhere := self._elsewhere(container):
            return unknown(f"{missed}, unless {elsewhere} does, which other projects may share")
        return failed(missed)

    def _heard(self, container: Container) -> Iterator[tuple[str, str]]:
        """Each query whose entries raise an alarm that somebody hears, and what to call it."""
        metrics = {each.name: each for _, each in self.metrics.here.having(container.id, by="container")}
        for _, policy in self.policies.here.having(container.id, by="container"):
            if not (policy.enabled and policy.channels):
                continue
            for query in policy.log_filters:
                yield query, policy.name
            for watched in policy.metric_filters:
                metric = metrics.get(_watched(watched))
                if metric is not None and metric.enabled and not metric.bucket:
                    yield metric.filter, f"{policy.name} on {metric.name}"

    def _elsewhere(self, container: Container) -> str:
        """What may tell from another project: a policy that watches a metric which this project has, by a scope of
        metrics; or a metric that counts what is gathered in a log bucket."""
        names = {each.name for _, each in self.metrics.here.having(container.id, by="container")}
        found = [
            policy.id
            for policy in self.policies.here.observed
            if policy.container != container.id and any(_watched(each) in names for each in policy.metric_filters)
        ]
        found += [each.id for each in self.metrics.here.observed if each.bucket and each.enabled]
        return min(found, default="")


def _watched(query: str) -> str:
    found = _METRIC.search(query)
    return found[1] if found else ""


def _whole(each: LogMetric | AlertPolicy) -> tuple[object, ...]:
    """What must be known of each to say that none of them tells."""
    if isinstance(each, LogMetric):
        return (each.container, each.name, each.filter, each.enabled, each.bucket)
    return (each.container, each.enabled, each.metric_filters, each.log_filters, each.channels)
