"""APIs of the first version with their stages, and the names they have. Each API is asked on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.apigateway import ApiDomain, RestApi, RestApiStage

READS = ("apigateway:GET",)
"""API Gateway has one action for all that reads."""
APIS = Read("apigateway", "GetRestApis", READS)
RESOURCES = Read("apigateway", "GetResources", READS)
STAGES = Read("apigateway", "GetStages", READS)
DOMAINS = Read("apigateway", "GetDomainNames", READS)

EVERY_METHOD = "*/*"
PREFLIGHT = "OPTIONS"

Found = Mapping[str, Any]


@collector(permissions=(APIS, RESOURCES))
def rest_apis(region: AwsRegion) -> Iterator[RestApi]:
    """Every API of the first version with its policy and its methods."""
    yield from region.each(lambda found: _api(region, found), region.pages(APIS, "items"))


def _api(region: AwsRegion, found: Found) -> RestApi:
    number = found["id"]
    asking = region.look(lambda: tuple(sorted(_lax_methods(region, number))))
    return RestApi(
        id=_arn(region, f"/restapis/{number}"),
        name=found["name"],
        is_private=_is_private(found),
        statements=region.look(lambda: statements(_unescaped(found.get("policy", "")))),
        open_methods=part_of(asking, lambda methods: tuple(name for name, keyed in methods if not keyed)),
        keyed_methods=part_of(asking, lambda methods: tuple(name for name, keyed in methods if keyed)),
    )


def _arn(region: AwsRegion, path: str) -> str:
    return f"arn:{region.identity.partition}:apigateway:{region.scope}::{path}"


def _is_private(found: Found) -> bool:
    return bool(found["endpointConfiguration"]["types"] == ["PRIVATE"])


def _unescaped(policy: str) -> str:
    """The service writes a policy as text within text."""
    return policy.replace('\\"', '"').replace("\\/", "/").replace("\\\\", "\\") if '\\"' in policy else policy


def _lax_methods(region: AwsRegion, number: str) -> Iterator[tuple[str, bool]]:
    """The methods that authorize nobody, each with whether it asks for an API key at least."""
    for found in region.pages(RESOURCES, "items", restApiId=number, embed=["methods"]):
        for name, method in found.get("resourceMethods", {}).items():
            if name != PREFLIGHT and method["authorizationType"] == "NONE":
                yield f"{name} {found['path']}", method.get("apiKeyRequired", False)


@collector(permissions=(APIS, STAGES))
def stages(region: AwsRegion) -> Iterator[RestApiStage]:
    """Every stage of every API of the first version."""
    apis = list(region.pages(APIS, "items"))
    for found in region.each(lambda api: list(_stages(region, api)), apis):
        yield from found


def _stages(region: AwsRegion, api: Found) -> Iterator[RestApiStage]:
    for found in region.ask(STAGES, restApiId=api["id"]).get("item", ()):
        settings = found.get("methodSettings", {})
        caching = [each for each in settings.values() if each.get("cachingEnabled")]
        yield RestApiStage(
            id=_arn(region, f"/restapis/{api['id']}/stages/{found['stageName']}"),
            name=f"{api['name']} {found['stageName']}",
            is_private=_is_private(api),
            execution_log=settings.get(EVERY_METHOD, {}).get("loggingLevel", "OFF"),
            access_log=found.get("accessLogSettings", {}).get("destinationArn", ""),
            caches=bool(found.get("cacheClusterEnabled", False) and caching),
            cache_is_encrypted=all(each.get("cacheDataEncrypted", False) for each in caching),
            web_acl=found.get("webAclArn", ""),
        )


@collector(permissions=(DOMAINS,))
def domains(region: AwsRegion) -> Iterator[ApiDomain]:
    """Every name of our own for APIs, of both versions."""
    for found in region.pages(DOMAINS, "items"):
        yield ApiDomain(
            id=found.get("domainNameArn") or _arn(region, f"/domainnames/{found['domainName']}"),
            name=found["domainName"],
            policy=found["securityPolicy"],
        )
