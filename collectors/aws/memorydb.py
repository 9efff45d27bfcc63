"""MemoryDB, which many regions do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from collectors.aws.cache_users import without_password
from collectors.aws.members import told
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.memorydb import MemoryCluster

CLUSTERS = Read("memorydb", "DescribeClusters")
USERS = Read("memorydb", "DescribeUsers")

MODES = {"multiaz": True, "singleaz": False}


@collector(permissions=(CLUSTERS, USERS))
def clusters(region: AwsRegion) -> Iterator[MemoryCluster]:
    """Every cluster of the region."""
    clusters = list(listed(region, CLUSTERS, "Clusters"))
    users: Any = region.look(lambda: _open_users(region)) if clusters else {}
    for found in clusters:
        access_list = told(found, "ACLName")
        mode = str(found.get("AvailabilityMode")).lower()
        yield MemoryCluster(
            id=found["ARN"],
            name=found["Name"],
            needs_tls=told(found, "TLSEnabled"),
            access_list=access_list,
            open_users=part_of(access_list, lambda name: part_of(users, partial(_of_list, name))),
            multi_zone=MODES[mode] if mode in MODES else unobserved("AWS does not say in how many zones it is"),
            backup_days=told(found, "SnapshotRetentionLimit"),
            minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
        )


def _open_users(region: AwsRegion) -> dict[str, tuple[str, ...]]:
    """For each access control list of a region, the users who need no password."""
    return without_password(region.pages(USERS, "Users"), lists="ACLNames", name="Name")


def _of_list(name: str, users: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return users.get(name, ())
