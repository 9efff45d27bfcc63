"""Checks of EventBridge: only those who should put events on a bus, and events survive the loss of a region."""

from __future__ import annotations

from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.eventbridge import EventBus, EventEndpoint


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def bus_is_not_open_to_everybody(bus: EventBus) -> Verdict:
    """Not everybody in the world can put events on the bus.

    Events start things. Whoever may send them starts what he likes.

    Remediation: Name accounts in `Principal`, or add `aws:PrincipalOrgID` as a condition.
    """
    if everybody_may(bus.statements):
        return failed(f"the policy of {bus.name} lets everybody in")
    return passed(f"the policy of {bus.name} lets only certain principals in")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def bus_lets_in_approved_accounts(bus: EventBus, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The policy of the bus lets in no other account, unless that was approved.

    What other accounts set going here, only the owner of the bus decides.

    Remediation: Name the account in the setting `approved`, or `aws events remove-permission --statement-id …`.
    """
    others = sorted(accounts_let_in(bus.statements) - {bus.account} - set(approved))
    if others:
        return failed(f"the policy of {bus.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {bus.name} lets in no account that was not approved")


@check(objective="services-survive-failures", severity=Severity.LOW)
def endpoint_replicates_events(endpoint: EventEndpoint) -> Verdict:
    """A global endpoint sends each event to both of its regions.

    Without that, it does not return to the first region by itself, and what was underway when a region failed is lost.

    Remediation: *EventBridge*, *Global endpoints*, *Event replication*, enable.
    """
    if endpoint.replicates:
        return passed(f"{endpoint.name} sends events to both regions")
    return failed(f"{endpoint.name} sends events to one region at a time")
