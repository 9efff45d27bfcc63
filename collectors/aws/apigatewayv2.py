"""APIs of the second version, for HTTP and WebSocket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.apigateway import READS
from collectors.aws.operations import Read
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
    return HttpApi(
        id=_arn(region, found),
        name=found["Name"],
        protocol=found["ProtocolType"],
        open_routes=region.look(lambda: tuple(sorted(_open_routes(region, found)))),
    )


def _arn(region: AwsRegion, api: Found) -> str:
    return f"arn:{region.identity.partition}:apigateway:{region.scope}::/apis/{api['ApiId']}"


def _open_routes(region: AwsRegion, api: Found) -> Iterator[str]:
    for each in region.pages(ROUTES, "Items", ApiId=api["ApiId"]):
        can_ask = each["RouteKey"] == CONNECT if api["ProtocolType"] == WEBSOCKET else True
        asks = each["AuthorizationType"] != "NONE" or each.get("ApiKeyRequired", False)
        if can_ask and not asks and not each["RouteKey"].startswith(PREFLIGHT):
            yield each["RouteKey"]


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
