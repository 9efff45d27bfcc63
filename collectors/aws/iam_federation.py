"""The outside directories whose word IAM takes."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.operations import Read
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resources.aws.iam_federation import OidcProvider, SamlProvider

OIDC_PROVIDERS = Read("iam", "ListOpenIDConnectProviders")
SAML_PROVIDERS = Read("iam", "ListSAMLProviders")


@collector(permissions=(OIDC_PROVIDERS,))
def oidc_providers(account: AwsAccount) -> Iterator[OidcProvider]:
    """The issuers of OpenID Connect tokens. Their ARN holds their address."""
    for found in account.ask(OIDC_PROVIDERS)["OpenIDConnectProviderList"]:
        yield OidcProvider(id=found["Arn"], issuer=found["Arn"].partition("/")[2])


@collector(permissions=(SAML_PROVIDERS,))
def saml_providers(account: AwsAccount) -> Iterator[SamlProvider]:
    """The directories that sign SAML assertions."""
    for found in account.ask(SAML_PROVIDERS)["SAMLProviderList"]:
        arn = found["Arn"]
        yield SamlProvider(id=arn, name=arn.rpartition("/")[2], valid_until=found.get("ValidUntil"))
