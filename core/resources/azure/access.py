"""Who may do what: roles and their assignments."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_role_assignment")
class RoleAssignment(Resource):
    """A role that an identity has at a scope. Those above a subscription are shown in each below."""

    id: str
    scope: str
    """The subscription, resource group, resource, or management group; `/` for the root of the tenant."""
    role: str
    """The last part of the id of the role, which is the same in all tenants for roles of Azure."""
    principal: str
    """The id of the identity in the directory."""
    principal_type: str
    """`User`, `Group`, `ServicePrincipal`, `ForeignGroup`, `Device`."""
    subscription: str
    """In which it was seen."""


@resource("azure_custom_role")
class CustomRole(Resource):
    """A role that was made here."""

    id: str
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    scopes: tuple[str, ...]
    """Where it can be assigned."""
    subscription: str
    """In which it was seen."""
