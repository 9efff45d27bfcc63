"""Truth tables of the checks of snapshots of databases, and of who hears of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.rds_snapshots import (
    events_reach_a_topic,
    snapshot_is_encrypted,
    snapshot_is_not_public,
    snapshot_is_shared_with_approved_accounts,
)
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.rds import (
    DatabaseCluster,
    DatabaseEvents,
    DatabaseInstance,
    DatabaseSnapshot,
    EventSubscription,
)
from tests.checks.aws.making import ACCOUNT, OTHER, status
from tests.checks.aws.test_rds import BEGIN, cluster, instance
from tests.twins import population

NO_INSTANCES: Population[DatabaseInstance] = population(kind="aws_rds_instance")
NO_CLUSTERS: Population[DatabaseCluster] = population(kind="aws_rds_cluster")
HIDDEN_INSTANCES: Population[DatabaseInstance] = population(kind="aws_rds_instance", missing="denied")
HIDDEN_CLUSTERS: Population[DatabaseCluster] = population(kind="aws_rds_cluster", missing="denied")


def snapshot(**changes: Any) -> DatabaseSnapshot:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:snapshot:before",
        "name": "before",
        "database": "records",
        "engine": "postgres",
        "of_cluster": False,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "encrypted": True,
        "restorable_by": (),
    }
    return DatabaseSnapshot(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (snapshot_is_not_public, {"restorable_by": (OTHER,)}, "pass"),
        (snapshot_is_not_public, {"restorable_by": ("all",)}, "fail"),
        (snapshot_is_shared_with_approved_accounts, {"restorable_by": (OTHER,)}, "fail"),
        (snapshot_is_shared_with_approved_accounts, {"restorable_by": ("all",)}, "pass"),
        (snapshot_is_encrypted, {"encrypted": False}, "fail"),
    ],
)
def test_snapshot(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(snapshot())) == "pass"
    assert status(check(snapshot(**changes))) == expected


def test_approved_accounts_and_what_was_not_seen() -> None:
    shared = snapshot(restorable_by=(OTHER,))
    assert status(snapshot_is_shared_with_approved_accounts(shared, approved=(OTHER,))) == "pass"
    with pytest.raises(NotObservedError):
        snapshot_is_not_public(snapshot(restorable_by=unobserved("denied")))


def events(*subscriptions: EventSubscription) -> DatabaseEvents:
    return DatabaseEvents(id=f"{ACCOUNT}/eu-west-1", region="eu-west-1", subscriptions=subscriptions)


def subscription(**changes: Any) -> EventSubscription:
    given: dict[str, Any] = {
        "name": "tell",
        "topic": f"arn:aws:sns:eu-west-1:{ACCOUNT}:databases",
        "enabled": True,
        "status": "active",
        "source_type": "",
        "sources": (),
        "categories": (),
    }
    return EventSubscription(**{**given, **changes})


@pytest.mark.parametrize(
    ("subscriptions", "expected"),
    [
        ((subscription(),), "pass"),
        ((subscription(source_type="db-instance"), subscription(source_type="db-cluster")), "pass"),
        ((subscription(categories=("failure",)), subscription(categories=("Maintenance",))), "pass"),
        ((), "fail"),
        ((subscription(enabled=False),), "fail"),
        ((subscription(status="topic-not-exist"),), "fail"),
        ((subscription(source_type="db-instance"),), "fail"),
        ((subscription(sources=("records",)),), "fail"),
        ((subscription(categories=("failure",)),), "fail"),
    ],
)
def test_events_reach_a_topic(subscriptions: tuple[EventSubscription, ...], expected: str) -> None:
    verdict = events_reach_a_topic(events(*subscriptions), population(instance()), population(cluster()))
    assert status(verdict) == expected


def test_events_where_databases_are_elsewhere_or_were_not_seen() -> None:
    elsewhere = instance(id=f"arn:aws:rds:us-east-1:{ACCOUNT}:db:records")
    assert status(events_reach_a_topic(events(), population(elsewhere), NO_CLUSTERS)) == "not_applicable"
    only_instances = events(subscription(source_type="db-instance"))
    assert status(events_reach_a_topic(only_instances, population(instance()), NO_CLUSTERS)) == "pass"
    assert status(events_reach_a_topic(events(), population(instance(), missing="denied"), NO_CLUSTERS)) == "fail"
    with pytest.raises(NotObservedError):
        events_reach_a_topic(events(subscription()), HIDDEN_INSTANCES, NO_CLUSTERS)
    with pytest.raises(NotObservedError):
        events_reach_a_topic(events(subscription()), NO_INSTANCES, HIDDEN_CLUSTERS)
