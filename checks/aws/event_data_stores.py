"""Checks of CloudTrail Lake: what it keeps cannot be made to vanish."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.event_data_stores import EventDataStore

LEAVING = "PENDING_DELETION"


@check(objective="logs-are-protected", severity=Severity.MEDIUM)
def store_is_guarded(store: EventDataStore) -> Verdict:
    """An event data store cannot be deleted before somebody lifts its protection.

    It is a record of who did what, and worth deleting for somebody who did.

    Remediation: `aws cloudtrail update-event-data-store --event-data-store … --termination-protection-enabled`.
    """
    if store.status == LEAVING:
        return failed(f"{store.name} is going to be deleted")
    if store.guarded:
        return passed(f"{store.name} is protected from deletion")
    return failed(f"{store.name} can be deleted")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def store_keeps_events(store: EventDataStore, *, days: int = 365) -> Verdict:
    """An event data store keeps events as long as the rules demand.

    Intrusions are found months after they began.

    Remediation: `aws cloudtrail update-event-data-store --event-data-store … --retention-period …`.
    """
    if store.days < days:
        return failed(f"{store.name} keeps events for {store.days} days, less than {days}")
    return passed(f"{store.name} keeps events for {store.days} days")


@check(objective="administration-is-logged", severity=Severity.LOW)
def store_takes_in_events(store: EventDataStore) -> Verdict:
    """An event data store takes in events.

    One that was stopped answers questions about the past as if nothing had happened since.

    Remediation: `aws cloudtrail start-event-data-store-ingestion --event-data-store …`.
    """
    if store.status == LEAVING:
        return not_applicable(f"{store.name} is going to be deleted")
    if store.status in ("ENABLED", "STARTING_INGESTION"):
        return passed(f"{store.name} takes in events")
    return failed(f"{store.name} takes in no events ({store.status})")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def store_is_encrypted_with_kms(store: EventDataStore) -> Verdict:
    """An event data store is encrypted with a key of KMS.

    CloudTrail encrypts it with a key of its own. A key of KMS is a second permission for whoever would read what
    everybody did.

    Remediation: `aws cloudtrail update-event-data-store --event-data-store … --kms-key-id …`. It cannot be taken back.
    """
    if store.key:
        return passed(f"{store.name} is encrypted with {store.key}")
    return failed(f"{store.name} is encrypted with a key of CloudTrail")
