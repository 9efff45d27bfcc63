"""Checks of alarms: whether somebody is told of events that matter to security.

Each asks the whole way from the event to a person: a trail of all regions that brings it to a log group, a filter there
whose pattern fits it (and does not fit what is ordinary), an alarm that rings, a topic with a confirmed subscription.
"""

from __future__ import annotations

from checks.aws import alarming_events as events
from checks.aws.alarm_chains import Chains, above, reaches_somebody, shortened
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.alarms import Alarm, AlarmTopic
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.guardrails import Membership
from core.resources.aws.logs import MetricFilter


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def refused_calls_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 10,
) -> Verdict:
    """Somebody is told when many calls are refused.

    Somebody who tries doors is refused often, and then no longer. `count` says how many refusals, within one
    period, must make the alarm ring at the latest.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.errorCode =
    "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.REFUSALS)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def sign_in_without_mfa_is_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a user signs in to the console without a second factor.

    With one stolen password anybody could be that user.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventName = "ConsoleLogin") &&
    ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") &&
    ($.responseElements.ConsoleLogin = "Success") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.SIGN_IN_WITHOUT_MFA)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def failed_sign_ins_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 10,
) -> Verdict:
    """Somebody is told when many sign-ins to the console fail.

    Guessing passwords looks like this. `count` says how many failures, within one period, must make the alarm ring
    at the latest.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventName = "ConsoleLogin") &&
    ($.errorMessage = "Failed authentication") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.FAILED_SIGN_IN)


@check(objective="security-alarms-reach-a-person", severity=Severity.HIGH)
def use_of_root_is_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when the root user does anything.

    Root can do everything and is needed for next to nothing: each use is either planned or an attack.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.userIdentity.type = "Root") &&
    ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.USE_OF_ROOT)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_identity_policies_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a policy of IAM is changed.

    Whoever wants to stay gives rights to an identity that nobody watches.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "iam.amazonaws.com") && (($.eventName = "Put*Policy") || ($.eventName = "Attach*Policy") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.IDENTITY_POLICIES)


@check(objective="security-alarms-reach-a-person", severity=Severity.HIGH)
def changes_of_trails_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a trail is changed, stopped or deleted.

    The first thing that an intruder switches off is the record.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "cloudtrail.amazonaws.com") && (($.eventName = "StopLogging") || ($.eventName = "*Trail") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.TRAILS)


@check(objective="security-alarms-reach-a-person", severity=Severity.HIGH)
def loss_of_keys_is_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a key of KMS is switched off or is to be destroyed.

    There are at least seven days to stop it, for somebody who knows.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "kms.amazonaws.com") && (($.eventName = "DisableKey") || ($.eventName = "ScheduleKeyDeletion")) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.LOST_KEYS)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_buckets_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when the policy, the ACL or the replication of a bucket is changed.

    This is how data becomes public, and how it leaves.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "s3.amazonaws.com") && (($.eventName = "PutBucketPolicy") || ($.eventName = "PutBucketAcl") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.BUCKETS)


@check(objective="security-alarms-reach-a-person", severity=Severity.MEDIUM)
def changes_of_the_recorder_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when AWS Config is changed or stopped.

    What is changed while nobody records is not seen by any rule.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "config.amazonaws.com") && (($.eventName = "StopConfigurationRecorder") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.RECORDER)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_security_groups_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a security group is changed.

    One rule opens a server to the world.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventName = "*SecurityGroup*")
    && ($.eventName != "Describe*") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.SECURITY_GROUPS)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_network_acls_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a network ACL is changed.

    It is what stands between networks of different trust.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventName = "*NetworkAcl*") &&
    ($.eventName != "Describe*") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.NETWORK_ACLS)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_gateways_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a gateway to the internet or to a customer is changed.

    A gateway is a way in, and a way out.

    Remediation: Count it with a metric filter on the log group of the trail: `{ (($.eventName = "*InternetGateway")
    || ($.eventName = "*CustomerGateway")) && ($.eventName != "Describe*") }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.GATEWAYS)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_routes_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a route or a route table is changed.

    Traffic that is led another way can be read there.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "ec2.amazonaws.com") && (($.eventName = "CreateRoute") || ($.eventName = "ReplaceRoute") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.ROUTES)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_networks_are_told(
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when a VPC or a peering is changed.

    A peering joins networks that were separate.

    Remediation: Count it with a metric filter on the log group of the trail: `{ ($.eventSource =
    "ec2.amazonaws.com") && (($.eventName = "*VpcPeeringConnection") || ($.eventName = "CreateVpc") || …) }`.
    """
    return Chains(trails, filters, alarms, topics, shadows, count).tell_of(events.NETWORKS)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def changes_of_the_organization_are_told(
    membership: Membership,
    trails: Population[Trail],
    filters: Population[MetricFilter],
    alarms: Population[Alarm],
    topics: Population[AlarmTopic],
    shadows: Population[TrailShadow],
    *,
    count: int = 1,
) -> Verdict:
    """Somebody is told when the organization, its accounts or its policies are changed.

    Whoever takes an account out of the organization takes it out of all its rules. Such events happen in the management
    account, and are recorded there.

    Remediation: In the management account, count them with a metric filter on the log group of the trail:
    `{ ($.eventSource = "organizations.amazonaws.com") && ($.readOnly IS FALSE) }`.
    """
    if not membership.is_management_account:
        return not_applicable(f"{membership.id} is not the management account of an organization")
    return Chains(trails.here, filters, alarms, topics, shadows, count).tell_of(events.ORGANIZATION)


@check(objective="security-alarms-reach-a-person", severity=Severity.LOW)
def alarm_does_something(alarm: Alarm, alarms: Population[Alarm], topics: Population[AlarmTopic]) -> Verdict:
    """An alarm that rings tells somebody, or starts something.

    An alarm whose actions are off, or to whose topic nobody listens, calms those who think that it is there.

    Remediation: `aws cloudwatch enable-alarm-actions --alarm-names …`; name a topic below *Notification*, and confirm a
    subscription to it.
    """
    started = [each for each in alarm.actions if ":sns:" not in each]
    if alarm.acts and started:
        return passed(f"{alarm.name} starts {', '.join(started)}")
    answer = reaches_somebody(alarm, alarms, topics)
    if answer.holds:
        return passed(answer.because)
    if answer.holds is None:
        return unknown(answer.because)
    if deciding := [each.name for each in above(alarm, alarms)]:
        return not_applicable(f"{alarm.name} is a part of {shortened(deciding)}")
    return failed(answer.because)
