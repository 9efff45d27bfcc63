"""Truth tables of the checks of SageMaker."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import sagemaker as checks
from core.resource import NotObservedError, unobserved
from core.resources.aws.sagemaker import (
    EndpointConfiguration,
    Notebook,
    SagemakerModel,
    StudioDomain,
    TrainingJob,
    Variant,
)
from tests.checks.aws.making import status


def notebook(**changes: Any) -> Notebook:
    given: dict[str, Any] = {"id": "arn:1", "name": "lab", "subnet": "subnet-1", "internet": False, "root": False}
    return Notebook(**{**given, "key": "1234", "metadata_version": "2", **changes})


def model(**changes: Any) -> SagemakerModel:
    return SagemakerModel(**{"id": "arn:1", "name": "guess", "subnets": ("subnet-1",), "isolated": False, **changes})


def variant(instances: int, *, serverless: bool = False) -> Variant:
    return Variant(name="all", serverless=serverless, instances=instances)


def training(**changes: Any) -> TrainingJob:
    given: dict[str, Any] = {"id": "arn:1", "name": "nightly", "machines": 2, "encrypts_between": True}
    return TrainingJob(**{**given, "volume_key": "1", "output_key": "2", "subnets": ("subnet-1",), **changes})


def domain(**changes: Any) -> StudioDomain:
    return StudioDomain(**{"id": "arn:1", "name": "studio", "network": "VpcOnly", "key": "1234", **changes})


@pytest.mark.parametrize(
    ("judge", "bad"),
    [
        (checks.notebook_has_no_way_past_our_network, {"internet": True}),
        (checks.notebook_is_in_our_network, {"subnet": ""}),
        (checks.notebook_withholds_root, {"root": True}),
        (checks.notebook_needs_metadata_tokens, {"metadata_version": "1"}),
        (checks.notebook_names_a_key, {"key": ""}),
    ],
)
def test_notebooks(judge: Any, bad: dict[str, Any]) -> None:
    assert status(judge(notebook())) == "pass"
    assert status(judge(notebook(**bad))) == "fail"
    with pytest.raises(NotObservedError):
        judge(notebook(**{name: unobserved("denied") for name in bad}))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"subnets": ()}, "fail"), ({"subnets": (), "isolated": True}, "pass")],
)
def test_model_is_confined(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.model_is_confined(model(**changes))) == expected


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ((variant(2),), "pass"),
        ((variant(2), variant(1)), "fail"),
        ((variant(0),), "fail"),
        ((variant(0, serverless=True), variant(2)), "pass"),
        ((variant(0, serverless=True),), "not_applicable"),
    ],
)
def test_endpoint_has_spare_instances(variants: tuple[Variant, ...], expected: str) -> None:
    found = EndpointConfiguration(id="arn:1", name="serve", variants=variants)
    assert status(checks.endpoint_has_spare_instances(found)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"encrypts_between": False}, "fail"),
        ({"encrypts_between": False, "machines": 0}, "fail"),
        ({"encrypts_between": False, "machines": 1}, "not_applicable"),
    ],
)
def test_training_encrypts_between_machines(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.training_encrypts_between_machines(training(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, "pass"), ({"volume_key": ""}, "fail"), ({"output_key": ""}, "fail")]
)
def test_training_names_keys(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.training_names_keys(training(**changes))) == expected


def test_training_is_in_our_network() -> None:
    assert status(checks.training_is_in_our_network(training())) == "pass"
    assert status(checks.training_is_in_our_network(training(subnets=()))) == "fail"


def test_studio() -> None:
    assert status(checks.studio_goes_through_our_network(domain())) == "pass"
    assert status(checks.studio_goes_through_our_network(domain(network="PublicInternetOnly"))) == "fail"
    assert status(checks.studio_names_a_key(domain())) == "pass"
    assert status(checks.studio_names_a_key(domain(key=""))) == "fail"
