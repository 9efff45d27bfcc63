"""Truth tables of the checks of alarms: each link of the chain, and the events of each check."""

from __future__ import annotations

import re
from typing import Any

import pytest

from checks.aws import alarming_events as events
from checks.aws import alarms as judged
from core.model import Verdict
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.alarms import Alarm, AlarmTopic, TopicSubscription
from core.resources.aws.guardrails import Membership
from core.resources.aws.logs import CountedMetric, MetricFilter
from tests.checks.aws.making import ACCOUNT, OTHER, status
from tests.checks.aws.test_cloudtrail import NO_SHADOWS, shadow, trail
from tests.twins import population

GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:trail"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:security"
ALARM = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm"
ANSWERS = [TopicSubscription(protocol="email", confirmed=True)]


def metric(**changes: Any) -> CountedMetric:
    given = {"namespace": "Audit", "name": "events", "value": "1", "dimensions": (), "publishes_zero": False}
    return CountedMetric(**{**given, **changes})


def counts(pattern: str, name: str = "filter", **changes: Any) -> MetricFilter:
    given = {"id": f"trail:{name}", "name": name, "group": GROUP, "pattern": pattern}
    return MetricFilter(**{**given, "restricted": False, "metrics": (metric(),), **changes})


def alarm(name: str = "alarm", **changes: Any) -> Alarm:
    given: dict[str, Any] = {
        "id": f"{ALARM}:{name}",
        "name": name,
        "acts": True,
        "actions": (TOPIC,),
        "namespace": "Audit",
        "metric": "events",
        "inputs": (),
        "dimensions": (),
        "statistic": "Sum",
        "comparison": "GreaterThanOrEqualToThreshold",
        "threshold": "1",
        "periods": 1,
        "rule": "",
        "suppressor": "",
    }
    return Alarm(**{**given, **changes})


def above(name: str, rule: str, **changes: Any) -> Alarm:
    return alarm(
        name, namespace="", metric="", statistic="", comparison="", threshold="", periods=None, rule=rule, **changes
    )


def topic(**changes: Any) -> AlarmTopic:
    return AlarmTopic(**{"id": TOPIC, "exists": True, "subscriptions": tuple(ANSWERS), **changes})


PATTERN = "{ ($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion) }"


def loss_of_keys(
    *,
    trails: Any = None,
    filters: Any = None,
    alarms: Any = None,
    topics: Any = None,
    shadows: Any = None,
    missing: dict[str, str] | None = None,
    count: int = 1,
) -> Verdict:
    gaps = missing or {}

    def given(kind: str, found: Any, default: list[Any]) -> Any:
        return population(*(default if found is None else found), kind=kind, missing=gaps.get(kind, ""))

    return judged.loss_of_keys_is_told(
        given("aws_trail", trails, [trail()]),
        given("aws_metric_filter", filters, [counts(PATTERN, group=trail().log_group.removesuffix(":*"))]),
        given("aws_alarm", alarms, [alarm()]),
        given("aws_alarm_topic", topics, [topic()]),
        NO_SHADOWS if shadows is None else shadows,
        count=count,
    )


def by_filter(**changes: Any) -> dict[str, Any]:
    return {"filters": [counts(**{"pattern": PATTERN, **changes})]}


def by_alarm(**changes: Any) -> dict[str, Any]:
    return {"alarms": [alarm(**changes)]}


SILENT = alarm(actions=())
ELSEWHERE: dict[str, Any] = {"actions": (f"arn:aws:ssm:eu-west-1:{ACCOUNT}:opsitem:1",)}
COUNTING: list[tuple[dict[str, Any], str]] = [
    ({}, "pass"),
    # The trail
    ({"trails": []}, "fail"),
    ({"trails": [trail(logging=False)]}, "fail"),
    ({"trails": [trail(multi_region=False)]}, "fail"),
    ({"trails": [trail(log_group="")]}, "fail"),
    ({"trails": [trail(writes=False)]}, "fail"),
    ({"trails": [trail(reads=False)]}, "fail"),
    ({"trails": [trail(excludes=("kms.amazonaws.com",))]}, "fail"),
    ({"trails": [trail(excludes=("rdsdata.amazonaws.com",))]}, "pass"),
    ({"trails": [], "shadows": shadow()}, "unknown"),
    ({"shadows": shadow()}, "pass"),
    ({"trails": [trail(of_this_account=False)]}, "pass"),
    ({"trails": [trail(of_this_account=False)], "filters": []}, "unknown"),
    ({"trails": [trail(of_this_account=False)], "alarms": []}, "fail"),
    # The filter
    ({"filters": []}, "fail"),
    (by_filter(group=f"{GROUP}-other"), "fail"),
    (by_filter(pattern="{ $.eventName = DisableKey }"), "fail"),
    (by_filter(pattern="{ $.eventSource = kms.amazonaws.com && $.awsRegion = us-east-1 }"), "fail"),
    (by_filter(pattern="{ $.eventName = * }"), "fail"),
    (by_filter(pattern="[first, second]"), "unknown"),
    ({**by_filter(pattern="[first, second]"), "alarms": []}, "fail"),
    (by_filter(restricted=True), "unknown"),
    (
        {"filters": [counts("{ $.eventName = DisableKey }", "1"), counts("{ $.eventName = Schedule* }", "2")]},
        "pass",
    ),
    (by_filter(metrics=(metric(value="$.size"),)), "fail"),
    (by_filter(metrics=(metric(value="0"),)), "fail"),
    (by_filter(metrics=(metric(dimensions=("region",)),)), "fail"),
    (by_filter(metrics=(metric(name="other"), metric())), "pass"),
    # The alarm
    ({"alarms": []}, "fail"),
    (by_alarm(metric="other"), "fail"),
    (by_alarm(id=f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:far"), "fail"),
    (by_alarm(dimensions=("region",)), "fail"),
    (by_alarm(statistic="Average"), "fail"),
    (by_alarm(statistic=""), "fail"),
    (by_alarm(statistic="Maximum"), "pass"),
    (by_alarm(statistic="SampleCount"), "pass"),
    ({**by_alarm(statistic="SampleCount"), **by_filter(metrics=(metric(publishes_zero=True),))}, "fail"),
    (by_alarm(threshold="2"), "fail"),
    ({**by_alarm(threshold="2"), "count": 2}, "pass"),
    (by_alarm(comparison="GreaterThanThreshold"), "fail"),
    (by_alarm(comparison="GreaterThanThreshold", threshold="0.5"), "pass"),
    (by_alarm(comparison="LessThanThreshold"), "fail"),
    (by_alarm(comparison=""), "fail"),
    (by_alarm(threshold=""), "fail"),
    (by_alarm(periods=2), "fail"),
    (by_alarm(metric="", inputs=("Audit/events",)), "unknown"),
    (by_alarm(acts=False), "fail"),
    (by_alarm(actions=()), "fail"),
    (by_alarm(**ELSEWHERE), "unknown"),
    (by_alarm(actions=(*ELSEWHERE["actions"], TOPIC)), "pass"),
    ({"alarms": [SILENT, alarm("other")]}, "pass"),
    # Alarms on alarms
    ({"alarms": [SILENT, above("any", 'ALARM("alarm") OR (ALARM(x))')]}, "pass"),
    ({"alarms": [SILENT, above("any", f"ALARM({ALARM}:alarm)")]}, "pass"),
    ({"alarms": [SILENT, above("both", "ALARM(alarm) AND ALARM(x)")]}, "fail"),
    ({"alarms": [SILENT, above("no", "NOT ALARM(alarm)")]}, "fail"),
    ({"alarms": [SILENT, above("ok", "OK(alarm)")]}, "fail"),
    ({"alarms": [SILENT, above("any", "ALARM(alarm)", suppressor="maintenance")]}, "unknown"),
    ({"alarms": [SILENT, above("any", "ALARM(alarm)", actions=())]}, "fail"),
    # The topic
    ({"topics": []}, "unknown"),
    ({"topics": [topic(subscriptions=())]}, "fail"),
    ({"topics": [topic(exists=False, subscriptions=())]}, "fail"),
    ({"topics": [topic(subscriptions=(TopicSubscription(protocol="email", confirmed=False),))]}, "fail"),
]


@pytest.mark.parametrize(("world", "expected"), COUNTING)
def test_each_link_of_the_chain(world: dict[str, Any], expected: str) -> None:
    assert status(loss_of_keys(**world)) == expected


def test_reasons_name_the_links() -> None:
    assert loss_of_keys().reason == "the filter filter counts, and the alarm alarm tells security (email)"
    assert (
        loss_of_keys(**by_filter(pattern="{ $.eventName = DisableKey }")).reason
        == "nobody is told of ScheduleKeyDeletion"
    )
    assert "counts ordinary events as well" in loss_of_keys(**by_filter(pattern="{ $.eventName = * }")).reason


@pytest.mark.parametrize("kind", ["aws_trail", "aws_metric_filter", "aws_alarm", "aws_alarm_topic"])
def test_what_was_seen_is_enough_to_pass_and_not_to_fail(kind: str) -> None:
    assert status(loss_of_keys(missing={kind: "denied"})) == "pass"
    with pytest.raises(NotObservedError):
        loss_of_keys(filters=[counts("nothing")], missing={kind: "denied"})


def test_subscriptions_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        loss_of_keys(topics=[topic(subscriptions=unobserved("denied"))])


OF_CALLS: list[tuple[Check[...], events.Events]] = [
    (judged.changes_of_identity_policies_are_told, events.IDENTITY_POLICIES),
    (judged.changes_of_trails_are_told, events.TRAILS),
    (judged.loss_of_keys_is_told, events.LOST_KEYS),
    (judged.changes_of_buckets_are_told, events.BUCKETS),
    (judged.changes_of_the_recorder_are_told, events.RECORDER),
    (judged.changes_of_security_groups_are_told, events.SECURITY_GROUPS),
    (judged.changes_of_network_acls_are_told, events.NETWORK_ACLS),
    (judged.changes_of_gateways_are_told, events.GATEWAYS),
    (judged.changes_of_routes_are_told, events.ROUTES),
    (judged.changes_of_networks_are_told, events.NETWORKS),
]
DOCUMENTED = [
    judged.refused_calls_are_told,
    judged.sign_in_without_mfa_is_told,
    judged.failed_sign_ins_are_told,
    judged.use_of_root_is_told,
    judged.loss_of_keys_is_told,
    judged.changes_of_security_groups_are_told,
    judged.changes_of_network_acls_are_told,
    judged.changes_of_gateways_are_told,
]
"""Checks whose remediation shows a whole pattern."""


def told(check: Check[...], pattern: str) -> str:
    return status(
        check(
            population(trail()),
            population(counts(pattern)),
            population(alarm()),
            population(topic()),
            NO_SHADOWS,
            count=1,
        )
    )


@pytest.mark.parametrize(("check", "wanted"), OF_CALLS, ids=lambda value: getattr(value, "id", ""))
def test_each_call_must_be_counted(check: Check[...], wanted: events.Events) -> None:
    source = next(str(event["eventSource"]) for each in wanted.values() for event in each)
    names = [f"($.eventName = {name})" for name in wanted]
    assert told(check, f"{{ $.eventSource = {source} && ({' || '.join(names)}) }}") == "pass"
    assert told(check, f"{{ $.eventSource = {source} && ({' || '.join(names[1:])}) }}") == "fail"


@pytest.mark.parametrize("check", DOCUMENTED, ids=lambda check: check.id)
def test_the_pattern_that_a_check_recommends_makes_it_pass(check: Check[...]) -> None:
    found = re.search(r"`(\{.*\})`", check.remediation, re.DOTALL)
    assert found
    assert told(check, found[1]) == "pass"
    assert told(check, "{ $.eventName = Nothing }") == "fail"


@pytest.mark.parametrize(
    ("changes", "pattern", "expected"),
    [
        ({}, "{ ($.eventSource = organizations.amazonaws.com) && ($.readOnly IS FALSE) }", "pass"),
        ({}, "{ $.eventName = CreateAccount }", "fail"),
        ({"is_management_account": False}, "{ $.eventName = CreateAccount }", "not_applicable"),
        ({"is_management_account": False, "organization": ""}, "", "not_applicable"),
    ],
)
def test_changes_of_the_organization_are_told(changes: dict[str, Any], pattern: str, expected: str) -> None:
    verdict = judged.changes_of_the_organization_are_told(
        membership(**changes),
        population(trail()),
        population(counts(pattern)),
        population(alarm()),
        population(topic()),
        NO_SHADOWS,
    )
    assert status(verdict) == expected


def membership(**changes: Any) -> Membership:
    given: dict[str, Any] = dict.fromkeys(Membership.__dataclass_fields__, ())
    known = {"id": ACCOUNT, "organization": "o-1", "is_management_account": True, "all_features": True, "ai_use": ""}
    return Membership(**{**given, **known, **changes})


@pytest.mark.parametrize(
    ("alarms", "expected"),
    [
        ([alarm()], "pass"),
        ([alarm(**ELSEWHERE)], "pass"),
        ([alarm(acts=False, **ELSEWHERE)], "fail"),
        ([SILENT], "fail"),
        ([SILENT, above("any", "ALARM(alarm)")], "pass"),
        ([SILENT, above("both", "ALARM(alarm) AND ALARM(x)")], "not_applicable"),
        (
            [SILENT, above("far", "ALARM(alarm) AND ALARM(x)", id=f"arn:aws:cloudwatch:us-east-1:{OTHER}:alarm:far")],
            "fail",
        ),
        ([alarm(suppressor="maintenance")], "unknown"),
        ([alarm(actions=(f"{TOPIC}-unseen",))], "unknown"),
    ],
)
def test_alarm_does_something(alarms: list[Alarm], expected: str) -> None:
    assert status(judged.alarm_does_something(alarms[0], population(*alarms), population(topic()))) == expected


def test_a_silent_alarm_fails_only_where_all_alarms_were_seen() -> None:
    with pytest.raises(NotObservedError):
        judged.alarm_does_something(SILENT, population(SILENT, missing="denied"), population(topic()))
