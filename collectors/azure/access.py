"""Who may do what in each subscription."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Read
from collectors.azure.reading import arm_id, last
from collectors.azure.source import AzureSubscription
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.access import CustomRole, RoleAssignment

ASSIGNMENTS = Read(
    "{scope}/providers/Microsoft.Authorization/roleAssignments",
    "2022-04-01",
    "Microsoft.Authorization/roleAssignments/read",
)
PRINCIPALS = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
"""learn.microsoft.com/rest/api/authorization/role-assignments/list-for-subscription: `PrincipalType`."""
CUSTOM_ROLES = Read(
    "{scope}/providers/Microsoft.Authorization/roleDefinitions",
    "2022-04-01",
    "Microsoft.Authorization/roleDefinitions/read",
    "type eq 'CustomRole'",
)


@collector(permissions=(ASSIGNMENTS,))
def role_assignments(subscription: AzureSubscription) -> Iterator[RoleAssignment]:
    """Every role that somebody has in the subscription: at it, below it, and from above it."""
    for found in subscription.listed(ASSIGNMENTS):
        yield RoleAssignment(
            id=found.id(),
            scope=arm_id(found.must("properties.scope")) or "/",
            role=last(found.must("properties.roleDefinitionId")),
            principal=found.must("properties.principalId").lower(),
            principal_type=found.word("properties.principalType", PRINCIPALS),
            subscription=subscription.scope,
        )


@collector(permissions=(CUSTOM_ROLES,))
def custom_roles(subscription: AzureSubscription) -> Iterator[CustomRole]:
    """Every role of our own making that can be assigned in the subscription."""
    for found in subscription.listed(CUSTOM_ROLES):
        permissions = list(found.parts("properties.permissions"))
        scopes = tuple(arm_id(each) or "/" for each in found.texts("properties.assignableScopes"))
        nothing = unobserved("Azure does not say what it allows")
        yield CustomRole(
            id=found.id(),
            name=found.must("properties.roleName"),
            actions=tuple(action for each in permissions for action in each.texts("actions"))
            if permissions and all(each.has("actions") for each in permissions)
            else nothing,
            not_actions=tuple(action for each in permissions for action in each.texts("notActions")),
            scopes=scopes or unobserved("Azure does not say where it can be assigned"),
            subscription=subscription.scope,
        )
