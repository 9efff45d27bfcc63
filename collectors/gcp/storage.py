"""What keeps data: Cloud Storage, Cloud SQL, BigQuery, Dataproc."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.data import Bucket, DataprocCluster, Dataset, SqlInstance

BUCKETS = Listing(RESOURCE, ("storage.googleapis.com/Bucket",))
INSTANCES = Listing(RESOURCE, ("sqladmin.googleapis.com/Instance",))
DATASETS = Listing(RESOURCE, ("bigquery.googleapis.com/Dataset",))
CLUSTERS = Listing(RESOURCE, ("dataproc.googleapis.com/Cluster",))
PREVENTION = {"enforced": "enforced", "inherited": "inherited", "unspecified": "inherited"}
"""The last is an older word for the second (https://cloud.google.com/storage/docs/public-access-prevention)."""
UNSPECIFIED = "SSL_MODE_UNSPECIFIED"
TLS_MODES = ("ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


@collector(permissions=(BUCKETS,))
def buckets(estate: Estate) -> Iterator[Bucket]:
    """Every bucket. A bucket without `encryption`, `versioning` or `retentionPolicy` has none of its own.

    https://cloud.google.com/storage/docs/json_api/v1/buckets
    """
    for asset in map(Asset, estate.assets(BUCKETS)):
        yield Bucket(
            **asset.common,
            labels=asset.labels(),
            name=asset.text("name"),
            uniform_access=asset.switch("iamConfiguration.uniformBucketLevelAccess.enabled"),
            public_access_prevention=_prevention(asset),
            key=asset.text("encryption.defaultKmsKeyName", ""),
            versioning=asset.flag("versioning.enabled", False),
            retention_seconds=asset.number("retentionPolicy.retentionPeriod", None),
            retention_locked=asset.flag("retentionPolicy.isLocked", False),
        )


def _prevention(asset: Asset) -> Any:
    said = asset.choice("iamConfiguration.publicAccessPrevention", PREVENTION)
    return PREVENTION[said] if isinstance(said, str) else said


@collector(permissions=(INSTANCES,))
def sql_instances(estate: Estate) -> Iterator[SqlInstance]:
    """Every instance of Cloud SQL. Without `sslMode` it takes connections without TLS, unless `requireSsl` says no.

    https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances
    """
    for asset in map(Asset, estate.assets(INSTANCES)):
        addresses = asset.inner("settings.ipConfiguration")
        yield SqlInstance(
            **asset.common,
            labels=asset.labels("settings.userLabels"),
            name=asset.text("name"),
            engine=asset.text("databaseVersion"),
            public_address=addresses.flag("ipv4Enabled"),
            networks=addresses.texts_of("authorizedNetworks", "value"),
            tls=_tls(asset),
            key=asset.text("diskEncryptionConfiguration.kmsKeyName", ""),
            flags=_flags(asset),
            backups=asset.flag("settings.backupConfiguration.enabled"),
            replica="masterInstanceName" in asset.members,
        )


def _tls(asset: Asset) -> Any:
    addresses = asset.inner("settings.ipConfiguration")
    if not addresses.members:
        return unobserved("the inventory does not say settings.ipConfiguration")
    required = addresses.members.get("requireSsl") is True
    older = TLS_MODES[1] if required else TLS_MODES[0]
    if addresses.members.get("sslMode") == UNSPECIFIED:
        return older
    return addresses.choice("sslMode", TLS_MODES, older)


def _flags(asset: Asset) -> Any:
    names = asset.texts_of("settings.databaseFlags", "name")
    values = asset.texts_of("settings.databaseFlags", "value")
    for each in (names, values):
        if isinstance(each, Unobserved):
            return each
    return dict(zip(names, values, strict=True))


@collector(permissions=(DATASETS,))
def datasets(estate: Estate) -> Iterator[Dataset]:
    """Every dataset. Without `defaultEncryptionConfiguration` new tables are encrypted with keys of Google.

    https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets
    """
    for asset in map(Asset, estate.assets(DATASETS)):
        yield Dataset(
            **asset.common,
            labels=asset.labels(),
            name=asset.short,
            key=asset.text("defaultEncryptionConfiguration.kmsKeyName", ""),
        )


@collector(permissions=(CLUSTERS,))
def dataproc_clusters(estate: Estate) -> Iterator[DataprocCluster]:
    """Every cluster of Dataproc. Without `encryptionConfig` its disks have keys of Google.

    https://cloud.google.com/dataproc/docs/reference/rest/v1/ClusterConfig
    """
    for asset in map(Asset, estate.assets(CLUSTERS)):
        if "virtualClusterConfig" in asset.members:
            continue  # it runs on Kubernetes Engine, whose nodes are judged there
        yield DataprocCluster(
            **asset.common,
            labels=asset.labels(),
            name=asset.text("clusterName"),
            key=_dataproc_key(asset),
        )


def _dataproc_key(asset: Asset) -> Any:
    """`kmsKey` encrypts the disks and the arguments of jobs, `gcePdKmsKeyName` the disks alone."""
    newer = asset.text("config.encryptionConfig.kmsKey", "")
    absent = UNSAID if isinstance(newer, Unobserved) or "config" not in asset.members else newer
    return asset.text("config.encryptionConfig.gcePdKmsKeyName", absent)
