"""DynamoDB Accelerator, which half of the regions do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.dynamodb import DaxCluster

CLUSTERS = Read("dax", "DescribeClusters")
ENDPOINTS = {"TLS": True, "NONE": False}


@collector(permissions=(CLUSTERS,))
def clusters(region: AwsRegion) -> Iterator[DaxCluster]:
    """Every cluster of the region."""
    yield from map(_cluster, listed(region, CLUSTERS, "Clusters"))


def _cluster(found: Mapping[str, Any]) -> DaxCluster:
    status = told(found.get("SSEDescription", {}), "Status")
    endpoint = found.get("ClusterEndpointEncryptionType")
    return DaxCluster(
        id=found["ClusterArn"],
        name=found["ClusterName"],
        encrypted=status == "ENABLED" if isinstance(status, str) else status,
        needs_tls=ENDPOINTS[endpoint] if endpoint in ENDPOINTS else unobserved("DAX does not say how it is reached"),
        zones=tuple(sorted(each["AvailabilityZone"] for each in found.get("Nodes", ()) if "AvailabilityZone" in each)),
    )
