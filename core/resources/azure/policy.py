"""Azure Policy: which rules were assigned to a subscription, what comes of comparing, and what is exempt."""

from __future__ import annotations

from datetime import datetime

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


@resource("azure_policy_compliance")
class PolicyCompliance(Resource):
    """How often Azure Policy compared a resource of one subscription with a policy of one assignment, and what came of
    it."""

    id: str
    """The assignment and the subscription."""
    assignment: str
    subscription: str
    states: dict[str, int]
    """How many comparisons ended how: `compliant`, `noncompliant`, `exempt`, `conflict`, `unknown`, …"""
    latest: datetime
    """When the newest of them was made."""


@resource("azure_policy_deviation")
class PolicyDeviation(Resource):
    """A resource that Azure Policy finds to deviate from a policy. There may be hundreds of thousands."""

    id: str
    assignment: str
    subscription: str
    resource: str
    """The id of the resource."""
    policy: str
    """What the policy is called in its set, or the last part of its id."""


@resource("azure_policy_exemption")
class PolicyExemption(Resource):
    """What need not be as an assigned policy wants it. Those above a subscription are shown in each below."""

    id: str
    name: str
    """What people call it."""
    assignment: str
    category: str
    """`Waiver`: the risk is borne; `Mitigated`: it is met otherwise."""
    expires: datetime | None
    subscription: str
    """In which it was seen."""
