"""What only Okta has."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("okta_organization")
class OktaOrganization(Resource):
    """Settings that hold for a whole organization at Okta."""

    id: str
    threat_insight: Literal["none", "audit", "block"]
    """What becomes of sign-ins from addresses that attacked others (ThreatInsight)."""
    blocklists: tuple[str, ...]
    """Names of the network zones from which nobody is let in, as far as they are switched on and not empty, sorted."""
    support_access: bool
    """People of Okta's support may act in the organization."""
