"""Bedrock: called in both regions, logged in one. moto knows no prompts."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

PROMPT = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt/SUMMARIES1"
WHEN = "2026-11-01T00:00:00Z"
SUMMARY = {"arn": PROMPT, "id": "SUMMARIES1", "name": "summaries", "version": "DRAFT"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        called = [{"MetricName": "Invocations", "Value": 1}]
        aws.client("cloudwatch", region).put_metric_data(Namespace="AWS/Bedrock", MetricData=called)
    aws.client("s3").create_bucket(Bucket="model-calls")
    aws.client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={"s3Config": {"bucketName": "model-calls"}}
    )


ANSWERS = {
    "bedrock-agent:ListPrompts": Canned({"promptSummaries": [{**SUMMARY, "createdAt": WHEN, "updatedAt": WHEN}]}),
    "bedrock-agent:GetPrompt": Canned({**SUMMARY, "createdAt": WHEN, "updatedAt": WHEN}),
}
