"""Azure Policy: which rules were assigned to a subscription."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_policy_assignment")
class PolicyAssignment(Resource):
    """A policy, or a set of them, that was assigned somewhere. Those above a subscription are shown in each below."""

    id: str
    name: str
    """What people call it."""
    scope: str
    """The subscription, resource group, resource or management group; `/` for the root of the tenant."""
    definition: str
    """The id of the policy, or of the set of policies."""
    enforced: bool
    """It denies and changes as well. What is not enforced is compared all the same."""
    excluded: tuple[str, ...]
    """Scopes below that it leaves out."""
    subscription: str
    """In which it was seen."""
