"""Truth tables of the checks of logs and alarms, and of how queries are read."""

from __future__ import annotations

from typing import Any

import pytest

from checks.gcp import alarming_entries as entries
from checks.gcp import alarms
from checks.gcp.log_queries import NotUnderstoodError, fits
from checks.gcp.logs import carried_logs_cannot_be_removed, data_access_is_logged, everything_is_carried_somewhere
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.gcp.data import Bucket
from core.resources.gcp.iam import AuditConfig, IamPolicy
from core.resources.gcp.logs import AlertPolicy, LogBucket, LogMetric, LogSink
from tests.checks.gcp.making import FOLDER, ORGANIZATION, SHOP, all_of, common, container, containers, policy, status
from tests.collectors.gcp.estate import FILTERS

DAY = 86_400
LEFT_OUT: dict[str, Any] = {"looked_at": False, "left_out": "excluded by the configuration"}


def audits(*types: str, service: str = "allServices", exempted: tuple[str, ...] = ()) -> tuple[AuditConfig, ...]:
    return tuple(AuditConfig(service=service, log_type=each, exempted=exempted) for each in types)


ALL = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


@pytest.mark.parametrize(
    ("policies", "scope", "expected"),
    [
        ([policy(of=ORGANIZATION, audits=audits(*ALL))], (), "pass"), ([policy(audits=audits(*ALL))], (), "pass"),
        ([policy(audits=audits("DATA_READ")), policy(of=FOLDER, audits=audits("ADMIN_READ", "DATA_WRITE"))], (), "pass"),
        ([policy(audits=audits("DATA_READ", "DATA_WRITE"))], (), "fail"), ([], (), "fail"),
        ([policy(audits=audits(*ALL, service="storage.googleapis.com"))], (), "fail"),
        ([policy(audits=audits(*ALL)), policy(of=FOLDER, audits=audits("DATA_READ", exempted=("user:eve@example.com",)))], (), "fail"),
        ([policy(audits=audits(*ALL))], (SHOP,), "unknown"), ([], (SHOP,), "unknown"),
        ([policy(audits=audits(*ALL, exempted=("user:eve@example.com",)))], (SHOP,), "fail"),
    ],
)  # fmt: skip
def test_data_access_is_logged(policies: list[IamPolicy], scope: tuple[str, ...], expected: str) -> None:
    assert status(data_access_is_logged(container(), containers(*scope), all_of(IamPolicy, *policies))) == expected


def sink(**changes: Any) -> LogSink:
    given: dict[str, Any] = {
        "id": "//s", "container": ORGANIZATION, "name": "all", "destination": "storage.googleapis.com/archive", "filter": "",
        "exclusions": (), "with_children": True, "enabled": True,
    }  # fmt: skip
    return LogSink(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "scope", "expected"),
    [
        ({}, (), "pass"), ({"with_children": False}, (), "fail"), ({"with_children": False, "container": SHOP}, (), "pass"),
        ({"enabled": False}, (), "fail"), ({"filter": "severity>=ERROR"}, (), "fail"), ({"exclusions": ("a",)}, (), "fail"),
        ({"container": SHOP, "name": "_Default"}, (), "fail"), ({"container": "projects/999"}, (), "fail"),
        ({"filter": "x", "container": SHOP}, (SHOP,), "unknown"), ({"destination": ""}, (), "fail"),
    ],
)  # fmt: skip
def test_everything_is_carried_somewhere(changes: dict[str, Any], scope: tuple[str, ...], expected: str) -> None:
    found = all_of(LogSink, sink(**changes))
    assert status(everything_is_carried_somewhere(container(), containers(*scope), found)) == expected


def test_a_sink_that_could_not_be_seen_may_carry_everything() -> None:
    for found in (
        all_of(LogSink, missing="denied"),
        all_of(LogSink, sink(container="projects/9", filter=unobserved("x"))),
    ):
        with pytest.raises(NotObservedError):
            everything_is_carried_somewhere(container(), containers(), found)


@pytest.mark.parametrize("check", [data_access_is_logged, everything_is_carried_somewhere])
def test_logging_is_judged_in_projects_that_are_looked_at(check: Any) -> None:
    for each in (container(FOLDER), container(**LEFT_OUT)):
        assert status(check(each, containers(), all_of(IamPolicy))) == "not_applicable"


ARCHIVE = Bucket(
    **common(
        name="archive", uniform_access=True, public_access_prevention="enforced", key="", versioning=True,
        retention_seconds=400 * DAY, retention_locked=True,
    )
)  # fmt: skip
OPEN = Bucket(
    **common(
        id="//x/open", name="open", uniform_access=True, public_access_prevention="enforced", key="", versioning=True,
        retention_seconds=None, retention_locked=False,
    )
)  # fmt: skip
KEPT = LogBucket(
    id="//l",
    container=SHOP,
    location="global",
    name="kept",
    path="projects/p/locations/global/buckets/kept",
    days=365,
    locked=True,
)
SHORT = LogBucket(
    id="//m",
    container=SHOP,
    location="global",
    name="short",
    path="projects/p/locations/global/buckets/short",
    days=30,
    locked=True,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"), ({"destination": "storage.googleapis.com/open"}, "fail"), ({"destination": "storage.googleapis.com/elsewhere"}, "unknown"),
        ({"destination": f"logging.googleapis.com/{KEPT.path}"}, "pass"), ({"destination": f"logging.googleapis.com/{SHORT.path}"}, "fail"),
        ({"destination": "logging.googleapis.com/projects/p/locations/global/buckets/other"}, "unknown"),
        ({"destination": "logging.googleapis.com/projects/p"}, "not_applicable"),
        ({"destination": "pubsub.googleapis.com/projects/p/topics/t"}, "not_applicable"),
        ({"name": "_Default"}, "not_applicable"), ({"enabled": False}, "not_applicable"),
    ],
)  # fmt: skip
def test_carried_logs_cannot_be_removed(changes: dict[str, Any], expected: str) -> None:
    found = carried_logs_cannot_be_removed(
        sink(**changes), all_of(Bucket, ARCHIVE, OPEN), all_of(LogBucket, KEPT, SHORT)
    )
    assert status(found) == expected


# --- queries

FIREWALL = entries.FIREWALLS["insert"]
OWNER = entries.OWNERS["an owner added"]


@pytest.mark.parametrize(
    ("query", "entry", "expected"),
    [
        ("", FIREWALL, True), ("-- nothing but a remark", FIREWALL, True), ("firewalls", FIREWALL, True), ('"v1.compute.firewalls"', FIREWALL, True),
        ("nowhere", FIREWALL, False), ("-nowhere", FIREWALL, True), ("NOT firewalls", FIREWALL, False),
        ("resource.type=gce_firewall_rule", FIREWALL, True), ('resource.type="GCE_FIREWALL_RULE"', FIREWALL, True),
        ("resource.type!=gce_firewall_rule", FIREWALL, False), ("resource.other!=x", FIREWALL, True), ("resource.other=x", FIREWALL, False),
        ("protoPayload.methodName:firewalls", FIREWALL, True), ("protoPayload:firewalls", FIREWALL, True),
        ("protoPayload.methodName:*", FIREWALL, True), ("protoPayload.nothing:*", FIREWALL, False),
        (r'protoPayload.methodName=~"firewalls\\.insert$"', FIREWALL, True), ('protoPayload.methodName!~"insert"', FIREWALL, False),
        ('protoPayload.methodName=~"INSERT"', FIREWALL, False),
        ('protoPayload.methodName:("patch" OR "insert")', FIREWALL, True), ('protoPayload.methodName:("patch" AND "insert")', FIREWALL, False),
        ('protoPayload.methodName:("firewalls" "insert")', FIREWALL, True), ('protoPayload.methodName=("x")', FIREWALL, False),
        # OR binds closer than AND
        ("nowhere AND firewalls OR insert", FIREWALL, False), ("insert OR nowhere AND firewalls", FIREWALL, True),
        ("(nowhere AND firewalls) OR insert", FIREWALL, True), ("firewalls insert", FIREWALL, True), ("firewalls\nnowhere", FIREWALL, False),
        ('protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner"', OWNER, True),
        ('protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/viewer"', OWNER, False),
        ('log_id("cloudaudit.googleapis.com/activity")', OWNER, True), ('LOG_ID("other")', OWNER, False),
        ("flag=true", {"flag": True}, True), ("a.b=1", {"a.b": 1}, True), ("a=x", {"a": ("x", "y")}, True), ("a:*", {"a": {"b": 1}}, True),
        ("resource.type.more=x", FIREWALL, False), ("zzz", {"a": ["x"]}, False),
        (r'a="say \"x\""', {"a": 'say "x"'}, True),
    ],
)  # fmt: skip
def test_which_entries_a_query_fits(query: str, entry: Any, expected: bool) -> None:
    assert fits(query, entry) is expected


@pytest.mark.parametrize(
    "query",
    [
        "severity>=ERROR",
        "sample(insertId, 0.1)",
        "(a",
        "a)",
        "a=",
        'a=("x" OR "y" AND "z")',
        "a=()",
        'a=~"("',
        "=x",
        "log_id(a)",
        'log_id("a"',
        "a OR",
        '"open',
        "log_id(",
        'log_id("a"(',
    ],
)
def test_a_query_that_cannot_be_read_is_said_to_be_so(query: str) -> None:
    with pytest.raises(NotUnderstoodError):
        fits(query, FIREWALL)


# --- alarms

CHECKS = {
    name: each for name, each in vars(alarms).items() if isinstance(each, Check)
}  # fmt: skip
OF = {
    "changes_of_owners_are_told": "owners", "changes_of_audit_logging_are_told": "audit", "changes_of_custom_roles_are_told": "roles",
    "changes_of_firewalls_are_told": "firewalls", "changes_of_networks_are_told": "networks", "changes_of_routes_are_told": "routes",
    "changes_of_bucket_policies_are_told": "buckets", "changes_of_databases_are_told": "databases",
}  # fmt: skip


def metric(query: str, **changes: Any) -> LogMetric:
    return LogMetric(
        **{"id": "//m", "container": SHOP, "name": "watched", "filter": query, "enabled": True, "bucket": "", **changes}
    )


def alert(**changes: Any) -> AlertPolicy:
    given: dict[str, Any] = {
        "id": "//a", "container": SHOP, "name": "security", "enabled": True, "log_filters": (), "channels": ("c",),
        "metric_filters": ('resource.type="global" AND metric.type="logging.googleapis.com/user/watched"',),
    }  # fmt: skip
    return AlertPolicy(**{**given, **changes})


def verdict(check: Any, metrics: list[LogMetric], policies: list[AlertPolicy], *sinks: LogSink) -> str:
    populations = (all_of(LogMetric, *metrics), all_of(AlertPolicy, *policies), all_of(LogSink, *sinks))
    return status(check(container(), *populations))


@pytest.mark.parametrize("name", OF)
def test_somebody_is_told(name: str) -> None:
    check, query = CHECKS[name], FILTERS[OF[name]]
    assert verdict(check, [metric(query)], [alert()]) == "pass"
    assert verdict(check, [], [alert(metric_filters=(), log_filters=(query,))]) == "pass"
    assert verdict(check, [], []) == "fail"
    assert CHECKS.keys() == OF.keys()


@pytest.mark.parametrize(
    ("metrics", "policies", "expected"),
    [
        ([metric(FILTERS["firewalls"], enabled=False)], [alert()], "fail"), ([metric(FILTERS["firewalls"], name="other")], [alert()], "fail"),
        ([metric(FILTERS["firewalls"])], [alert(enabled=False)], "fail"), ([metric(FILTERS["firewalls"])], [alert(channels=())], "fail"),
        ([metric(FILTERS["firewalls"])], [], "fail"), ([metric(FILTERS["firewalls"])], [alert(metric_filters=("cpu > 1",))], "fail"),
        ([metric(FILTERS["firewalls"], container=FOLDER)], [alert()], "fail"),
        ([metric('protoPayload.methodName:"firewalls.insert"')], [alert()], "fail"), ([metric("severity>=NOTICE")], [alert()], "unknown"),
        ([metric(FILTERS["firewalls"], bucket="projects/p/locations/global/buckets/all")], [alert()], "unknown"),
        ([metric(FILTERS["firewalls"], bucket="projects/p/locations/global/buckets/all", enabled=False)], [alert()], "fail"),
        ([metric("resource.type:gce")], [alert()], "unknown"), ([metric(FILTERS["firewalls"])], [alert(container="projects/999")], "unknown"),
    ],
)  # fmt: skip
def test_the_way_to_a_person_must_be_whole(
    metrics: list[LogMetric], policies: list[AlertPolicy], expected: str
) -> None:
    assert verdict(alarms.changes_of_firewalls_are_told, metrics, policies) == expected


def test_what_could_not_be_seen_may_tell() -> None:
    check = alarms.changes_of_firewalls_are_told
    with pytest.raises(NotObservedError):
        check(container(), all_of(LogMetric, missing="denied"), all_of(AlertPolicy), all_of(LogSink))
    with pytest.raises(NotObservedError):
        check(container(), all_of(LogMetric), all_of(AlertPolicy, missing="denied"), all_of(LogSink))
    assert status(check(container(FOLDER), all_of(LogMetric), all_of(AlertPolicy), all_of(LogSink))) == "not_applicable"


GATHERED = "projects/p/locations/global/buckets/all"
WATCHERS = "projects/999"


def gathering(**changes: Any) -> LogSink:
    return sink(**{"destination": f"logging.googleapis.com/{GATHERED}", **changes})


@pytest.mark.parametrize(
    ("sinks", "counted", "watched", "expected"),
    [
        ([gathering()], {}, {}, "pass"), ([gathering(container=SHOP, with_children=False)], {}, {}, "pass"),
        ([gathering(filter='log_id("cloudaudit.googleapis.com/activity")')], {}, {}, "pass"),
        ([gathering(filter="severity>=ERROR")], {}, {}, "unknown"), ([gathering(filter='resource.type="gce_route"')], {}, {}, "unknown"),
        ([gathering(exclusions=('resource.type="gce_firewall_rule"',))], {}, {}, "unknown"), ([gathering(exclusions=("gce_route",))], {}, {}, "pass"),
        ([gathering(enabled=False)], {}, {}, "unknown"), ([gathering(with_children=False)], {}, {}, "unknown"),
        ([gathering(filter=unobserved("cut off"))], {}, {}, "unknown"), ([gathering(container="folders/1")], {}, {}, "unknown"),
        ([gathering(destination="logging.googleapis.com/projects/p/locations/global/buckets/other")], {}, {}, "unknown"),
        ([gathering(filter="gce_route"), gathering(id="//t", container=FOLDER)], {}, {}, "pass"),
        ([gathering()], {"enabled": False}, {}, "fail"), ([gathering()], {"filter": FILTERS["routes"]}, {}, "fail"),
        ([], {"filter": "severity>=NOTICE"}, {}, "unknown"), ([gathering()], {"filter": ""}, {}, "unknown"), ([gathering()], {"filter": "severity>=NOTICE"}, {}, "unknown"),
        ([gathering()], {}, {"enabled": False}, "unknown"), ([gathering()], {}, {"channels": ()}, "unknown"),
        ([gathering()], {}, {"metric_filters": ("cpu",)}, "unknown"), ([gathering()], {}, {"container": SHOP}, "unknown"),
    ],
)  # fmt: skip
def test_entries_may_be_gathered_and_told_of_elsewhere(
    sinks: list[LogSink], counted: dict[str, Any], watched: dict[str, Any], expected: str
) -> None:
    metrics = [metric(FILTERS["firewalls"], **{"container": WATCHERS, "bucket": GATHERED, **counted})]
    policies = [alert(**{"container": WATCHERS, **watched})]
    assert verdict(alarms.changes_of_firewalls_are_told, metrics, policies, *sinks) == expected


@pytest.mark.parametrize(
    ("counted", "watched"), [({"filter": unobserved("cut off")}, {}), ({}, {"channels": unobserved("cut off")})]
)
def test_what_is_gathered_elsewhere_and_was_not_seen_whole_may_tell(
    counted: dict[str, Any], watched: dict[str, Any]
) -> None:
    metrics = [metric(FILTERS["firewalls"], **{"container": WATCHERS, "bucket": GATHERED, **counted})]
    with pytest.raises(NotObservedError):
        verdict(
            alarms.changes_of_firewalls_are_told, metrics, [alert(**{"container": WATCHERS, **watched})], gathering()
        )
