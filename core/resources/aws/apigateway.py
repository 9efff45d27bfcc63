"""Interfaces that are offered to others: API Gateway in both versions, and AppSync."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_rest_api")
class RestApi(Resource):
    """An API of the first version. The id is its ARN."""

    id: str
    name: str
    is_private: bool
    """Reached only by endpoints in networks."""
    statements: tuple[Statement, ...]
    """Of its resource policy; none when there is no policy."""
    open_methods: tuple[str, ...]
    """Methods that ask nobody who they are: `GET /orders`. `OPTIONS` are left out: browsers ask it before they can."""
    keyed_methods: tuple[str, ...]
    """Methods that ask for an API key, and for nothing else."""


@resource("aws_rest_api_stage")
class RestApiStage(Resource):
    """A version of an API that is in use. The id is its ARN."""

    id: str
    name: str
    """Of the API and of the stage."""
    is_private: bool
    execution_log: str
    """`OFF`, `ERROR`, `INFO`, for all methods."""
    access_log: str
    """ARN of where requests are recorded; empty when they are not."""
    caches: bool
    cache_is_encrypted: bool
    """For all methods."""
    web_acl: str
    """ARN; empty when there is none."""


@resource("aws_api_domain")
class ApiDomain(Resource):
    """A name of our own for APIs. The id is its ARN."""

    id: str
    name: str
    policy: str
    """The security policy for TLS: `TLS_1_2`, …"""


@resource("aws_http_api")
class HttpApi(Resource):
    """An API of the second version, for HTTP or WebSocket. The id is its ARN."""

    id: str
    name: str
    protocol: str
    """`HTTP`, `WEBSOCKET`."""
    open_routes: tuple[str, ...]
    """Routes that ask nobody who they are: `GET /orders`; for WebSocket, only `$connect` can ask."""
    keyed_routes: tuple[str, ...]
    """Routes that ask for an API key, and for nothing else."""


@resource("aws_http_api_stage")
class HttpApiStage(Resource):
    """A version of such an API that is in use. The id is its ARN."""

    id: str
    name: str
    access_log: str
    """ARN of where requests are recorded; empty when they are not."""


@resource("aws_graphql_api")
class GraphqlApi(Resource):
    """A GraphQL API of AppSync. The id is its ARN."""

    id: str
    name: str
    is_private: bool
    log_level: str
    """Of fields: `NONE`, `ERROR`, `INFO`, `DEBUG`, `ALL`."""
    sign_in: tuple[str, ...]
    """How callers prove who they are: `API_KEY`, `AWS_IAM`, `AMAZON_COGNITO_USER_POOLS`, `OPENID_CONNECT`,
    `AWS_LAMBDA`."""
    web_acl: str
    """ARN; empty when there is none."""
