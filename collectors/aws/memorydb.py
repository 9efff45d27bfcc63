"""MemoryDB, which many regions do not have."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.members import told
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.memorydb import MemoryCluster

CLUSTERS = Read("memorydb", "DescribeClusters")

MODES = {"multiaz": True, "singleaz": False}


@collector(permissions=(CLUSTERS,))
def clusters(region: AwsRegion) -> Iterator[MemoryCluster]:
    """Every cluster of the region."""
    for found in listed(region, CLUSTERS, "Clusters"):
        mode = str(found.get("AvailabilityMode")).lower()
        yield MemoryCluster(
            id=found["ARN"],
            name=found["Name"],
            needs_tls=told(found, "TLSEnabled"),
            access_list=told(found, "ACLName"),
            multi_zone=MODES[mode] if mode in MODES else unobserved("AWS does not say in how many zones it is"),
            backup_days=told(found, "SnapshotRetentionLimit"),
            minor_upgrades=told(found, "AutoMinorVersionUpgrade"),
        )
