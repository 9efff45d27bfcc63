"""Transit gateways, which join networks."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_transit_gateway")
class TransitGateway(Resource):
    """A transit gateway of the account, or one that another account shares with it. The id is its ARN."""

    id: str
    gateway: str
    """Its number."""
    owner: str
    of_this_account: bool
    accepts_by_itself: str
    """Whether networks of other accounts are joined without anybody's consent: `enable` or `disable`."""
