"""Database Migration Service: three listings tell all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.dms import MigrationEndpoint, ReplicationInstance, ReplicationTask

INSTANCES = Read("dms", "DescribeReplicationInstances")
ENDPOINTS = Read("dms", "DescribeEndpoints")
TASKS = Read("dms", "DescribeReplicationTasks")


@collector(permissions=(INSTANCES,))
def instances(region: AwsRegion) -> Iterator[ReplicationInstance]:
    """Every replication instance of the region."""
    for found in region.pages(INSTANCES, "ReplicationInstances"):
        yield ReplicationInstance(
            id=found["ReplicationInstanceArn"],
            name=found["ReplicationInstanceIdentifier"],
            public=told(found, "PubliclyAccessible"),
            multi_zone=told(found, "MultiAZ"),
            minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
        )


@collector(permissions=(ENDPOINTS,))
def endpoints(region: AwsRegion) -> Iterator[MigrationEndpoint]:
    """Every endpoint of the region."""
    for found in region.pages(ENDPOINTS, "Endpoints"):
        yield MigrationEndpoint(
            id=found["EndpointArn"],
            name=found["EndpointIdentifier"],
            engine=found["EngineName"].lower(),
            role=found["EndpointType"].lower(),
            tls=_tls(found),
        )


@collector(permissions=(TASKS,))
def tasks(region: AwsRegion) -> Iterator[ReplicationTask]:
    """Every replication task of the region."""
    for found in region.pages(TASKS, "ReplicationTasks"):
        logging = part_of(told(found, "ReplicationTaskSettings"), _logging)
        yield ReplicationTask(
            id=found["ReplicationTaskArn"],
            name=found["ReplicationTaskIdentifier"],
            logs=part_of(logging, lambda said: told(said, "EnableLogging")),
            levels=part_of(logging, _levels),
        )


def _tls(found: Mapping[str, Any]) -> str:
    """Redis and Kafka have a setting of their own. Redis is spoken to by TLS where nobody chose otherwise."""
    if "RedisSettings" in found:
        return str(found["RedisSettings"].get("SslSecurityProtocol", "ssl-encryption"))
    if "KafkaSettings" in found:
        said: str = told(found["KafkaSettings"], "SecurityProtocol")
        return said
    mode: str = told(found, "SslMode")
    return mode


def _logging(settings: str) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = json.loads(settings).get("Logging") or {}
    except (ValueError, AttributeError) as error:
        raise MalformedAnswerError("the settings of a task are not JSON") from error
    return said


def _levels(logging: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(f"{each['Id']} {each['Severity']}" for each in logging.get("LogComponents") or ()))
