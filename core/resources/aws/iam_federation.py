"""Outside directories whose word IAM takes: whoever they vouch for may take roles that trust them."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_iam_oidc_provider")
class OidcProvider(Resource):
    """An issuer of OpenID Connect tokens, such as GitHub or a cluster. The id is its ARN."""

    id: str
    issuer: str
    """Its address without scheme: `token.actions.githubusercontent.com`."""


@resource("aws_iam_saml_provider")
class SamlProvider(Resource):
    """A directory that signs SAML assertions. The id is its ARN."""

    id: str
    name: str
    valid_until: datetime | None
    """When its metadata ends; `None` where they name no end."""
