"""APIs of the second version."""

from __future__ import annotations

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        gateway = aws.client("apigatewayv2", region)
        log = {"DestinationArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:api", "Format": "$context.requestId"}
        for name, asks, settings in (("orders", "AWS_IAM", {"AccessLogSettings": log}), ("open", "NONE", {})):
            api = gateway.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
            gateway.create_route(ApiId=api, RouteKey="GET /orders", AuthorizationType=asks)
            gateway.create_route(ApiId=api, RouteKey="OPTIONS /orders", AuthorizationType="NONE")
            gateway.create_stage(ApiId=api, StageName="live", **settings)
        chat = gateway.create_api(
            Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
        )
        for key in ("$connect", "$default"):
            gateway.create_route(ApiId=chat["ApiId"], RouteKey=key, AuthorizationType="NONE")
