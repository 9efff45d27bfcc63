"""Checks of alarms: whether somebody is told of changes that matter to security.

Each asks the whole way from the log entry to a person: a metric whose filter fits it (and does not fit what is
ordinary), or a condition on the log itself, in an alert policy that is on and has a channel. The metric may be of a log
bucket elsewhere to which a sink carries the entry.
"""

from __future__ import annotations

from checks.gcp import alarming_entries as entries
from checks.gcp.alarm_chains import Alarms
from core.model import Severity, Verdict
from core.plugins import check
from core.population import Population
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.logs import AlertPolicy, LogMetric, LogSink


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_owners_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when who owns a project changes.

    Whoever wants to stay makes another account an owner.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `protoPayload.methodName="SetIamPolicy" AND
    protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner"`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.OWNERS, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_audit_logging_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when it changes what data access is logged.

    Whoever wants to read unseen switches that off first.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `protoPayload.methodName="SetIamPolicy" AND
    protoPayload.serviceData.policyDelta.auditConfigDeltas:*`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.AUDIT_CONFIGURATION, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_custom_roles_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when a custom role changes.

    A role that many have is the quiet way to give rights to all of them.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `resource.type="iam_role" AND
    protoPayload.methodName=("google.iam.admin.v1.CreateRole" OR "google.iam.admin.v1.DeleteRole" OR
    "google.iam.admin.v1.UpdateRole")`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.CUSTOM_ROLES, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_firewalls_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when a firewall rule changes.

    One rule opens what all others keep closed.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `resource.type="gce_firewall_rule" AND
    protoPayload.methodName:("firewalls.insert" OR "firewalls.patch" OR "firewalls.delete")`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.FIREWALLS, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_networks_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when a network or its peerings change.

    A peering joins what was apart.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `resource.type="gce_network" AND
    protoPayload.methodName:("networks.insert" OR "networks.patch" OR "networks.delete" OR
    "networks.removePeering" OR "networks.addPeering")`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.NETWORKS, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_routes_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when a route changes.

    A route leads traffic past the place where it is watched.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `resource.type="gce_route" AND
    protoPayload.methodName:("routes.insert" OR "routes.delete")`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.ROUTES, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_bucket_policies_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when the policy of a bucket changes.

    That is how buckets become public.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `resource.type="gcs_bucket" AND
    protoPayload.methodName="storage.setIamPermissions"`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.BUCKET_POLICIES, container)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_databases_are_told(
    container: Container,
    metrics: Population[LogMetric],
    policies: Population[AlertPolicy],
    sinks: Population[LogSink],
) -> Verdict:
    """Somebody is told when settings of a database change.

    One setting opens a database to the internet, or ends its backups.

    Remediation: An alert policy with a channel, on a metric (or on the log itself) with the filter
    `protoPayload.methodName="cloudsql.instances.update"`.
    """
    return Alarms(metrics, policies, sinks).tell_of(entries.DATABASES, container)
