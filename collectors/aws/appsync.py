"""GraphQL APIs: one listing says all."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.listings import where_offered
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.apigateway import GraphqlApi

APIS = Read("appsync", "ListGraphqlApis")


@collector(permissions=(APIS,))
def graphql_apis(region: AwsRegion) -> Iterator[GraphqlApi]:
    """Every GraphQL API of the account in the region, those that merge others included."""
    for found in where_offered(region, APIS, "graphqlApis"):
        more = (each["authenticationType"] for each in found.get("additionalAuthenticationProviders", ()))
        yield GraphqlApi(
            id=found["arn"],
            name=found["name"],
            is_private=found.get("visibility", "GLOBAL") == "PRIVATE",  # without it, an API is global
            log_level=found.get("logConfig", {}).get("fieldLogLevel", "NONE"),
            sign_in=tuple(sorted({found["authenticationType"], *more})),
            web_acl=found.get("wafWebAclArn", ""),
        )
