"""Clusters of Kubernetes Engine. https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved
from core.resources.gcp.data import KubernetesCluster

CLUSTERS = Listing(RESOURCE, ("container.googleapis.com/Cluster",))
ENCRYPTION = ("ENCRYPTED", "DECRYPTED", "UNKNOWN")
NEW_NETWORKS = "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig"


@collector(permissions=(CLUSTERS,))
def clusters(estate: Estate) -> Iterator[KubernetesCluster]:
    """Every cluster. Two settings have moved in the API; where the new place says nothing, the old one counts."""
    for asset in map(Asset, estate.assets(CLUSTERS)):
        encryption = asset.choice("databaseEncryption.state", ENCRYPTION)
        yield KubernetesCluster(
            **asset.common,
            labels=asset.labels("resourceLabels"),
            name=asset.text("name"),
            private_nodes=_either(
                asset.flag("networkConfig.defaultEnablePrivateNodes"),
                asset.switch("privateClusterConfig.enablePrivateNodes"),
            ),
            authorized_networks=_either(
                asset.flag(f"{NEW_NETWORKS}.enabled"), asset.switch("masterAuthorizedNetworksConfig.enabled")
            ),
            legacy_authorization=asset.switch("legacyAbac.enabled"),
            client_certificate=_certificate(asset),
            workload_identity=_workload_identity(asset),
            secrets_encrypted=encryption == "ENCRYPTED" if isinstance(encryption, str) else encryption,
            logs=_logs(asset),
        )


def _either(new: Any, old: Any) -> Any:
    return old if isinstance(new, Unobserved) else new


def _certificate(asset: Asset) -> Any:
    """`masterAuth.clientCertificate` is there where a certificate was issued."""
    found = asset.inner("masterAuth").members
    if found.get("clientCertificate"):
        return True
    return (
        asset.switch("masterAuth.clientCertificateConfig.issueClientCertificate") if found else asset.flag("masterAuth")
    )


def _workload_identity(asset: Asset) -> Any:
    """Without `workloadIdentityConfig` nodes hand out their own account."""
    pool = asset.text("workloadIdentityConfig.workloadPool", "")
    return bool(pool) if isinstance(pool, str) else pool


def _logs(asset: Asset) -> Any:
    """`loggingService: none` switches all off; of clusters that say no components it is the older way to say it."""
    if asset.members.get("loggingService") == "none":
        return ()
    return asset.texts(
        "loggingConfig.componentConfig.enableComponents", () if "loggingConfig" in asset.members else UNSAID
    )
