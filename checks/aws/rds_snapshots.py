"""Checks of snapshots of databases, and of who hears when a database fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from checks.cloud.encryption import is_encrypted
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.rds import (
    DatabaseCluster,
    DatabaseEvents,
    DatabaseInstance,
    DatabaseSnapshot,
    EventSubscription,
)

EVERYBODY = "all"


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def snapshot_is_not_public(snapshot: DatabaseSnapshot) -> Verdict:
    """A snapshot of a database cannot be restored by everybody.

    Who restores it has the whole database, with all that was ever deleted since.

    Remediation: `aws rds modify-db-snapshot-attribute --attribute-name restore --values-to-remove all --db-snapshot-
    identifier …`.
    """
    if EVERYBODY in snapshot.restorable_by:
        return failed(f"everybody can restore {snapshot.name} of {snapshot.database}")
    return passed(f"not everybody can restore {snapshot.name} of {snapshot.database}")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def snapshot_is_shared_with_approved_accounts(snapshot: DatabaseSnapshot, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A snapshot of a database is shared with no other account, unless that was approved.

    What another account does with our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out: *Actions*, *Share snapshot*.
    """
    if others := sorted(set(snapshot.restorable_by) - {EVERYBODY} - set(approved)):
        return failed(f"{snapshot.name} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{snapshot.name} is shared with no account that was not approved")


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def snapshot_is_encrypted(snapshot: DatabaseSnapshot) -> Verdict:
    """A snapshot of a database is encrypted.

    Only what is not encrypted can be made public; and what is restored from it is as it is.

    Remediation: `aws rds copy-db-snapshot --kms-key-id …`, then delete the original.
    """
    return is_encrypted(f"{snapshot.name} of {snapshot.database}", on=snapshot.encrypted)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def events_reach_a_topic(
    events: DatabaseEvents,
    instances: Population[DatabaseInstance],
    clusters: Population[DatabaseCluster],
    *,
    categories: tuple[str, ...] = ("failure", "maintenance"),
) -> Verdict:
    """Where there are databases, RDS tells a topic when one fails or is going to be maintained.

    Else the first to hear of it are those who work with it.

    Remediation: `aws rds create-event-subscription --source-type db-instance --event-categories failure maintenance
    --sns-topic-arn …`, and once more for `db-cluster`.
    """
    kinds = {
        "db-instance": _are_in(instances.here, events.region),
        "db-cluster": _are_in(clusters.here, events.region),
    }
    here = [kind for kind, there in kinds.items() if there]
    if not here:
        return not_applicable(f"there are no databases in {events.region}")
    lacking = [f"{category} of {kind}" for kind in here for category in categories if not _told(events, kind, category)]
    if lacking:
        return failed(f"no subscription in {events.region} tells about {', '.join(lacking)}")
    return passed(f"subscriptions in {events.region} tell about {', '.join(categories)} of {', '.join(here)}")


def _are_in(databases: Population[Any], region: str) -> bool:
    """Whether there are databases in a region. One that was seen proves it, also where others were not."""
    seen = any(each.id.split(":")[3] == region for each in databases.observed)
    return seen or any(each.id.split(":")[3] == region for each in databases)


def _told(events: DatabaseEvents, kind: str, category: str) -> bool:
    return any(_is_on(each) and _is_about(each, kind, category) for each in events.subscriptions)


def _is_on(subscription: EventSubscription) -> bool:
    return subscription.enabled and subscription.status == "active"


def _is_about(subscription: EventSubscription, kind: str, category: str) -> bool:
    return (
        _holds(subscription.source_type, kind)
        and not subscription.sources
        and (not subscription.categories or category in _words(subscription.categories))
    )


def _holds(source_type: str, kind: str) -> bool:
    return source_type in ("", kind)


def _words(categories: Iterable[str]) -> set[str]:
    return {each.lower() for each in categories}
