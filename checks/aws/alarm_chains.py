"""From an event to a person: a trail brings it to a log group, a filter counts it, an alarm rings, a topic tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from checks.aws.alarming_events import ORDINARY, Events
from checks.aws.filter_patterns import NotUnderstoodError, fits
from checks.aws.left_out import unless_a_shadow_falls
from core.model import Verdict, failed, passed, unknown
from core.population import Population
from core.resources.aws.alarms import Alarm, AlarmTopic
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.logs import CountedMetric, MetricFilter

_OTHER = re.compile(r"""(?<=\()\s*["']?([^"'()]+?)["']?\s*(?=\))""")
"""An alarm in the rule of another: `ALARM("name")`."""
SHOWN = 5
"""How many of many things a reason names."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something holds, `None` when nobody can say, and why."""

    holds: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class Chains:
    """All that may lie between events and a person."""

    trails: Population[Trail]
    filters: Population[MetricFilter]
    alarms: Population[Alarm]
    topics: Population[AlarmTopic]
    shadows: Population[TrailShadow]
    count: int
    """How many such events, within one period of the alarm, must make it ring."""

    def tell_of(self, events: Events) -> Verdict:
        """Whether somebody is told of every one of these events. What was seen is enough to pass; to fail, everything
        must have been seen."""
        left, telling = dict(events), set[str]()
        obstacles: list[Answer] = []
        groups = self._groups({str(event["eventSource"]) for each in events.values() for event in each})
        for found in (each for each in self.filters.observed if each.group in groups):
            fitting, obstacle = _fitting(found, left)
            if not fitting and not obstacle:
                continue
            answer = self._heard(found)
            if not answer.holds or obstacle:
                obstacles.append(answer if answer.holds is False else obstacle or answer)
                continue
            telling.add(answer.because)
            left = {name: each for name, each in left.items() if name not in fitting}
        if not left:
            return passed("; ".join(sorted(telling)))
        for population in (self.trails, self.filters, self.alarms, self.topics):
            len(population)  # raises when we could not look everywhere
        return unless_a_shadow_falls(self._missed(left, groups, obstacles), self.trails, self.shadows)

    def _missed(self, left: Events, groups: Mapping[str, bool], obstacles: list[Answer]) -> Verdict:
        if not groups:
            return failed("no trail brings these events of all regions to a log group")
        what = shortened(list(left))
        why = "".join(f"; {each}" for each in sorted({each.because for each in obstacles}))
        known = {found.group for found in self.filters}
        elsewhere = [group for group, ours in groups.items() if not ours and group not in known]
        if elsewhere:
            return unknown(f"nobody here is told of {what}, and no filter of {elsewhere[0]} was seen{why}")
        if any(each.holds is None for each in obstacles):
            return unknown(f"it is not known whether somebody is told of {what}{why}")
        return failed(f"nobody is told of {what}{why}")

    def _groups(self, sources: set[str]) -> dict[str, bool]:
        """The log groups to which trails bring all management events of these services, and whether of this account."""
        return {
            trail.log_group.removesuffix(":*"): trail.of_this_account
            for trail in self.trails.observed
            if trail.log_group and trail.multi_region and trail.logging and trail.reads and trail.writes
            if not sources & set(trail.excludes)
        }

    def _heard(self, found: MetricFilter) -> Answer:
        """Whether an alarm rings when the filter counts something, and who hears it."""
        if found.restricted:
            return Answer(None, f"the filter {found.name} looks at part of the events, or at rewritten ones")
        answers = [
            self._rings(found, metric, alarm)
            for metric in found.metrics
            for alarm in self.alarms.observed
            if _place(alarm.id) == _place(found.group) and _watches(alarm, metric)
        ]
        if not answers:
            return Answer(False, f"no alarm watches what the filter {found.name} counts")
        return _best(answers)

    def _rings(self, found: MetricFilter, metric: CountedMetric, alarm: Alarm) -> Answer:
        if alarm.inputs:
            return Answer(None, f"the alarm {alarm.name} calculates with what the filter {found.name} counts")
        if silence := _silent(alarm, metric, self.count):
            return Answer(False, f"the alarm {alarm.name} {silence}")
        answer = reaches_somebody(alarm, self.alarms, self.topics)
        if answer.holds:
            return Answer(True, f"the filter {found.name} counts, and {answer.because}")
        return answer


def reaches_somebody(alarm: Alarm, alarms: Population[Alarm], topics: Population[AlarmTopic]) -> Answer:
    """Whether an alarm, or one that rings whenever it does, speaks to a topic that somebody listens to.

    A no counts only where all alarms were seen.
    """
    return _best([_speaks(each, topics) for each in (alarm, *_above(alarm, alarms))])


def _best(answers: list[Answer]) -> Answer:
    return max(answers, key=lambda each: (bool(each.holds), each.holds is None))


def _above(alarm: Alarm, alarms: Population[Alarm]) -> Iterator[Alarm]:
    """The alarms that ring whenever this one does."""
    return (each for each in above(alarm, alarms.observed) if {alarm.name, alarm.id} & _any_of(each.rule))


def above(alarm: Alarm, alarms: Iterable[Alarm]) -> Iterator[Alarm]:
    """The alarms whose rule depends on this one. It can be only on alarms of its own region and account."""
    return (
        each for each in alarms if _place(each.id) == _place(alarm.id) and {alarm.name, alarm.id} & _named_in(each.rule)
    )


def _speaks(alarm: Alarm, topics: Population[AlarmTopic]) -> Answer:
    if alarm.suppressor:
        return Answer(None, f"the alarm {alarm.name} is silent while {alarm.suppressor} rings")
    if not alarm.acts:
        return Answer(False, f"the actions of the alarm {alarm.name} are switched off")
    if not alarm.actions:
        return Answer(False, f"the alarm {alarm.name} tells nobody")
    deaf = []
    for arn in alarm.actions:
        if ":sns:" not in arn:
            continue
        topic = topics.get(arn)
        if topic is None:
            return Answer(None, f"the alarm {alarm.name} tells {_last(arn)}, which was not looked at")
        listening = sorted({each.protocol for each in topic.subscriptions if each.confirmed})
        if listening:
            return Answer(True, f"the alarm {alarm.name} tells {_last(arn)} ({', '.join(listening)})")
        lacking = "where nobody confirmed a subscription" if topic.exists else "which does not exist"
        deaf.append(f"{_last(arn)}, {lacking}")
    if deaf:
        return Answer(False, f"the alarm {alarm.name} tells {'; '.join(deaf)}")
    return Answer(None, f"the alarm {alarm.name} starts {', '.join(alarm.actions)}, which is not looked into")


def _fitting(found: MetricFilter, events: Events) -> tuple[set[str], Answer | None]:
    """The names of the events that a filter counts, and what is wrong when it counts everything or cannot be read."""
    try:
        names = {name for name, each in events.items() if all(fits(found.pattern, event) for event in each)}
        if names and any(fits(found.pattern, event) for event in ORDINARY):
            return names, Answer(False, f"the filter {found.name} counts ordinary events as well")
    except NotUnderstoodError:
        return set(), Answer(None, f"the pattern of the filter {found.name} cannot be read")
    return names, None


def _watches(alarm: Alarm, metric: CountedMetric) -> bool:
    if f"{metric.namespace}/{metric.name}" in alarm.inputs:
        return True
    same = (alarm.namespace, alarm.metric) == (metric.namespace, metric.name)
    return same and alarm.dimensions == metric.dimensions


def _silent(alarm: Alarm, metric: CountedMetric, count: int) -> str:
    """Why an alarm does not ring after `count` events within a period; empty when it does."""
    value = float(metric.value) if re.fullmatch(r"\d+(\.\d+)?", metric.value) else 0.0
    if not value:
        return f"watches a metric to which an event adds {metric.value}"
    samples = 0 if metric.publishes_zero else count
    reading = {"Sum": count * value, "SampleCount": samples, "Maximum": value}.get(alarm.statistic)
    if reading is None:
        return f"watches {alarm.statistic or 'a percentile'}, which does not count"
    over = {
        "GreaterThanOrEqualToThreshold": lambda limit: reading >= limit,
        "GreaterThanThreshold": lambda limit: reading > limit,
    }.get(alarm.comparison)
    if over is None or not alarm.threshold:
        return f"does not ring at a threshold ({alarm.comparison or 'no comparison'})"
    if not over(float(alarm.threshold)):
        return f"does not ring after {count} events: {alarm.statistic} {alarm.comparison} {alarm.threshold}"
    if alarm.periods != 1:
        return f"rings only after {alarm.periods} periods"
    return ""


def _named_in(rule: str) -> set[str]:
    """The names and ARNs of the alarms on which a rule depends."""
    return {found[1] for found in _OTHER.finditer(rule)}


def _any_of(rule: str) -> set[str]:
    """The alarms each of which makes a rule true; none where it wants several of them, or that one does not ring."""
    return _named_in(rule) if re.fullmatch(r"(?:ALARM|OR|[\s()])*", _OTHER.sub("", rule)) else set()


def _place(arn: str) -> tuple[str, str]:
    """Region and account of an ARN."""
    parts = arn.split(":")
    return parts[3], parts[4]


def _last(arn: str) -> str:
    return arn.rpartition(":")[2]


def shortened(names: list[str]) -> str:
    """A list of names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
