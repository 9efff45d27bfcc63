"""What only services that speak SCIM have."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("scim_service")
class ScimService(Resource):
    """What a service says of itself (RFC 7643, 5 and 7), and how it answers those it does not know."""

    id: str
    authentication: tuple[str, ...]
    """The ways to prove who one is that it names, sorted: `oauthbearertoken`, `oauth2`, `httpbasic`."""
    passwords_returned: Literal["never", "request", "default", "always", "not kept"]
    """When its schema lets passwords be read; `not kept` where users have none in it."""
    strangers: Literal["refused", "nothing", "shown"]
    """What becomes of somebody who asks for users without a token: turned away, told of none, or shown some."""
