"""Organization policies, and the other rules that hold below an organization."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset, Data
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.iam import AccessApproval, EssentialContact, OrganizationPolicy, PolicyRule

POLICIES = Listing(RESOURCE, ("orgpolicy.googleapis.com/Policy",))
"""Version 2, which has conditions; the content ORG_POLICY has version 1, which leaves them out."""
APPROVALS = Listing(RESOURCE, ("accessapproval.googleapis.com/AccessApprovalSettings",))
CONTACTS = Listing(RESOURCE, ("essentialcontacts.googleapis.com/Contact",))


@collector(permissions=(POLICIES,))
def policies(estate: Estate) -> Iterator[OrganizationPolicy]:
    """Every organization policy that is set. Without `spec` there is only a rehearsal of one, which enforces nothing.

    https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies
    """
    for asset in map(Asset, estate.assets(POLICIES)):
        if "spec" not in asset.members and "dryRunSpec" in asset.members:
            continue
        yield OrganizationPolicy(
            id=asset.name,
            container=asset.container,
            constraint=asset.short,
            rules=asset.parts("spec.rules", _rule)
            if "spec" in asset.members
            else unobserved("the inventory does not say spec"),
            inherits=asset.switch("spec.inheritFromParent"),
            resets=asset.switch("spec.reset"),
        )


def _rule(rule: Data) -> PolicyRule:
    return PolicyRule(
        enforce=rule.flag("enforce", None),
        allow_all=rule.flag("allowAll", False),
        deny_all=rule.flag("denyAll", False),
        allowed=rule.texts("values.allowedValues"),
        denied=rule.texts("values.deniedValues"),
        condition=rule.text("condition.expression", ""),
    )


@collector(permissions=(APPROVALS,))
def access_approvals(estate: Estate) -> Iterator[AccessApproval]:
    """What staff of Google need approval for.

    https://cloud.google.com/assured-workloads/access-approval/docs/reference/rest/v1/AccessApprovalSettings
    """
    for asset in map(Asset, estate.assets(APPROVALS)):
        yield AccessApproval(
            id=asset.name,
            container=asset.container,
            services=asset.texts_of("enrolledServices", "cloudProduct"),
            inherits=asset.switch("enrolledAncestor"),
        )


@collector(permissions=(CONTACTS,))
def contacts(estate: Estate) -> Iterator[EssentialContact]:
    """Essential contacts.

    https://cloud.google.com/resource-manager/docs/reference/essentialcontacts/rest/v1/organizations.contacts
    """
    for asset in map(Asset, estate.assets(CONTACTS)):
        state = asset.choice("validationState", ("VALID", "INVALID", "VALIDATION_STATE_UNSPECIFIED"), "")
        yield EssentialContact(
            id=asset.name,
            container=asset.container,
            email=asset.text("email"),
            categories=asset.texts("notificationCategorySubscriptions"),
            valid=state != "INVALID" if isinstance(state, str) else state,
        )
