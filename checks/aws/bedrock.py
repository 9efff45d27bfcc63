"""Checks of Bedrock."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.bedrock import BedrockPrompt, BedrockRegion


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def model_calls_are_logged(region: BedrockRegion) -> Verdict:
    """Where models are called, the calls are logged.

    What was asked and answered stands in no other place: without it nobody can say which data left, or how a model was
    misused. What happens to the bucket and the log group is judged where they are.

    Remediation: *Bedrock*, *Settings*, *Model invocation logging*.
    """
    if region.logs_to:
        return passed(f"calls of models in {region.region} are logged to {', '.join(region.logs_to)}")
    if region.used:
        return failed(f"calls of models in {region.region} are not logged")
    return not_applicable(f"nobody called a model in {region.region} within two weeks")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def prompt_names_a_key(prompt: BedrockPrompt) -> Verdict:
    """A prompt is encrypted with a key that was chosen.

    Bedrock encrypts prompts anyway, with a key of AWS. With a chosen key, access can be taken away and is on record.

    Remediation: *Bedrock*, *Prompt management*, the prompt, *Edit*, *Customize encryption settings*.
    """
    if prompt.key:
        return passed(f"{prompt.name} is encrypted with {prompt.key}")
    return failed(f"{prompt.name} is encrypted with a key of AWS")
