"""APIs of the second version, for HTTP and WebSocket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.apigateway import READS
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.apigateway import HttpApi, HttpApiStage

APIS = Read("apigatewayv2", "GetApis", READS)
ROUTES = Read("apigatewayv2", "GetRoutes", READS)
STAGES = Read("apigatewayv2", "GetStages", READS)

WEBSOCKET, CONNECT = "WEBSOCKET", "$connect"
PREFLIGHT = "OPTIONS "

Found = Mapping[str, Any]


@collector(permissions=(APIS, ROUTES))
def http_apis(region: AwsRegion) -> Iterator[HttpApi]:
    """Every API of the second version with its routes."""
    yield from region.each(lambda found: _api(region, found), region.pages(APIS, "Items"))


def _api(region: AwsRegion, found: Found) -> HttpApi:
    asking = region.look(lambda: tuple(sorted(_lax_routes(region, found))))
    return HttpApi(
        id=_arn(region, found),
        name=found["Name"],
        protocol=found["ProtocolType"],
        open_routes=part_of(asking, lambda routes: tuple(name for name, keyed in routes if not keyed)),
        keyed_routes=part_of(asking, lambda routes: tuple(name for name, keyed in routes if keyed)),
    )


def _arn(region: AwsRegion, api: Found) -> str:
    return f"arn:{region.identity.partition}:apigateway:{region.scope}::/apis/{api['ApiId']}"


def _lax_routes(region: AwsRegion, api: Found) -> Iterator[tuple[str, bool]]:
    """The routes that authorize nobody, each with whether it asks for an API key at least."""
    for each in region.pages(ROUTES, "Items", ApiId=api["ApiId"]):
        can_ask = each["RouteKey"] == CONNECT if api["ProtocolType"] == WEBSOCKET else True
        lax = each["AuthorizationType"] == "NONE"
        if can_ask and lax and not each["RouteKey"].startswith(PREFLIGHT):
            yield each["RouteKey"], each.get("ApiKeyRequired", False)


@collector(permissions=(APIS, STAGES))
def stages(region: AwsRegion) -> Iterator[HttpApiStage]:
    """Every stage of every API of the second version."""
    apis = list(region.pages(APIS, "Items"))
    for found in region.each(lambda api: list(_stages(region, api)), apis):
        yield from found


def _stages(region: AwsRegion, api: Found) -> Iterator[HttpApiStage]:
    for found in region.pages(STAGES, "Items", ApiId=api["ApiId"]):
        yield HttpApiStage(
            id=f"{_arn(region, api)}/stages/{found['StageName']}",
            name=f"{api['Name']} {found['StageName']}",
            access_log=found.get("AccessLogSettings", {}).get("DestinationArn", ""),
        )
