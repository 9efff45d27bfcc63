"""EKS: clusters, and the machines that EKS manages for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.eks import KubernetesCluster, NodeGroup, VersionSupport

LIST_CLUSTERS = Read("eks", "ListClusters")
CLUSTER = Read("eks", "DescribeCluster")
VERSIONS = Read("eks", "DescribeClusterVersions")
LIST_NODE_GROUPS = Read("eks", "ListNodegroups")
NODE_GROUP = Read("eks", "DescribeNodegroup")


@collector(permissions=(LIST_CLUSTERS, CLUSTER, VERSIONS))
def clusters(region: AwsRegion) -> Iterator[KubernetesCluster]:
    """Every cluster of the region, and how long AWS mends its version."""
    names = list(region.pages(LIST_CLUSTERS, "clusters"))
    supports: Any = region.look(lambda: _supports(region)) if names else {}
    yield from region.each(lambda name: _cluster(region.ask(CLUSTER, name=name)["cluster"], supports), names)


@collector(permissions=(LIST_CLUSTERS, LIST_NODE_GROUPS, NODE_GROUP))
def node_groups(region: AwsRegion) -> Iterator[NodeGroup]:
    """Every managed node group of every cluster of the region."""
    for cluster in region.pages(LIST_CLUSTERS, "clusters"):
        for name in region.pages(LIST_NODE_GROUPS, "nodegroups", clusterName=cluster):
            yield _node_group(region.ask(NODE_GROUP, clusterName=cluster, nodegroupName=name)["nodegroup"])


def _supports(region: AwsRegion) -> dict[str, VersionSupport]:
    return {
        each["clusterVersion"]: VersionSupport(
            status=each["versionStatus"], standard_ends=each.get("endOfStandardSupportDate")
        )
        for each in region.pages(VERSIONS, "clusterVersions", includeAll=True)
    }


def _cluster(found: Mapping[str, Any], supports: Any) -> KubernetesCluster:
    support: Any = supports if isinstance(supports, Unobserved) else supports.get(found["version"])
    network = found["resourcesVpcConfig"]
    logs = found.get("logging", {}).get("clusterLogging", ())
    keys = [each["provider"]["keyArn"] for each in found.get("encryptionConfig", ())]
    return KubernetesCluster(
        id=found["arn"],
        name=found["name"],
        version=found["version"],
        support=support,
        public=network["endpointPublicAccess"],
        public_from=tuple(sorted(network.get("publicAccessCidrs", ()))),
        private=network["endpointPrivateAccess"],
        secrets_key=keys[0] if keys else "",
        logs=tuple(sorted(kind for each in logs if each.get("enabled") for kind in each["types"])),
    )


def _node_group(found: Mapping[str, Any]) -> NodeGroup:
    access = found.get("remoteAccess") or {}
    return NodeGroup(
        id=found["nodegroupArn"],
        name=found["nodegroupName"],
        cluster=found["clusterName"],
        ssh_key=access.get("ec2SshKey", ""),
        ssh_from=tuple(sorted(access.get("sourceSecurityGroups", ()))),
    )
