"""Checks of alerts: whether somebody is told of what is done to a subscription and matters to security.

Each asks the whole way: an alert that is on, about the whole subscription, whose conditions fit, and an action group
that is on and has somebody in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.logging import ActionGroup, ActivityAlert, SecurityContact
from core.resources.azure.survey import Subscription

DONE = frozenset({"succeeded", "started", "accepted"})
"""States of an event of which one is enough: it was done, or begun."""
SEVERITIES = ("high", "medium", "low")
INCIDENTS, TROUBLES = "properties.incidenttype", {"incident", "security"}
"""The field in which an event of Azure's own health says what it is, and what of it must be told."""
LEVELS = frozenset({"informational", "information"})
"""Levels of an event that says that something was done."""


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changed_policies_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when the assignment of a policy is made, changed or removed.

    Policies forbid what must not be; whoever means to do it removes them first.

    Remediation: *Monitor*, *Alerts*, *Create*, signals *Create policy assignment* and *Delete policy assignment*;
    `az monitor activity-log alert create`; `azurerm_monitor_activity_log_alert`.
    """
    below = "microsoft.authorization/policyassignments"
    return _tells(subscription, alerts, groups, (f"{below}/write", f"{below}/delete"))


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changed_security_groups_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when a network security group is made, changed or removed.

    One rule opens a network to the world.

    Remediation: *Monitor*, *Alerts*, *Create*, signals *Create or Update Network Security Group* and *Delete Network
    Security Group*; `az monitor activity-log alert create`; `azurerm_monitor_activity_log_alert`.
    """
    below = "microsoft.network/networksecuritygroups"
    return _tells(subscription, alerts, groups, (f"{below}/write", f"{below}/delete"))


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changed_security_solutions_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when a security solution is made, changed or removed.

    Whoever breaks in switches off what would see it.

    Remediation: *Monitor*, *Alerts*, *Create*, signals *Create or Update Security Solutions* and *Delete Security
    Solutions*; `az monitor activity-log alert create`; `azurerm_monitor_activity_log_alert`.
    """
    below = "microsoft.security/securitysolutions"
    return _tells(subscription, alerts, groups, (f"{below}/write", f"{below}/delete"))


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changed_sql_firewalls_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when a rule of the firewall of an SQL server is made, changed or removed.

    One rule opens a database to the world.

    Remediation: *Monitor*, *Alerts*, *Create*, signals *Create/Update server firewall rule* and *Delete server firewall
    rule*; `az monitor activity-log alert create`; `azurerm_monitor_activity_log_alert`.
    """
    below = "microsoft.sql/servers/firewallrules"
    return _tells(subscription, alerts, groups, (f"{below}/write", f"{below}/delete"))


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changed_public_addresses_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when a public address is made, changed or removed.

    With it something of ours stands on the internet that did not before.

    Remediation: *Monitor*, *Alerts*, *Create*, signals *Create or Update Public Ip Address* and *Delete Public Ip
    Address*; `az monitor activity-log alert create`; `azurerm_monitor_activity_log_alert`.
    """
    below = "microsoft.network/publicipaddresses"
    return _tells(subscription, alerts, groups, (f"{below}/write", f"{below}/delete"))


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def troubles_of_azure_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when a service of Azure that a subscription uses is in trouble.

    Azure tells of flaws and incidents there that are for its customers to answer.

    Remediation: *Service Health*, *Health alerts*, *Create service health alert*; `az monitor activity-log alert create
    --condition category=ServiceHealth`; `azurerm_monitor_activity_log_alert`.
    """
    if not subscription.looked_at:
        return not_applicable(f"{subscription.id} is left out: {subscription.left_out}")
    about = [each for _, each in alerts.having(f"/subscriptions/{subscription.id}", by=_scopes)]
    if any(_reaches(each, groups) for each in about if _is_of_health(each)):
        return passed(f"somebody is told of troubles of Azure in {subscription.name}")
    alerts.here.require_all(by=_scopes)
    return failed(f"nobody is told of troubles of Azure in {subscription.name}")


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def new_roles_of_people_are_told(
    subscription: Subscription, alerts: Population[ActivityAlert], groups: Population[ActionGroup]
) -> Verdict:
    """Somebody is told when somebody is given a role.

    It is how a thief makes himself at home.

    Remediation: *Monitor*, *Alerts*, *Create*, signal *Create role assignment*; `az monitor activity-log alert create`;
    `azurerm_monitor_activity_log_alert`.
    """
    return _tells(subscription, alerts, groups, ("microsoft.authorization/roleassignments/write",))


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def defender_tells_somebody(
    subscription: Subscription, contacts: Population[SecurityContact], *, least_severity: str = "high"
) -> Verdict:
    """Defender for Cloud tells somebody of what it finds.

    What nobody reads was not found. `least_severity` says from which severity on it must tell: high, medium or low.

    Remediation: *Microsoft Defender for Cloud*, *Environment settings*, *Email notifications*;
    `az security contact create`; `azurerm_security_center_contact`.
    """
    if not subscription.looked_at:
        return not_applicable(f"{subscription.id} is left out: {subscription.left_out}")
    seen = [each for _, each in contacts.having(subscription.id, by="subscription")]
    wanted = SEVERITIES.index(least_severity.lower())
    for each in seen:
        told = each.least_severity.lower()
        if each.alerts and told in SEVERITIES and SEVERITIES.index(told) >= wanted and (each.addresses or each.roles):
            whom = [f"{len(each.addresses)} addresses", *each.roles]
            return passed(f"Defender tells {', '.join(whom)} of {subscription.name}, from severity {told} on")
    contacts.here.require_all("subscription")
    return failed(f"{subscription.name} has {len(seen)} security contacts, of which none is told of {least_severity}")


def _tells(
    subscription: Subscription,
    alerts: Population[ActivityAlert],
    groups: Population[ActionGroup],
    operations: tuple[str, ...],
) -> Verdict:
    """Whether somebody is told of all of these operations in a subscription."""
    if not subscription.looked_at:
        return not_applicable(f"{subscription.id} is left out: {subscription.left_out}")
    about = [each for _, each in alerts.having(f"/subscriptions/{subscription.id}", by=_scopes)]
    silent = [each for each in operations if not any(_reaches(one, groups) for one in about if _fits(one, each))]
    if not silent:
        return passed(f"somebody is told of {', '.join(operations)} in {subscription.name}")
    alerts.here.require_all(by=_scopes)
    return failed(f"nobody is told of {', '.join(silent)} in {subscription.name}")


def _scopes(alert: ActivityAlert) -> Iterator[str]:
    yield from alert.scopes


def _fits(alert: ActivityAlert, operation: str) -> bool:
    """Whether an alert rings at an operation: no condition of it is about anything else."""
    kind = operation.rpartition("/")[0]
    rings = {
        "category": {"administrative"},
        "operationname": {operation},
        "status": DONE,
        "level": LEVELS,
        "resourcetype": {kind},
        "resourceprovider": {kind.partition("/")[0]},
    }
    return (
        alert.enabled
        and any(each.field == "category" for each in alert.conditions)
        and all(rings.get(each.field, set()) & set(each.values) for each in alert.conditions)
    )


def _is_of_health(alert: ActivityAlert) -> bool:
    """Whether an alert rings at troubles of Azure: no condition narrows it to less than incidents and flaws."""
    said = {each.field: set(each.values) for each in alert.conditions}
    category, kinds = said.pop("category", set()), said.pop(INCIDENTS, TROUBLES)
    return alert.enabled and "servicehealth" in category and kinds >= TROUBLES and not said


def _reaches(alert: ActivityAlert, groups: Population[ActionGroup]) -> bool:
    """Whether an action group of an alert is on and has somebody in it. One we could not see raises."""
    found = [groups.get(each) for each in alert.action_groups]
    return any(each is not None and each.enabled and each.receivers for each in found)
