"""Parameter groups of RDS, Aurora, Neptune and DocumentDB, with the settings that checks read.

A group has hundreds of parameters; AWS is asked for these alone, and where it sends more, they are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.rds import Parameter, ParameterGroup

GROUPS = Read("rds", "DescribeDBParameterGroups")
CLUSTER_GROUPS = Read("rds", "DescribeDBClusterParameterGroups")
PARAMETERS = Read("rds", "DescribeDBParameters")
CLUSTER_PARAMETERS = Read("rds", "DescribeDBClusterParameters")

NAMES = (
    "audit_logs", "log_connections", "log_disconnections", "neptune_enable_audit_log", "rds.force_ssl",
    "require_secure_transport", "server_audit_events", "server_audit_logging", "tls",
)  # fmt: skip
FILTERS = [{"Name": "parameter-name", "Values": list(NAMES)}]


@collector(permissions=(GROUPS, CLUSTER_GROUPS, PARAMETERS, CLUSTER_PARAMETERS))
def parameter_groups(region: AwsRegion) -> Iterator[ParameterGroup]:
    """Every parameter group of the region, those of AWS that databases have by default included."""
    listed = list(region.pages(GROUPS, "DBParameterGroups"))
    yield from region.each(lambda found: _group(region, found), listed)
    listed = list(region.pages(CLUSTER_GROUPS, "DBClusterParameterGroups"))
    yield from region.each(lambda found: _cluster_group(region, found), listed)


def _group(region: AwsRegion, found: Mapping[str, Any]) -> ParameterGroup:
    name = found["DBParameterGroupName"]
    return ParameterGroup(
        id=found["DBParameterGroupArn"],
        name=name,
        family=found["DBParameterGroupFamily"],
        parameters=region.look(
            lambda: _parameters(region.pages(PARAMETERS, "Parameters", DBParameterGroupName=name, Filters=FILTERS))
        ),
    )


def _cluster_group(region: AwsRegion, found: Mapping[str, Any]) -> ParameterGroup:
    name = found["DBClusterParameterGroupName"]
    return ParameterGroup(
        id=found["DBClusterParameterGroupArn"],
        name=name,
        family=found["DBParameterGroupFamily"],
        parameters=region.look(
            lambda: _parameters(
                region.pages(CLUSTER_PARAMETERS, "Parameters", DBClusterParameterGroupName=name, Filters=FILTERS)
            )
        ),
    )


def _parameters(listed: Iterable[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    found = (
        Parameter(name=each["ParameterName"], value=each.get("ParameterValue"))
        for each in listed
        if each["ParameterName"] in NAMES
    )
    return tuple(sorted(found, key=lambda each: each.name))
