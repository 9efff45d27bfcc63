"""Bedrock: whether calls of models are logged, and the prompts that are kept."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_bedrock_region")
class BedrockRegion(Resource):
    """Bedrock in one region. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    used: bool
    """CloudWatch knows calls of models, of the last two weeks."""
    logs_to: tuple[str, ...]
    """The bucket and the log group that calls are logged to; none when they are not."""


@resource("aws_bedrock_prompt")
class BedrockPrompt(Resource):
    """A prompt of prompt management. The id is its ARN."""

    id: str
    name: str
    key: str
    """The ARN of the key; empty for one of AWS."""
