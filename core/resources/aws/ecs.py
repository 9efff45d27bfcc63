"""Elastic Container Service: clusters, services and task definitions of one region."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class TaskContainer(Observed):
    """A container of a task definition."""

    name: str
    privileged: bool
    """It may do on its host what root may."""
    user: str
    """As whom it runs; empty where the image says."""
    read_only: bool
    """It cannot write to its own file system."""
    log_driver: str
    """`awslogs`, `awsfirelens`, `none`, …; empty where nobody chose one."""
    secrets: tuple[str, ...]
    """The environment variables whose value was masked as a secret, each with the kind."""


@resource("aws_ecs_task_definition")
class TaskDefinition(Resource):
    """The newest active revision of a task definition. The id is its family's ARN, without the revision."""

    id: str
    family: str
    revision: int
    network: str
    """`awsvpc`, `bridge`, `host`, `none`; empty for the default of the host."""
    shares: tuple[str, ...]
    """What it shares with its host: `network`, `processes`, `memory`."""
    containers: tuple[TaskContainer, ...]


@resource("aws_ecs_cluster")
class Cluster(Resource):
    """A cluster. The id is its ARN."""

    id: str
    name: str
    status: str
    """`ACTIVE`, `INACTIVE` (deleted, and still told of for a while), …"""
    insights: str
    """`enabled`, `enhanced`, `disabled`."""
    command_log: str
    """Where it is kept what people do in containers: `DEFAULT` (the container's log), `OVERRIDE` (a place of its own),
    `NONE`."""


@resource("aws_ecs_service")
class Service(Resource):
    """A service, which keeps tasks running. The id is its ARN."""

    id: str
    name: str
    public_address: bool
    """Its tasks get public addresses."""
    platform: str
    """The version of Fargate, `LATEST` or a number; empty on instances of ours."""
    system: str
    """The operating system that version is for: `Linux`, `WINDOWS_SERVER_2022_CORE`, …; empty on instances of ours."""
