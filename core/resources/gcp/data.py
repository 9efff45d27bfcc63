"""What keeps data: buckets, databases, datasets; clusters; keys and secrets; zones."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from core.resource import Resource, resource
from core.resources.gcp.resource import LabelledResource


@resource("gcp_bucket")
class Bucket(LabelledResource):
    """A bucket of Cloud Storage."""

    type: ClassVar[str] = "storage.googleapis.com/Bucket"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    uniform_access: bool
    """Only policies count, and no access lists of single objects."""
    public_access_prevention: Literal["enforced", "inherited"]
    key: str
    """The KMS key for new objects; empty for keys of Google."""
    versioning: bool
    retention_seconds: int | None
    """How long objects cannot be removed; `None` without a retention policy."""
    retention_locked: bool


@resource("gcp_sql_instance")
class SqlInstance(LabelledResource):
    """An instance of Cloud SQL."""

    type: ClassVar[str] = "sqladmin.googleapis.com/Instance"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    engine: str
    """Its version, such as `POSTGRES_16`."""
    public_address: bool
    networks: tuple[str, ...]
    """Ranges that may connect to the public address."""
    tls: Literal["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]
    key: str
    flags: dict[str, str]
    """Settings of the engine that somebody set."""
    backups: bool
    replica: bool


@resource("gcp_dataset")
class Dataset(LabelledResource):
    """A dataset of BigQuery."""

    type: ClassVar[str] = "bigquery.googleapis.com/Dataset"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    key: str
    """The KMS key for new tables; empty for keys of Google."""


@resource("gcp_dataproc_cluster")
class DataprocCluster(LabelledResource):
    """A cluster of Dataproc."""

    type: ClassVar[str] = "dataproc.googleapis.com/Cluster"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    key: str


@resource("gcp_kubernetes_cluster")
class KubernetesCluster(LabelledResource):
    """A cluster of Kubernetes Engine."""

    type: ClassVar[str] = "container.googleapis.com/Cluster"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    private_nodes: bool
    """No node of any pool has an address on the internet."""
    public_control_plane: bool
    """It has an address on the internet."""
    authorized_networks: bool
    """Only named networks reach the control plane."""
    authorized_ranges: tuple[str, ...]
    """Those networks."""
    open_to_google_cloud: bool
    """Every public address of Google Cloud counts as one of them, also those of other customers."""
    legacy_authorization: bool
    password: bool
    """A name and a password open the control plane."""
    client_certificate: bool
    """A certificate lets in whoever has it, and cannot be taken back."""
    workload_identity: bool
    secrets_encrypted: bool
    """With a key of KMS, in the database of the cluster."""
    logs: tuple[str, ...]
    """What is logged: `SYSTEM_COMPONENTS`, `WORKLOADS`, `APISERVER`, …"""
    shielded_nodes: bool
    """Nodes prove to the control plane which machine they are."""
    network_policies: bool
    """Rules between pods are enforced."""
    node_accounts: tuple[str, ...]
    """The service accounts that nodes act as; `default` for that of Compute Engine."""
    upgraded: bool
    """Nodes of all pools are upgraded by themselves."""


@resource("gcp_key")
class CryptoKey(LabelledResource):
    """A key of Cloud KMS."""

    type: ClassVar[str] = "cloudkms.googleapis.com/CryptoKey"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    purpose: str
    primary: str
    """The state of the version that encrypts: `ENABLED`, `DISABLED`, `DESTROYED`; empty where none is told."""
    protection: str
    """`SOFTWARE`, `HSM`, `EXTERNAL`, `EXTERNAL_VPC`."""
    rotation_seconds: int | None
    """`None` where nobody set that it rotates."""
    next_rotation: datetime | None
    destroy_seconds: int
    """How long a destroyed version can be brought back."""


@resource("gcp_secret")
class Secret(LabelledResource):
    """A secret of Secret Manager, without its value."""

    type: ClassVar[str] = "secretmanager.googleapis.com/Secret"
    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    rotation_seconds: int | None
    """How often its owners are told to renew it; `None` where nobody set it."""
    next_rotation: datetime | None
    """When they are told next; `None` where nobody set it."""
    expires: datetime | None


@resource("gcp_dns_zone")
class DnsZone(Resource):
    """A zone of Cloud DNS."""

    id: str
    container: str
    labels: dict[str, str]
    name: str
    public: bool
    signed: bool
    algorithms: tuple[str, ...]
    """Of the keys it is signed with, in lower case."""


@resource("gcp_dns_policy")
class DnsPolicy(Resource):
    """A server policy of Cloud DNS."""

    id: str
    container: str
    name: str
    logs: bool
    networks: tuple[str, ...]
    """Links of the networks that it counts for."""
