"""EMR. Clusters that are over are records, which nobody can change: only those that run are asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.emr import EmrCluster, EmrRegion, PortRange

BLOCK = Read("emr", "GetBlockPublicAccessConfiguration")
CLUSTERS = Read("emr", "ListClusters")
CLUSTER = Read("emr", "DescribeCluster")
INSTANCES = Read("emr", "ListInstances")
CONFIGURATION = Read("emr", "DescribeSecurityConfiguration")

ALIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]


@collector(permissions=(BLOCK,))
def region(region: AwsRegion) -> Iterator[EmrRegion]:
    """What the region forbids its clusters."""
    found = region.ask(BLOCK)["BlockPublicAccessConfiguration"]
    yield EmrRegion(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        blocks_public=found.get("BlockPublicSecurityGroupRules", unobserved("EMR did not say whether it blocks")),
        exceptions=tuple(
            PortRange(first=each["MinRange"], last=each.get("MaxRange", each["MinRange"]))
            for each in found.get("PermittedPublicSecurityGroupRuleRanges", ())
        ),
    )


@collector(permissions=(CLUSTERS, CLUSTER, INSTANCES, CONFIGURATION))
def clusters(region: AwsRegion) -> Iterator[EmrCluster]:
    """Every cluster that runs in the region."""
    running = listed(region, CLUSTERS, "Clusters", ClusterStates=ALIVE)
    yield from region.each(lambda found: _cluster(region, found), list(running))


def _cluster(region: AwsRegion, found: Mapping[str, Any]) -> EmrCluster:
    number = found["Id"]
    seen = region.look(lambda: region.ask(CLUSTER, ClusterId=number)["Cluster"])
    encryption = region.look(
        lambda: part_of(seen, lambda cluster: _encryption(region, cluster.get("SecurityConfiguration") or ""))
    )
    return EmrCluster(
        id=found["ClusterArn"],
        name=found["Name"],
        public=region.look(lambda: _public(region, number)),
        logs_to=part_of(seen, lambda cluster: cluster.get("LogUri") or ""),
        at_rest=part_of(encryption, lambda said: said.get("EnableAtRestEncryption", False)),
        in_transit=part_of(encryption, lambda said: said.get("EnableInTransitEncryption", False)),
    )


def _public(region: AwsRegion, number: str) -> tuple[str, ...]:
    running = region.pages(INSTANCES, "Instances", ClusterId=number, InstanceStates=["RUNNING"])
    return tuple(sorted(each["Ec2InstanceId"] for each in running if each.get("PublicIpAddress")))


def _encryption(region: AwsRegion, name: str) -> Mapping[str, Any]:
    """The part of a security configuration about encryption; empty without one. Raises `MalformedAnswerError`."""
    if not name:
        return {}
    document = region.ask(CONFIGURATION, Name=name)["SecurityConfiguration"]
    try:
        found: Mapping[str, Any] = json.loads(document).get("EncryptionConfiguration", {})
    except (ValueError, AttributeError) as error:
        raise MalformedAnswerError(f"the security configuration {name} cannot be read") from error
    return found
