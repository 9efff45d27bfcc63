"""Checks of what no project may do, and of whom Google must ask and tell."""

from __future__ import annotations

from checks.gcp.containers import Rules, chain, hidden, rules_for, unless_judged
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import AccessApproval, EssentialContact, OrganizationPolicy

KEY_CREATION = ("iam.disableServiceAccountKeyCreation", "iam.managed.disableServiceAccountKeyCreation")
MEMBER_DOMAINS = ("iam.allowedPolicyMemberDomains", "iam.managed.allowedPolicyMembers")
PUBLIC_ACCESS = ("storage.publicAccessPrevention",)


@check(objective="guardrails-hold-everywhere", severity=Severity.HIGH)
def keys_of_accounts_cannot_be_made(
    container: Container, containers: Population[Container], policies: Population[OrganizationPolicy]
) -> Verdict:
    """In no project can anybody make keys for service accounts.

    A key that cannot be made cannot be lost.

    Remediation: Enforce the constraint `iam.disableServiceAccountKeyCreation` on the organization.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    return _enforced(
        container, [rules_for(each, container, policies, containers) for each in KEY_CREATION], KEY_CREATION
    )


@check(objective="guardrails-hold-everywhere", severity=Severity.HIGH)
def buckets_cannot_be_made_public(
    container: Container, containers: Population[Container], policies: Population[OrganizationPolicy]
) -> Verdict:
    """In no project can anybody make a bucket public.

    One wrong grant on one bucket is then no leak.

    Remediation: Enforce the constraint `storage.publicAccessPrevention` on the organization.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    found = [rules_for(each, container, policies, containers) for each in PUBLIC_ACCESS]
    return _enforced(container, found, PUBLIC_ACCESS)


@check(objective="guardrails-hold-everywhere", severity=Severity.HIGH)
def only_approved_domains_can_be_let_in(
    container: Container, containers: Population[Container], policies: Population[OrganizationPolicy]
) -> Verdict:
    """In no project can anybody let in people of other domains than those that the organization allows.

    Private addresses and the whole internet are then no members that a policy takes.

    Remediation: Set the constraint `iam.allowedPolicyMemberDomains` on the organization, with the ids of its customers.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    found = [rules_for(each, container, policies, containers) for each in MEMBER_DOMAINS]
    deciding = [each.policy for each in found if each.policy is not None]
    if allowed := [each for each in deciding if _names_members(each)]:
        return passed(f"{allowed[0].id} says who can be let in to {container.name}")
    return _not_enforced(container, found, MEMBER_DOMAINS)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def staff_of_google_need_approval(
    container: Container, containers: Population[Container], approvals: Population[AccessApproval]
) -> Verdict:
    """Staff of Google reach the content of a project only when we approve.

    Support sometimes looks into what customers keep. With Access Approval it asks first.

    Remediation: *Security*, *Access Approval*, *Enroll*, on the organization.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    for place in chain(container):
        for _, found in approvals.here.having(place, by="container"):
            if found.services:
                return passed(f"{found.id} has enrolled {', '.join(found.services)}")
            if found.inherits:
                return passed(f"{found.id} says that services are enrolled above")
    approvals.here.require_all(by="container")
    if outside := hidden(container, containers):
        return unknown(f"what {', '.join(outside)} has enrolled, above {container.name}, cannot be seen")
    return failed(f"neither {container.name} nor anything above it has enrolled services")


@check(objective="incident-response-is-ready", severity=Severity.LOW)
def security_contacts_are_named(
    container: Container,
    contacts: Population[EssentialContact],
    *,
    categories: tuple[str, ...] = ("SECURITY", "TECHNICAL_INCIDENTS"),
) -> Verdict:
    """An organization has essential contacts for security and for technical incidents.

    Google reports leaked keys and abuse by mail. Without such a contact it goes to all administrators, of whom each
    thinks that another reads it.

    Remediation: *IAM & Admin*, *Essential Contacts*, on the organization; give the address of a group.
    """
    if verdict := unless_judged(container, "organization"):
        return verdict
    there = {
        category
        for _, each in contacts.here.having(container.id, by="container")
        if each.valid
        for category in each.categories
    }
    missing = [] if "ALL" in there else [each for each in categories if each not in there]
    if not missing:
        return passed(f"{container.name} has contacts for {', '.join(categories)}")
    contacts.here.require_all(by="container")
    return failed(f"{container.name} has no contact for {', '.join(missing)}")


def _enforced(container: Container, found: list[Rules], constraints: tuple[str, ...]) -> Verdict:
    deciding = [each.policy for each in found if each.policy is not None]
    if enforced := [each for each in deciding if _holds(each)]:
        return passed(f"{enforced[0].id} enforces it for {container.name}")
    return _not_enforced(container, found, constraints)


def _not_enforced(container: Container, found: list[Rules], constraints: tuple[str, ...]) -> Verdict:
    deciding = [each.policy for each in found if each.policy is not None]
    if conditional := [each for each in deciding if any(rule.condition for rule in each.rules)]:
        return unknown(f"the rules of {conditional[0].id} hold under conditions")
    if merged := [each for each in deciding if each.inherits and each.rules]:
        return unknown(f"{merged[0].id} adds to what stands above it")
    if outside := sorted({place for each in found for place in each.hidden}):
        return unknown(f"what {', '.join(outside)} enforces, above {container.name}, cannot be seen")
    if deciding:
        return failed(f"{deciding[0].id} does not enforce it for {container.name}")
    return failed(f"nothing enforces {' or '.join(constraints)} for {container.name}")


def is_enforced(rules: Rules) -> bool:
    """Whether what decides enforces a constraint for everything."""
    return rules.policy is not None and _holds(rules.policy)


def _holds(policy: OrganizationPolicy) -> bool:
    """Whether it is enforced for everything: a rule with a condition is for some, and may take it back for them."""
    return bool(policy.rules) and all(rule.enforce is True and not rule.condition for rule in policy.rules)


def _names_members(policy: OrganizationPolicy) -> bool:
    rules = policy.rules
    return (
        bool(rules)
        and not policy.inherits
        and all(
            (rule.allowed or rule.deny_all or rule.enforce is True) and not rule.allow_all and not rule.condition
            for rule in rules
        )
    )
