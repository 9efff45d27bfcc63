"""Elastic MapReduce: clusters that run, and what a region forbids them."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class PortRange(Observed):
    """Ports that may be open to everybody in spite of the block."""

    first: int
    last: int


@resource("aws_emr_region")
class EmrRegion(Resource):
    """EMR in one region. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    blocks_public: bool
    """Clusters whose security groups let everybody in are not started."""
    exceptions: tuple[PortRange, ...]


@resource("aws_emr_cluster")
class EmrCluster(Resource):
    """A cluster that runs or starts. The id is its ARN."""

    id: str
    name: str
    public: tuple[str, ...]
    """Its running instances that have public addresses."""
    logs_to: str
    """The place in S3; empty when logs go with the cluster."""
    at_rest: bool
    """Its security configuration encrypts disks, and what is written to S3."""
    in_transit: bool
    """Its security configuration encrypts what travels between nodes."""
