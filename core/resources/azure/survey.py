"""The subscriptions of a tenant: what is looked at, how far one can see there, and what is left out."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class Grant(Observed):
    """Actions on the control plane that a role allows, or a deny assignment denies, without some others."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]


@resource("azure_subscription")
class Subscription(Resource):
    """A subscription of the tenant. The id is its number."""

    id: str
    name: str
    state: str
    """`Enabled`, `Warned`, `PastDue`, `Disabled`, `Deleted`."""
    tenant: str
    management_groups: tuple[str, ...]
    """The ids of those above it, from the nearest to the root."""
    granted: tuple[Grant, ...]
    """What the identity that looks is allowed in the whole of it."""
    denied: tuple[Grant, ...]
    """What deny assignments deny to it at, above or below."""
    visible: bool
    """The identity that looks sees it at all."""
    looked_at: bool
    left_out: str
    """Why it is not looked at; empty when it is."""
