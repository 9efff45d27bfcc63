"""Checks of what identities are allowed, by all their policies together."""

from __future__ import annotations

from collections.abc import Sequence

from checks.aws.escalations import escalations
from checks.aws.grants import allows_everywhere, allows_whole_service, fits, is_administrator
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamGroup, IamPolicy, IamRole, IamUser
from core.resources.aws.policy import AttachedPolicy, Statement

GUARDED = ("iam", "kms", "cloudtrail", "organizations", "aws-marketplace")
"""Services whose every action is too much for whoever does not run the account."""


@check(objective="access-is-managed-centrally", severity=Severity.LOW)
def user_gets_rights_from_groups(user: IamUser) -> Verdict:
    """A user's rights come from groups.

    Rights that hang on single users are forgotten when duties change, and nobody sees them when groups are reviewed.

    Remediation: Put the user into a group that has the policy, then detach it from the user.
    """
    if user.policies:
        return failed(f"{user.name} has {_named(user.policies)} of its own")
    return passed(f"{user.name} has no policy of its own")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def user_is_no_administrator(user: IamUser, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A user does not have all rights, unless that was approved.

    Who has all rights can also hide what was done with them. Name the approved ones in the setting `approved`, where
    `*` stands for anything.

    Remediation: Take away the policy that allows everything; give a role that is taken for the task and the time.
    """
    return _administrator(user.name, user.statements, user.boundary, approved)


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def role_is_no_administrator(role: IamRole, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A role does not have all rights, unless that was approved.

    Whoever gets at one program with such a role has the account. Name the approved roles in the setting `approved`,
    where `*` stands for anything: `AWSReservedSSO_AdministratorAccess_*`.

    Remediation: Generate a policy from what the role did (*Access Advisor*, *Generate policy*) and attach it instead.
    """
    if role.is_service_linked:
        return not_applicable(f"{role.name} belongs to a service of AWS, which alone decides about it")
    statements = [each for policy in role.policies for each in policy.statements]
    return _administrator(role.name, statements, role.boundary, approved)


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def group_is_no_administrator(group: IamGroup, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A group does not give all rights, unless that was approved.

    Groups grow: whoever is put into it for another reason has all rights, too. Name the approved groups in `approved`.

    Remediation: Attach policies for the duties of the group, and detach the one that allows everything.
    """
    statements = [each for policy in group.policies for each in policy.statements]
    return _administrator(group.name, statements, None, approved)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def policy_does_not_allow_everything(policy: IamPolicy) -> Verdict:
    """A policy of the account does not allow everything.

    Even when nobody has it now, it is attached in a hurry one day.

    Remediation: Delete the policy, or list the actions and resources that are needed.
    """
    if policy.is_of_aws:
        return not_applicable(f"{policy.name} is a policy of AWS: those who have it are judged")
    if is_administrator(policy.statements):
        what = _everything(policy.statements)
        return failed(f"{policy.name} allows {what}; {policy.attachments} identities have it")
    return passed(f"{policy.name} does not allow everything")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def policy_allows_no_escalation(policy: IamPolicy) -> Verdict:
    """No policy lets those who have it come to more rights.

    Some actions are as good as being an administrator: to write a policy, or to start something with another's role.

    Remediation: Name the roles that may be passed and the identities that may be changed in `Resource`, or bound what
    can be made with `iam:PermissionsBoundary`.
    """
    return _escalation(policy.name, policy.statements)


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def user_cannot_escalate(user: IamUser) -> Verdict:
    """A user cannot come to more rights, by all the policies together.

    Two harmless policies can be a way up together: to pass a role by one, to start an instance by the other.

    Remediation: See the reason for the actions; limit their `Resource`, or set a permissions boundary.
    """
    return _escalation(user.name, user.statements, user.boundary)


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def role_cannot_escalate(role: IamRole) -> Verdict:
    """A role cannot come to more rights, by all the policies together.

    Programs are easier to take over than people. What a program's role can become, whoever gets into the program can.

    Remediation: See the reason for the actions; limit their `Resource`, or set a permissions boundary.
    """
    if role.is_service_linked:
        return not_applicable(f"{role.name} belongs to a service of AWS, which alone decides about it")
    return _escalation(role.name, [each for policy in role.policies for each in policy.statements], role.boundary)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def policy_does_not_open_guarded_services(policy: IamPolicy, *, services: tuple[str, ...] = GUARDED) -> Verdict:
    """No policy of the account allows all actions of a service that guards the others.

    All of `kms` decrypts everything; all of `cloudtrail` hides what was done; all of `aws-marketplace` buys.

    Remediation: List the actions that are needed, on the resources that are meant. The services are a setting.
    """
    if policy.is_of_aws:
        return not_applicable(f"{policy.name} is a policy of AWS: those who have it are judged")
    return _guarded(policy.name, [(policy.name, policy.statements)], services)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def user_holds_no_guarded_service(user: IamUser, *, services: tuple[str, ...] = GUARDED) -> Verdict:
    """No policy that is written into a user allows all actions of a service that guards the others.

    Such a policy has no name in the list of policies: who reviews that list does not see it.

    Remediation: List the actions that are needed, in a policy of a group. The services are a setting.
    """
    return _guarded(user.name, _written(user.policies), services)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def group_holds_no_guarded_service(group: IamGroup, *, services: tuple[str, ...] = GUARDED) -> Verdict:
    """No policy that is written into a group allows all actions of a service that guards the others.

    Such a policy has no name in the list of policies: who reviews that list does not see it.

    Remediation: List the actions that are needed, on the resources that are meant. The services are a setting.
    """
    return _guarded(group.name, _written(group.policies), services)


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def role_holds_no_guarded_service(role: IamRole, *, services: tuple[str, ...] = GUARDED) -> Verdict:
    """No policy that is written into a role allows all actions of a service that guards the others.

    Such a policy has no name in the list of policies: who reviews that list does not see it.

    Remediation: List the actions that are needed, on the resources that are meant. The services are a setting.
    """
    if role.is_service_linked:
        return not_applicable(f"{role.name} belongs to a service of AWS, which alone decides about it")
    return _guarded(role.name, _written(role.policies), services)


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def group_has_members(group: IamGroup) -> Verdict:
    """Every group has members.

    An empty group with rights is a ready-made way to hand them out unseen.

    Remediation: `aws iam delete-group`, after its policies are detached.
    """
    if group.members:
        return passed(f"{group.name} has {group.members} members")
    return failed(f"{group.name} has no members")


@check(objective="audit-access-is-read-only", severity=Severity.LOW)
def somebody_may_audit(
    roles: Population[IamRole], *, policies: tuple[str, ...] = ("SecurityAudit", "ViewOnlyAccess", "ReadOnlyAccess")
) -> Verdict:
    """There is a role that may look at everything and change nothing.

    Audits and investigations should not need the rights of administrators.

    Remediation: Make a role with the policy *SecurityAudit* of AWS.
    """
    found = [r.name for r in roles if any(p.arn.rpartition("/")[2] in policies and p.arn for p in r.policies)]
    if found:
        return passed(f"{', '.join(sorted(found))} may look at everything")
    return failed(f"none of {len(roles)} roles has {' or '.join(policies)}")


@check(objective="incident-response-is-ready", severity=Severity.LOW)
def somebody_may_ask_for_support(
    roles: Population[IamRole], *, policies: tuple[str, ...] = ("AWSSupportAccess",)
) -> Verdict:
    """There is a role that may open cases with AWS Support.

    In an incident it is too late to find out that only root may call for help.

    Remediation: Make a role with the policy *AWSSupportAccess* of AWS, or put it into a permission set.
    """
    found = [r.name for r in roles if any(p.arn.rpartition("/")[2] in policies and p.arn for p in r.policies)]
    if found:
        return passed(f"{', '.join(sorted(found))} may open cases")
    return failed(f"none of {len(roles)} roles has {' or '.join(policies)}")


def _written(policies: Sequence[AttachedPolicy]) -> list[tuple[str, Sequence[Statement]]]:
    """The policies that are written into an identity, not attached to it."""
    return [(policy.name, policy.statements) for policy in policies if not policy.arn]


def _guarded(name: str, policies: Sequence[tuple[str, Sequence[Statement]]], services: Sequence[str]) -> Verdict:
    found = [
        f"{policy} allows all actions of {', '.join(whole)}"
        for policy, statements in policies
        if (whole := [each for each in services if allows_whole_service(statements, each)])
    ]
    if found:
        return failed(f"{name}: {'; '.join(found)}")
    return passed(f"{name} allows all actions of none of {', '.join(services)}")


def _administrator(
    name: str, statements: Sequence[Statement], boundary: Sequence[Statement] | None, approved: tuple[str, ...]
) -> Verdict:
    if not is_administrator(statements):
        return passed(f"{name} is not allowed everything")
    if boundary is not None and not is_administrator(boundary):
        return passed(f"{name} is allowed everything, within a boundary that does not")
    if any(fits(pattern, name) for pattern in approved):
        return passed(f"{name} is allowed everything, which is approved")
    return failed(f"{name} is allowed {_everything(statements)}")


def _everything(statements: Sequence[Statement]) -> str:
    """What administrators are allowed."""
    if allows_everywhere(statements, "*"):
        return "every action on every resource"
    return "nearly every action on every resource, all of IAM included"


def _escalation(name: str, statements: Sequence[Statement], boundary: Sequence[Statement] | None = None) -> Verdict:
    if is_administrator(statements):
        return not_applicable(f"{name} has all rights already")
    ways = list(escalations(statements))
    if boundary is not None and not is_administrator(boundary):
        ways = [each for each in ways if each in escalations(boundary)]
    if ways:
        return failed(f"{name}: {'; '.join(ways)}")
    return passed(f"{name} shows no known way to more rights")


def _named(policies: Sequence[AttachedPolicy]) -> str:
    return ", ".join(policy.name for policy in policies)
