"""Athena. Workgroups are asked one by one, and whether anybody uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.athena import Workgroup

WORKGROUPS = Read("athena", "ListWorkGroups")
WORKGROUP = Read("athena", "GetWorkGroup")
QUERIES = Read("athena", "ListQueryExecutions")

MANAGED = "MANAGED"


@collector(permissions=(WORKGROUPS, WORKGROUP, QUERIES))
def workgroups(region: AwsRegion) -> Iterator[Workgroup]:
    """Every workgroup of the region."""
    names = [each["Name"] for each in listed(region, WORKGROUPS, "WorkGroups")]
    yield from region.each(lambda name: _workgroup(region, name), names)


def _workgroup(region: AwsRegion, name: str) -> Workgroup:
    found = region.look(lambda: region.ask(WORKGROUP, WorkGroup=name)["WorkGroup"])
    settings = part_of(found, lambda group: group.get("Configuration", {}))
    silent = unobserved(f"AWS does not say it of {name}")
    return Workgroup(
        id=f"arn:{region.identity.partition}:athena:{region.scope}:{region.account}:workgroup/{name}",
        name=name,
        enabled=part_of(found, lambda group: group.get("State", "") == "ENABLED"),
        used=region.look(lambda: _is_used(region, name)),
        encryption=part_of(settings, _encryption),
        binding=part_of(settings, lambda said: said.get("EnforceWorkGroupConfiguration", silent)),
        measured=part_of(settings, lambda said: said.get("PublishCloudWatchMetricsEnabled", silent)),
    )


def _is_used(region: AwsRegion, name: str) -> bool:
    """One query is enough, so only the first page is asked for."""
    return next(region.pages(QUERIES, "QueryExecutionIds", WorkGroup=name, MaxResults=1), None) is not None


def _encryption(settings: Mapping[str, Any]) -> str:
    managed = settings.get("ManagedQueryResultsConfiguration", {})
    if managed.get("Enabled"):
        return MANAGED if managed.get("EncryptionConfiguration", {}).get("KmsKey") else ""
    chosen = settings.get("ResultConfiguration", {}).get("EncryptionConfiguration", {})
    return str(chosen.get("EncryptionOption", ""))
