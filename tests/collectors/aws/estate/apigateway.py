"""APIs of the first version: one private, one for everybody."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

LOG = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:api"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        gateway = aws.client("apigateway", region)
        inner = gateway.create_rest_api(
            name="inner", endpointConfiguration={"types": ["PRIVATE"]}, policy=_policy({"AWS": ACCOUNT})
        )["id"]
        _serve(gateway, inner, "AWS_IAM", ["/accessLogSettings/destinationArn", LOG], encrypted="true")
        shop = gateway.create_rest_api(name="shop", endpointConfiguration={"types": ["REGIONAL"]})["id"]
        _serve(gateway, shop, "NONE", ["/*/*/logging/loglevel", "OFF"], encrypted="false")
        for name, version in (("api.example.org", "TLS_1_2"), ("old.example.org", "TLS_1_0")):
            gateway.create_domain_name(domainName=name, securityPolicy=version)


def _policy(principal: object) -> str:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def _serve(gateway: Any, api: str, authorization: str, logging: list[str], *, encrypted: str) -> None:
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for method, asked in (("GET", authorization), ("OPTIONS", "NONE")):
        gateway.put_method(restApiId=api, resourceId=root, httpMethod=method, authorizationType=asked)
        gateway.put_integration(restApiId=api, resourceId=root, httpMethod=method, type="MOCK")
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="live", deploymentId=deployment, cacheClusterEnabled=True)
    changes = {"/*/*/caching/enabled": "true", "/*/*/caching/dataEncrypted": encrypted, logging[0]: logging[1]}
    gateway.update_stage(
        restApiId=api,
        stageName="live",
        patchOperations=[{"op": "replace", "path": path, "value": value} for path, value in changes.items()],
    )
