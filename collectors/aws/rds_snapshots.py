"""Snapshots that somebody made of databases. Each must be asked who may restore it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.rds import encryption
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.rds import DatabaseSnapshot

OF_INSTANCES = Read("rds", "DescribeDBSnapshots")
OF_CLUSTERS = Read("rds", "DescribeDBClusterSnapshots")
SHARING = Read("rds", "DescribeDBSnapshotAttributes")
CLUSTER_SHARING = Read("rds", "DescribeDBClusterSnapshotAttributes")

MANUAL = "manual"


@collector(permissions=(OF_INSTANCES, OF_CLUSTERS, SHARING, CLUSTER_SHARING))
def snapshots(region: AwsRegion) -> Iterator[DatabaseSnapshot]:
    """Every snapshot of the account that was made by hand or by a program, in the region."""
    listed = list(region.pages(OF_INSTANCES, "DBSnapshots", SnapshotType=MANUAL))
    yield from region.each(lambda found: _of_instance(region, found), listed)
    listed = list(region.pages(OF_CLUSTERS, "DBClusterSnapshots", SnapshotType=MANUAL))
    yield from region.each(lambda found: _of_cluster(region, found), listed)


def _of_instance(region: AwsRegion, found: Mapping[str, Any]) -> DatabaseSnapshot:
    name = found["DBSnapshotIdentifier"]
    return DatabaseSnapshot(
        id=found["DBSnapshotArn"],
        name=name,
        database=found["DBInstanceIdentifier"],
        engine=found["Engine"],
        of_cluster=False,
        created=found.get("SnapshotCreateTime") or unobserved(f"{name} is still being made"),
        encrypted=encryption(found, "Encrypted"),
        restorable_by=region.look(
            lambda: _restorable_by(
                region.ask(SHARING, DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
            )
        ),
    )


def _of_cluster(region: AwsRegion, found: Mapping[str, Any]) -> DatabaseSnapshot:
    name = found["DBClusterSnapshotIdentifier"]
    return DatabaseSnapshot(
        id=found["DBClusterSnapshotArn"],
        name=name,
        database=found["DBClusterIdentifier"],
        engine=found["Engine"],
        of_cluster=True,
        created=found.get("SnapshotCreateTime") or unobserved(f"{name} is still being made"),
        encrypted=encryption(found, "StorageEncrypted"),
        restorable_by=region.look(
            lambda: _restorable_by(
                region.ask(CLUSTER_SHARING, DBClusterSnapshotIdentifier=name)["DBClusterSnapshotAttributesResult"][
                    "DBClusterSnapshotAttributes"
                ]
            )
        ),
    )


def _restorable_by(attributes: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Who stands in the attribute `restore`, which every snapshot has."""
    found = [each for each in attributes if each["AttributeName"] == "restore"]
    unsaid: tuple[str, ...] = unobserved("AWS does not say who may restore it")
    return tuple(sorted(found[0].get("AttributeValues", ()))) if found else unsaid
