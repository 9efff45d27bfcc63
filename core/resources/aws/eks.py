"""Elastic Kubernetes Service: the clusters of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class VersionSupport(Observed):
    """What AWS says of a version of Kubernetes."""

    status: str
    """`STANDARD_SUPPORT`, `EXTENDED_SUPPORT`, `UNSUPPORTED`."""
    standard_ends: datetime | None
    """`None` where AWS names no day."""


@resource("aws_eks_cluster")
class KubernetesCluster(Resource):
    """A cluster. The id is its ARN."""

    id: str
    name: str
    version: str
    """`1.33`, …"""
    support: VersionSupport | None
    """`None` when AWS does not speak of this version any more."""
    public: bool
    """Its API has an address on the internet."""
    public_from: tuple[str, ...]
    """The networks that reach this address."""
    private: bool
    """Its API has an address in the cluster's own network."""
    secrets_key: str
    """Our KMS key, with which secrets are encrypted; empty for keys of AWS."""
    logs: tuple[str, ...]
    """What the control plane logs, and is kept: `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`."""


@resource("aws_eks_node_group")
class NodeGroup(Resource):
    """Machines of a cluster that EKS manages. The id is its ARN."""

    id: str
    name: str
    cluster: str
    """Its name."""
    ssh_key: str
    """The key pair with which people sign in; empty where nobody can."""
    ssh_from: tuple[str, ...]
    """The security groups from which they can; none where the whole internet can."""
