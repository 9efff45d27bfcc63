"""ECS: clusters, services, and the newest revision of each task definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.ecs import Cluster, Service, TaskContainer, TaskDefinition

FAMILIES = Read("ecs", "ListTaskDefinitionFamilies")
TASK_DEFINITION = Read("ecs", "DescribeTaskDefinition")
LIST_CLUSTERS = Read("ecs", "ListClusters")
CLUSTERS = Read("ecs", "DescribeClusters")
LIST_SERVICES = Read("ecs", "ListServices")
SERVICES = Read("ecs", "DescribeServices")

CLUSTERS_AT_ONCE, SERVICES_AT_ONCE = 100, 10
"""The most that ECS describes in one answer."""
HOST = {"networkMode": "network", "pidMode": "processes", "ipcMode": "memory"}
"""What a task shares with its host where the member says `host`."""


@collector(permissions=(FAMILIES, TASK_DEFINITION))
def task_definitions(region: AwsRegion) -> Iterator[TaskDefinition]:
    """The newest active revision of every task definition of the region."""
    listed = region.pages(FAMILIES, "families", status="ACTIVE")
    yield from region.each(
        lambda family: _definition(region.ask(TASK_DEFINITION, taskDefinition=family)["taskDefinition"]), listed
    )


@collector(permissions=(LIST_CLUSTERS, CLUSTERS))
def clusters(region: AwsRegion) -> Iterator[Cluster]:
    """Every cluster of the region."""
    arns = list(region.pages(LIST_CLUSTERS, "clusterArns"))
    for begin in range(0, len(arns), CLUSTERS_AT_ONCE):
        some = arns[begin : begin + CLUSTERS_AT_ONCE]
        answer = region.ask(CLUSTERS, clusters=some, include=["SETTINGS", "CONFIGURATIONS"])
        yield from (_cluster(each) for each in _all(answer, "clusters", some))


@collector(permissions=(LIST_CLUSTERS, LIST_SERVICES, SERVICES))
def services(region: AwsRegion) -> Iterator[Service]:
    """Every service of the region, in all clusters."""
    for cluster in region.pages(LIST_CLUSTERS, "clusterArns"):
        arns = list(region.pages(LIST_SERVICES, "serviceArns", cluster=cluster))
        for begin in range(0, len(arns), SERVICES_AT_ONCE):
            some = arns[begin : begin + SERVICES_AT_ONCE]
            answer = region.ask(SERVICES, cluster=cluster, services=some)
            yield from (_service(each) for each in _all(answer, "services", some))


def _all(answer: Mapping[str, Any], listing: str, asked: list[str]) -> list[Mapping[str, Any]]:
    """What was asked about, less what went away meanwhile. Raises `MalformedAnswerError` when ECS leaves out others."""
    gone = {each.get("arn") for each in answer.get("failures", ()) if each.get("reason") == "MISSING"}
    found: list[Mapping[str, Any]] = answer[listing]
    if len(found) + len(gone) < len(asked):
        raise MalformedAnswerError(f"of {len(asked)} {listing} ECS described {len(found)}")
    return found


def _definition(found: Mapping[str, Any]) -> TaskDefinition:
    return TaskDefinition(
        id=found["taskDefinitionArn"].rpartition(":")[0],
        family=found["family"],
        revision=found["revision"],
        network=found.get("networkMode", ""),
        shares=tuple(words for member, words in HOST.items() if found.get(member) == "host"),
        containers=tuple(_container(each) for each in found["containerDefinitions"]),
    )


def _container(found: Mapping[str, Any]) -> TaskContainer:
    secrets = {each["name"]: kinds_of_secrets(each.get("value", "")) for each in found.get("environment", ())}
    return TaskContainer(
        name=found["name"],
        privileged=found.get("privileged", False),
        user=found.get("user", ""),
        read_only=found.get("readonlyRootFilesystem", False),
        log_driver=found.get("logConfiguration", {}).get("logDriver", ""),
        secrets=tuple(f"{name} ({', '.join(secrets[name])})" for name in sorted(secrets) if secrets[name]),
    )


def _cluster(found: Mapping[str, Any]) -> Cluster:
    insights = [each["value"] for each in found.get("settings", ()) if each["name"] == "containerInsights"]
    commands = found.get("configuration", {}).get("executeCommandConfiguration", {})
    return Cluster(
        id=found["clusterArn"],
        name=found["clusterName"],
        status=found["status"],
        insights=insights[0] if insights else unobserved("ECS does not say whether Container Insights is on"),
        command_log=commands.get("logging", "DEFAULT"),
    )


def _service(found: Mapping[str, Any]) -> Service:
    # Where another controller deploys, its sets of tasks have networks and platforms of their own.
    parts = (found, *found.get("taskSets", ()))
    networks = [each.get("networkConfiguration", {}) for each in parts]
    on_fargate = next((each for each in parts if each.get("platformVersion")), None)
    return Service(
        id=found["serviceArn"],
        name=found["serviceName"],
        public_address=any(each.get("awsvpcConfiguration", {}).get("assignPublicIp") == "ENABLED" for each in networks),
        platform=on_fargate["platformVersion"] if on_fargate else "",
        system=told(on_fargate, "platformFamily") if on_fargate else "",
    )
