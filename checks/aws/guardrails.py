"""Checks of organizations: that every account belongs to one, and what its policies forbid and prescribe."""

from __future__ import annotations

from checks.aws.bounds import binding, is_forbidden, limits_anything
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.guardrails import Membership, Organization, OrganizationAccount, OrganizationPolicy

UNDOING = (
    "organizations:LeaveOrganization", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail",
    "config:StopConfigurationRecorder", "guardduty:DeleteDetector",
)  # fmt: skip
CENTRAL_ROOT = "RootCredentialsManagement"


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def account_belongs_to_an_organization(membership: Membership) -> Verdict:
    """An account belongs to an organization.

    An account that stands alone is bound by no common rule, and nobody sees it when the others are reviewed.

    Remediation: In the management account: *Organizations*, *Add an AWS account*, *Invite*.
    """
    if membership.organization:
        return passed(f"{membership.id} belongs to {membership.organization}")
    return failed(f"{membership.id} belongs to no organization")


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def organization_has_all_features(membership: Membership) -> Verdict:
    """The organization has all features, not only common billing.

    Without them there are no service control policies and no common settings.

    Remediation: `aws organizations enable-all-features`; invited accounts must agree.
    """
    if not membership.organization:
        return not_applicable(f"{membership.id} belongs to no organization")
    if membership.all_features:
        return passed(f"{membership.organization} has all features")
    return failed(f"{membership.organization} has only common billing")


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def account_is_bounded(account: OrganizationAccount, policies: Population[OrganizationPolicy]) -> Verdict:
    """A service control policy limits what can be done in every account.

    Administrators of an account can do everything in it, unless a policy from above forbids it.

    Remediation: *Organizations*, *Policies*, *Service control policies*; attach a policy that denies something to the
    account or a unit above it. *FullAWSAccess* denies nothing.
    """
    if (exempt := _unbound(account)) is not None:
        return exempt
    limiting = sorted(each.name for each in binding(account, policies.here) if limits_anything(each))
    if limiting:
        return passed(f"{account.name} is limited by {', '.join(limiting)}")
    return failed(f"no service control policy limits {account.name}")


@check(objective="guardrails-hold-everywhere", severity=Severity.HIGH)
def account_cannot_undo_guardrails(
    account: OrganizationAccount, policies: Population[OrganizationPolicy], *, actions: tuple[str, ...] = UNDOING
) -> Verdict:
    """Nobody in an account can leave the organization or switch off what watches it.

    Whoever takes over an account begins by blinding those who look. The actions are a setting; identities that a policy
    exempts by name may do them.

    Remediation: Deny the actions by a service control policy, with `ArnNotLike` on `aws:PrincipalArn` for the role that
    runs the guardrails.
    """
    if (exempt := _unbound(account)) is not None:
        return exempt
    known = list(policies.here)
    if possible := [each for each in actions if not is_forbidden(each, account, known)]:
        return failed(f"no service control policy forbids {', '.join(possible)} in {account.name}")
    return passed(f"service control policies forbid {', '.join(actions)} in {account.name}")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def delegated_administrators_are_approved(organization: Organization, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Only approved accounts administer a service for the whole organization.

    Such an account reaches into all others. Name those that may in the setting `approved`.

    Remediation: `aws organizations deregister-delegated-administrator`, or name the account in `approved`.
    """
    strange = [each for each in organization.delegates if each not in approved]
    if strange:
        return failed(f"{', '.join(strange)} administers services for {organization.id}, which nobody approved")
    if organization.delegates:
        return passed(f"{', '.join(organization.delegates)} administers services for {organization.id}, as approved")
    return passed(f"no account administers a service for {organization.id}")


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def root_users_are_managed_centrally(organization: Organization) -> Verdict:
    """The organization manages the root users of its accounts from one place.

    Else every account has a root user with a password and a second factor that somebody must keep, and can lose.

    Remediation: In the management account: *IAM*, *Root access management*, *Enable*, *Root credentials management*.
    """
    if CENTRAL_ROOT in organization.root_features:
        return passed(f"{organization.id} manages the root users of its accounts")
    return failed(f"{organization.id} does not manage the root users of its accounts")


@check(objective="data-leaves-only-as-allowed", severity=Severity.LOW)
def ai_services_may_not_keep_content(membership: Membership, *, approved: tuple[str, ...] = ()) -> Verdict:
    """AI services of AWS may not keep what they get to improve themselves.

    Unless a policy of the organization says no, some of them store content, also in other regions, and learn from it.
    Name services that may in the setting `approved`.

    Remediation: *Organizations*, *Policies*, *AI services opt-out policies*, *Opt out from all services*.
    """
    if membership.ai_use != "optOut":
        said = f"says {membership.ai_use} for" if membership.ai_use else "says nothing about"
        return failed(f"the policy in effect for {membership.id} {said} AI services in general")
    if allowed := [each for each in membership.ai_use_allowed if each not in approved]:
        return failed(f"{', '.join(allowed)} may keep content of {membership.id}")
    return passed(f"AI services may not keep content of {membership.id}")


@check(objective="assets-are-labelled", severity=Severity.LOW)
def tag_policy_prescribes_labels(membership: Membership) -> Verdict:
    """A tag policy of the organization prescribes how resources are labelled.

    Labels that everybody spells in another way find no owner.

    Remediation: *Organizations*, *Policies*, *Tag policies*: name the keys, attach the policy to the root.
    """
    if not membership.organization:
        return not_applicable(f"{membership.id} belongs to no organization")
    if membership.tag_keys:
        return passed(f"a tag policy prescribes {', '.join(membership.tag_keys)} for {membership.id}")
    return failed(f"no tag policy is in effect for {membership.id}")


def _unbound(account: OrganizationAccount) -> Verdict | None:
    """Why no service control policy binds an account; `None` when they do."""
    if account.is_management_account:
        return not_applicable(f"{account.name} is the management account, which no service control policy binds")
    if account.status != "ACTIVE":
        return not_applicable(f"the status of {account.name} is {account.status}")
    return None
