"""Bedrock. CloudWatch says whether anybody calls models: Bedrock itself cannot. What prompts say is not asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import NoAnswerError
from collectors.aws.offers import is_missing, listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.bedrock import BedrockPrompt, BedrockRegion

LOGGING = Read("bedrock", "GetModelInvocationLoggingConfiguration")
METRICS = Read("cloudwatch", "ListMetrics")
PROMPTS = Read("bedrock-agent", "ListPrompts", ("bedrock:ListPrompts",))
PROMPT = Read("bedrock-agent", "GetPrompt", ("bedrock:GetPrompt",))


@collector(permissions=(LOGGING, METRICS))
def region(region: AwsRegion) -> Iterator[BedrockRegion]:
    """Whether models are called in the region, and logged. Where AWS has no Bedrock, there is nothing to say."""
    try:
        found = region.ask(LOGGING).get("loggingConfig", {})
    except NoAnswerError as error:
        if is_missing(error, LOGGING.service, region.scope, region.identity.partition):
            return
        raise
    yield BedrockRegion(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        used=region.look(lambda: _is_used(region)),
        logs_to=_places(found),
    )


def _is_used(region: AwsRegion) -> bool:
    """One metric is enough, so only the first page is asked for."""
    return next(region.pages(METRICS, "Metrics", Namespace="AWS/Bedrock"), None) is not None


def _places(found: Mapping[str, Any]) -> tuple[str, ...]:
    bucket = found.get("s3Config", {}).get("bucketName", "")
    group = found.get("cloudWatchConfig", {}).get("logGroupName", "")
    return tuple(each for each in (bucket, group) if each)


@collector(permissions=(PROMPTS, PROMPT))
def prompts(region: AwsRegion) -> Iterator[BedrockPrompt]:
    """Every prompt that is kept in the region."""
    yield from region.each(lambda found: _prompt(region, found), list(listed(region, PROMPTS, "promptSummaries")))


def _prompt(region: AwsRegion, found: Mapping[str, Any]) -> BedrockPrompt:
    return BedrockPrompt(
        id=found["arn"],
        name=found["name"],
        key=region.look(
            lambda: region.ask(PROMPT, promptIdentifier=found["id"], includedData="METADATA_ONLY").get(
                "customerEncryptionKeyArn", ""
            )
        ),
    )
