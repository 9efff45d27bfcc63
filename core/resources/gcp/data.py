"""What keeps data: buckets, databases, datasets; clusters; keys and secrets; zones."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.resource import Resource, resource


@resource("gcp_bucket")
class Bucket(Resource):
    """A bucket of Cloud Storage."""

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
class SqlInstance(Resource):
    """An instance of Cloud SQL."""

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
class Dataset(Resource):
    """A dataset of BigQuery."""

    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    key: str
    """The KMS key for new tables; empty for keys of Google."""


@resource("gcp_dataproc_cluster")
class DataprocCluster(Resource):
    """A cluster of Dataproc."""

    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    key: str


@resource("gcp_kubernetes_cluster")
class KubernetesCluster(Resource):
    """A cluster of Kubernetes Engine."""

    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    private_nodes: bool
    public_control_plane: bool
    """It has an address on the internet."""
    authorized_networks: bool
    """Only named networks reach the control plane."""
    authorized_ranges: tuple[str, ...]
    """Those networks."""
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


@resource("gcp_key")
class CryptoKey(Resource):
    """A key of Cloud KMS."""

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
class Secret(Resource):
    """A secret of Secret Manager, without its value."""

    id: str
    container: str
    location: str
    labels: dict[str, str]
    name: str
    rotation_seconds: int | None
    """How often its owners are told to renew it; `None` where nobody set it."""
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
