"""Checks of roles that somebody made."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.gcp.iam import CustomRole

GRANTING = ".setIamPolicy"
LEADING = frozenset(
    {
        "iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation", "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt",
        "iam.serviceAccountKeys.create", "iam.roles.create", "iam.roles.update", "iam.denypolicies.update",
        "iam.denypolicies.delete", "orgpolicy.policy.set", "orgpolicy.policies.update", "orgpolicy.policies.delete",
        "cloudbuild.builds.create", "deploymentmanager.deployments.create", "serviceusage.apiKeys.create",
    }
)  # fmt: skip
"""Permissions by which one gets others: acting as somebody, changing roles or rules, having a stronger account work
(https://cloud.google.com/iam/docs/best-practices-service-accounts#lateral-movement)."""
SHOWN = 5


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def custom_role_leads_to_no_other_rights(role: CustomRole, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A role that somebody made has no permission by which one gets others, unless that was approved.

    Who may grant rights, act as service accounts or have stronger ones work has what they have, whatever the role is
    called. Ways are those that are known: where none is found, none of those is open. Name roles that are meant to be
    so in the setting `approved`, by their full resource name.

    Remediation: `gcloud iam roles update ROLE --remove-permissions=…`; grant such permissions by a role of their own,
    on the resource that needs it.
    """
    name = role.title or role.id
    if role.stage == "DISABLED":
        return not_applicable(f"{name} is disabled and grants nothing")
    found = sorted(each for each in role.permissions if each in LEADING or each.endswith(GRANTING))
    if not found:
        return passed(f"none of the {len(role.permissions)} permissions of {name} leads to others")
    said = ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
    if role.id in approved:
        return passed(f"{name} has {said}, which is approved")
    return failed(f"{name} has {said}")
