"""Lambda: functions, who may call them, and what stands in their environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.awslambda import Function, FunctionUrl
from core.resources.aws.policy import Statement

LIST_FUNCTIONS = Read("lambda", "ListFunctions")
ALIASES = Read("lambda", "ListAliases")
POLICY = Read("lambda", "GetPolicy")
URLS = Read("lambda", "ListFunctionUrlConfigs")
SIGNING = Read("lambda", "GetFunctionCodeSigningConfig")
SIGNING_RULES = Read("lambda", "ListCodeSigningConfigs")


@collector(permissions=(LIST_FUNCTIONS, ALIASES, POLICY, URLS, SIGNING, SIGNING_RULES))
def functions(region: AwsRegion) -> Iterator[Function]:
    """Every function of the region, with its policies and addresses."""
    listed = list(region.pages(LIST_FUNCTIONS, "Functions"))
    rules: Any = region.look(lambda: _rules(region)) if listed else {}
    yield from region.each(lambda found: _function(region, found, rules), listed)


def _rules(region: AwsRegion) -> dict[str, str]:
    """What each set of rules for signatures does with code that nobody signed."""
    return {
        each["CodeSigningConfigArn"]: each["CodeSigningPolicies"]["UntrustedArtifactOnDeployment"]
        for each in region.pages(SIGNING_RULES, "CodeSigningConfigs")
    }


def _function(region: AwsRegion, found: Mapping[str, Any], rules: Any) -> Function:
    name = found["FunctionName"]
    return Function(
        id=found["FunctionArn"],
        name=name,
        runtime=found.get("Runtime", ""),
        subnets=tuple(sorted(found.get("VpcConfig", {}).get("SubnetIds", ()))),
        secrets=_secrets(found.get("Environment", {})),
        statements=region.look(lambda: _statements(region, name)),
        urls=region.look(
            lambda: tuple(_url(each) for each in region.pages(URLS, "FunctionUrlConfigs", FunctionName=name))
        ),
        signing=region.look(lambda: _signing(region, found, rules)),
    )


def _secrets(environment: Mapping[str, Any]) -> tuple[str, ...]:
    if "Error" in environment:  # the key that encrypts it is not ours to use
        unseen: Any = unobserved(f"Lambda does not show the environment: {environment['Error'].get('ErrorCode', '')}")
        return unseen  # type: ignore[no-any-return] # stands for the tuple that nobody saw
    values = environment.get("Variables", {})
    return tuple(sorted(f"{name} ({', '.join(kinds)})" for name in values if (kinds := kinds_of_secrets(values[name]))))


def _statements(region: AwsRegion, name: str) -> tuple[Statement, ...]:
    """An alias has a policy of its own, which lets callers in as well."""
    aliases = [each["Name"] for each in region.pages(ALIASES, "Aliases", FunctionName=name)]
    asked = [{}, *({"Qualifier": each} for each in sorted(aliases))]
    return tuple(each for qualifier in asked for each in _policy(region, name, qualifier))


def _policy(region: AwsRegion, name: str, qualifier: Mapping[str, str]) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, FunctionName=name, **qualifier)["Policy"])
    except ClientError as error:
        if is_answer(error, "ResourceNotFoundException"):
            return ()
        raise


def _url(found: Mapping[str, Any]) -> FunctionUrl:
    return FunctionUrl(
        function=found["FunctionArn"],
        auth=found["AuthType"],
        origins=tuple(sorted(found.get("Cors", {}).get("AllowOrigins", ()))),
    )


def _signing(region: AwsRegion, found: Mapping[str, Any], rules: Any) -> str:
    """Images are not signed in this way, so they are not asked about. A function without rules has no ARN of any."""
    if found["PackageType"] == "Image":
        return ""
    arn = region.ask(SIGNING, FunctionName=found["FunctionName"]).get("CodeSigningConfigArn")
    if not arn:
        return ""
    said: Any = rules
    if not isinstance(rules, Unobserved):
        said = rules.get(arn) or unobserved(f"Lambda lists no rules {arn}")
    return said  # type: ignore[no-any-return] # what was not seen stands for a text
