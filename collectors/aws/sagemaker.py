"""SageMaker. Listings have names alone, so each thing is asked; of training only what runs now.

Training that is over is a record that nobody can change, and accounts have many thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.sagemaker import (
    EndpointConfiguration,
    Notebook,
    SagemakerModel,
    StudioDomain,
    TrainingJob,
    Variant,
)

NOTEBOOKS = Read("sagemaker", "ListNotebookInstances")
NOTEBOOK = Read("sagemaker", "DescribeNotebookInstance")
MODELS = Read("sagemaker", "ListModels")
MODEL = Read("sagemaker", "DescribeModel")
CONFIGURATIONS = Read("sagemaker", "ListEndpointConfigs")
CONFIGURATION = Read("sagemaker", "DescribeEndpointConfig")
TRAINING_JOBS = Read("sagemaker", "ListTrainingJobs")
TRAINING_JOB = Read("sagemaker", "DescribeTrainingJob")
DOMAINS = Read("sagemaker", "ListDomains")
DOMAIN = Read("sagemaker", "DescribeDomain")


@collector(permissions=(NOTEBOOKS, NOTEBOOK))
def notebooks(region: AwsRegion) -> Iterator[Notebook]:
    """Every notebook instance of the region."""
    yield from region.each(lambda found: _notebook(region, found), list(listed(region, NOTEBOOKS, "NotebookInstances")))


def _notebook(region: AwsRegion, found: Mapping[str, Any]) -> Notebook:
    name = found["NotebookInstanceName"]
    silent = unobserved(f"AWS does not say it of {name}")
    seen = region.look(lambda: region.ask(NOTEBOOK, NotebookInstanceName=name))
    return Notebook(
        id=found["NotebookInstanceArn"],
        name=name,
        subnet=part_of(seen, lambda one: one.get("SubnetId", "")),
        internet=part_of(seen, lambda one: _switch(one.get("DirectInternetAccess"), silent)),
        root=part_of(seen, lambda one: _switch(one.get("RootAccess"), silent)),
        key=part_of(seen, lambda one: one.get("KmsKeyId", "")),
        metadata_version=part_of(
            seen,
            lambda one: one.get("InstanceMetadataServiceConfiguration", {}).get(
                "MinimumInstanceMetadataServiceVersion", silent
            ),
        ),
    )


def _switch(said: str | None, silent: Any) -> Any:
    return {"Enabled": True, "Disabled": False}.get(said or "", silent)


@collector(permissions=(MODELS, MODEL))
def models(region: AwsRegion) -> Iterator[SagemakerModel]:
    """Every model of the region."""
    yield from region.each(lambda found: _model(region, found), list(listed(region, MODELS, "Models")))


def _model(region: AwsRegion, found: Mapping[str, Any]) -> SagemakerModel:
    seen = region.look(lambda: region.ask(MODEL, ModelName=found["ModelName"]))
    return SagemakerModel(
        id=found["ModelArn"],
        name=found["ModelName"],
        subnets=part_of(seen, _subnets),
        isolated=part_of(seen, lambda one: one.get("EnableNetworkIsolation", False)),  # off unless asked for
    )


def _subnets(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(found.get("VpcConfig", {}).get("Subnets", ())))


@collector(permissions=(CONFIGURATIONS, CONFIGURATION))
def endpoint_configurations(region: AwsRegion) -> Iterator[EndpointConfiguration]:
    """Every endpoint configuration of the region."""
    yield from region.each(
        lambda found: _configuration(region, found), list(listed(region, CONFIGURATIONS, "EndpointConfigs"))
    )


def _configuration(region: AwsRegion, found: Mapping[str, Any]) -> EndpointConfiguration:
    name = found["EndpointConfigName"]
    seen = region.look(lambda: region.ask(CONFIGURATION, EndpointConfigName=name))
    return EndpointConfiguration(
        id=found["EndpointConfigArn"],
        name=name,
        variants=part_of(seen, lambda one: tuple(_variant(each) for each in one["ProductionVariants"])),
    )


def _variant(found: Mapping[str, Any]) -> Variant:
    scaling = found.get("ManagedInstanceScaling", {})
    at_least = scaling.get("MinInstanceCount") if scaling.get("Status") == "ENABLED" else None
    return Variant(
        name=found["VariantName"],
        serverless="ServerlessConfig" in found,
        instances=found.get("InitialInstanceCount", 0) if at_least is None else at_least,
    )


@collector(permissions=(TRAINING_JOBS, TRAINING_JOB))
def training_jobs(region: AwsRegion) -> Iterator[TrainingJob]:
    """Every training job that runs in the region now."""
    running = listed(region, TRAINING_JOBS, "TrainingJobSummaries", StatusEquals="InProgress")
    yield from region.each(lambda found: _training(region, found), list(running))


def _training(region: AwsRegion, found: Mapping[str, Any]) -> TrainingJob:
    name = found["TrainingJobName"]
    seen = region.look(lambda: region.ask(TRAINING_JOB, TrainingJobName=name))
    return TrainingJob(
        id=found["TrainingJobArn"],
        name=name,
        machines=part_of(seen, lambda one: _machines(one["ResourceConfig"])),
        encrypts_between=part_of(seen, lambda one: one.get("EnableInterContainerTrafficEncryption", False)),
        volume_key=part_of(seen, lambda one: one["ResourceConfig"].get("VolumeKmsKeyId", "")),
        output_key=part_of(seen, lambda one: one.get("OutputDataConfig", {}).get("KmsKeyId", "")),
        subnets=part_of(seen, _subnets),
    )


def _machines(found: Mapping[str, Any]) -> int:
    groups = sum(each["InstanceCount"] for each in found.get("InstanceGroups", ()))
    return groups or int(found.get("InstanceCount", 0))


@collector(permissions=(DOMAINS, DOMAIN))
def domains(region: AwsRegion) -> Iterator[StudioDomain]:
    """Every domain of Studio in the region."""
    yield from region.each(lambda found: _domain(region, found), list(listed(region, DOMAINS, "Domains")))


def _domain(region: AwsRegion, found: Mapping[str, Any]) -> StudioDomain:
    silent = unobserved(f"AWS does not say it of {found['DomainName']}")
    seen = region.look(lambda: region.ask(DOMAIN, DomainId=found["DomainId"]))
    return StudioDomain(
        id=found["DomainArn"],
        name=found["DomainName"],
        network=part_of(seen, lambda one: one.get("AppNetworkAccessType", silent)),
        key=part_of(seen, lambda one: one.get("KmsKeyId", "")),
    )
