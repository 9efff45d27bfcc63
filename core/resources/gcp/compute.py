"""Compute Engine: machines, disks, networks, firewalls and load balancers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from core.resource import Observed, Resource, part, resource
from core.resources.gcp.resource import LabelledResource


@part
class AttachedAccount(Observed):
    """The service account that a machine acts as."""

    email: str
    scopes: tuple[str, ...]


@resource("gcp_compute_project")
class ComputeProject(Resource):
    """What a project says to all its machines."""

    id: str
    container: str
    os_login: bool | None
    """Sign-in by identities instead of SSH keys in metadata; `None` where nothing is said."""
    serial_port: bool | None


@resource("gcp_instance")
class Instance(LabelledResource):
    """A virtual machine."""

    type: ClassVar[str] = "compute.googleapis.com/Instance"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    status: str
    os_login: bool | None
    """What the machine says itself; `None` where what the project says counts."""
    blocks_project_keys: bool
    """SSH keys in the project's metadata do not open it."""
    serial_port: bool | None
    accounts: tuple[AttachedAccount, ...]
    public: bool
    """An interface has an address outside, of IPv4 or IPv6."""
    forwards: bool
    """It may hand on packets of others, and send them in the name of others."""
    node_of_cluster: bool
    """It is a node of Kubernetes Engine, which sets it up."""
    vtpm: bool
    integrity_monitoring: bool
    secure_boot: bool


@resource("gcp_disk")
class Disk(LabelledResource):
    """A persistent disk."""

    type: ClassVar[str] = "compute.googleapis.com/Disk"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    key: str
    """The KMS key that encrypts it; `supplied` for a key that only the customer has; empty for keys of Google."""


@resource("gcp_network")
class Network(Resource):
    """A VPC network."""

    id: str
    container: str
    name: str
    legacy: bool
    """One range of addresses for all regions, without subnetworks."""
    policies_first: bool
    """Firewall policies of the network count before the rules of its firewall, and not after them."""
    policy: str
    """The address of its global firewall policy; empty where it has none."""


@resource("gcp_subnetwork")
class Subnetwork(Resource):
    """A subnetwork."""

    id: str
    container: str
    location: str
    name: str
    network: str
    purpose: str
    """`PRIVATE` for machines; others carry load balancers and the like, which have no flow logs."""
    flow_logs: bool | None
    """`None` where it says nothing: then an organization policy decides, and without one there are none."""


@part
class Passage(Observed):
    """A protocol and its ports."""

    protocol: str
    """In lower case: `tcp`, `all`, or a number."""
    ports: tuple[str, ...]
    """`22`, `1000-2000`; none for all."""


@resource("gcp_firewall_policy")
class FirewallPolicy(Resource):
    """A firewall policy: of an organization or a folder, of networks, or of networks in one region."""

    id: str
    container: str
    name: str
    region: str
    """Empty for one that counts everywhere."""
    system: bool
    """Google keeps it for a service of its own, such as Kubernetes Engine; it counts before all others of a network."""
    attached: tuple[str, ...]
    """Where it counts: `folders/…`, `organizations/…`, or ids of networks."""


@resource("gcp_firewall_rule")
class FirewallRule(Resource):
    """A rule of a network's firewall, or of a firewall policy."""

    id: str
    container: str
    name: str
    network: str
    """Empty for the rule of a policy, which may hang on several networks."""
    policy: str
    """The id of the firewall policy that it belongs to; empty for a rule of a network."""
    enabled: bool
    inbound: bool
    allows: bool
    passes_on: bool
    """It neither lets in nor denies: what comes next decides, and nothing else of its policy."""
    priority: int
    sources: tuple[str, ...]
    """Ranges of addresses."""
    other_sources: bool
    """Tags, accounts, groups, names, regions, lists of addresses or kinds of networks say where it counts from."""
    targets: tuple[str, ...]
    """Tags and accounts of the machines that it counts for; none for all."""
    networks: tuple[str, ...]
    """Ids of the networks that the rule of a policy counts for; none for all."""
    passages: tuple[Passage, ...]


@resource("gcp_tls_policy")
class TlsPolicy(Resource):
    """An SSL policy: what load balancers offer."""

    id: str
    container: str
    name: str
    link: str
    """How proxies refer to it: the part of its address that follows `projects/`."""
    minimum: str
    """`TLS_1_0`, `TLS_1_1`, `TLS_1_2`, `TLS_1_3`."""
    profile: str
    """`COMPATIBLE`, `MODERN`, `RESTRICTED`, `CUSTOM`, `FIPS_202205`."""
    features: tuple[str, ...]
    """The cipher suites that are offered."""


@resource("gcp_tls_proxy")
class TlsProxy(Resource):
    """Where a load balancer ends TLS."""

    id: str
    container: str
    name: str
    policy: str
    """The link of its SSL policy; empty where none is set and Google's default counts."""


@resource("gcp_certificate")
class Certificate(Resource):
    """A certificate of load balancers."""

    id: str
    container: str
    name: str
    managed: bool
    """Google renews it."""
    expires: datetime | None
    """`None` for one that was not issued yet."""


@resource("gcp_backend_service")
class BackendService(Resource):
    """What a load balancer hands requests on to."""

    id: str
    container: str
    name: str
    scheme: str
    protocol: str
    logs: bool
