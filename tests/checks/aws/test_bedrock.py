"""Truth tables of the checks of Bedrock."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.bedrock import model_calls_are_logged, prompt_names_a_key
from core.resource import NotObservedError, unobserved
from core.resources.aws.bedrock import BedrockPrompt, BedrockRegion
from tests.checks.aws.making import status


def region(**changes: Any) -> BedrockRegion:
    return BedrockRegion(**{"id": "1/eu-west-1", "region": "eu-west-1", "used": True, "logs_to": ("calls",), **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"used": unobserved("denied")}, "pass"),
        ({"logs_to": ()}, "fail"),
        ({"logs_to": (), "used": False}, "not_applicable"),
    ],
)
def test_model_calls_are_logged(changes: dict[str, Any], expected: str) -> None:
    assert status(model_calls_are_logged(region(**changes))) == expected


def test_whether_models_are_called_must_be_known_to_let_a_region_off() -> None:
    with pytest.raises(NotObservedError):
        model_calls_are_logged(region(logs_to=(), used=unobserved("denied")))


def test_prompt_names_a_key() -> None:
    assert status(prompt_names_a_key(BedrockPrompt(id="arn:1", name="sum", key="arn:2"))) == "pass"
    assert status(prompt_names_a_key(BedrockPrompt(id="arn:1", name="sum", key=""))) == "fail"
