"""Step Functions: state machines and their logs. What a machine does, its definition, is not asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.stepfunctions import StateMachine

LIST_MACHINES = Read("stepfunctions", "ListStateMachines")
MACHINE = Read("stepfunctions", "DescribeStateMachine")


@collector(permissions=(LIST_MACHINES, MACHINE))
def state_machines(region: AwsRegion) -> Iterator[StateMachine]:
    """Every state machine of the region."""
    yield from region.each(lambda found: _machine(region, found), region.pages(LIST_MACHINES, "stateMachines"))


def _machine(region: AwsRegion, found: Mapping[str, Any]) -> StateMachine:
    arn = found["stateMachineArn"]
    return StateMachine(
        id=arn,
        name=found["name"],
        type=found["type"],
        logs=region.look(lambda: _logs(region.ask(MACHINE, stateMachineArn=arn, includedData="METADATA_ONLY"))),
    )


def _logs(described: Mapping[str, Any]) -> str:
    """A machine that nobody told to log does not: the level is `OFF` unless somebody set another."""
    level: str = described.get("loggingConfiguration", {}).get("level", "OFF")
    return level
