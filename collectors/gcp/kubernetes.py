"""Clusters of Kubernetes Engine. https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.data import KubernetesCluster

CLUSTERS = Listing(RESOURCE, ("container.googleapis.com/Cluster",))
ENCRYPTED = ("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED")
ENCRYPTION = (*ENCRYPTED, "DECRYPTED")
"""`UNKNOWN` is a word of the API as well, which says that nobody knows."""
NOW_ENCRYPTED = ("CURRENT_STATE_ENCRYPTED", "CURRENT_STATE_ALL_OBJECTS_ENCRYPTION_ENABLED")
NOW_PLAIN = ("CURRENT_STATE_DECRYPTED", "CURRENT_STATE_ENCRYPTION_PENDING", "CURRENT_STATE_ENCRYPTION_ERROR")
OF_THE_NODE = ("GCE_METADATA", "EXPOSE", "SECURE")
"""How pools say that programs get the account of their node."""
DATAPLANE_V2, DEFAULT_ACCOUNT = "ADVANCED_DATAPATH", "default"
OLD_NETWORKS = "masterAuthorizedNetworksConfig"
NEW_NETWORKS = "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig"
GOOGLE = "gcpPublicCidrsAccessEnabled"
"""Whether every public address of Google Cloud counts as authorized. Without a word it depends on the kind of cluster
(https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks)."""


@collector(permissions=(CLUSTERS,))
def clusters(estate: Estate) -> Iterator[KubernetesCluster]:
    """Every cluster. Two settings have moved in the API; where the new place says nothing, the old one counts."""
    for asset in map(Asset, estate.assets(CLUSTERS)):
        yield KubernetesCluster(
            **asset.common,
            labels=asset.labels("resourceLabels"),
            name=asset.text("name"),
            private_nodes=_private_nodes(asset),
            public_control_plane=_public_control_plane(asset),
            authorized_networks=_either(_switch(asset, NEW_NETWORKS), asset.switch(f"{OLD_NETWORKS}.enabled")),
            authorized_ranges=_ranges(asset),
            open_to_google_cloud=_either(
                asset.flag(f"{NEW_NETWORKS}.{GOOGLE}", None), asset.flag(f"{OLD_NETWORKS}.{GOOGLE}")
            ),
            password=_password(asset),
            legacy_authorization=asset.switch("legacyAbac.enabled"),
            client_certificate=_certificate(asset),
            workload_identity=_workload_identity(asset),
            secrets_encrypted=_secrets_encrypted(asset),
            logs=_logs(asset),
            shielded_nodes=asset.switch("shieldedNodes.enabled"),
            network_policies=_network_policies(asset),
            node_accounts=_node_accounts(asset),
            upgraded=_upgraded(asset),
        )


def _either(new: Any, old: Any) -> Any:
    """The old place where the new one has nothing; where something stands there that cannot be read, nobody knows."""
    return old if new is None else new


def _switch(asset: Asset, message: str) -> Any:
    """Whether it is on; `None` where there is no such message."""
    there = asset.has(message)
    return asset.switch(f"{message}.enabled") if there is True else None if there is False else there


def _private_nodes(asset: Asset) -> Any:
    """What each pool says, and where it says nothing its cluster
    (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodeNetworkConfig)."""
    of_cluster = _either(
        asset.flag("networkConfig.defaultEnablePrivateNodes", None),
        # a cluster that tells of its network and of nothing private is public
        asset.flag("privateClusterConfig.enablePrivateNodes", False)
        if {"networkConfig", "privateClusterConfig"} & asset.members.keys()
        else unobserved("the inventory says nothing about nodes"),
    )
    found = asset.parts("nodePools", lambda pool: pool.flag("networkConfig.enablePrivateNodes", None))
    if isinstance(found, Unobserved):
        return found
    return _every([of_cluster if each is None else each for each in found] or [of_cluster])


def _public_control_plane(asset: Asset) -> Any:
    """The address outside is there unless somebody switched it off, or all addresses."""
    on = asset.flag("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", True)
    if on is not True:
        return on
    new = asset.flag("controlPlaneEndpointsConfig.ipEndpointsConfig.enablePublicEndpoint", None)
    private = asset.flag("privateClusterConfig.enablePrivateEndpoint", False)
    return _either(new, private if isinstance(private, Unobserved) else not private)


def _ranges(asset: Asset) -> Any:
    """The networks of the place that says whether only named ones may."""
    place = NEW_NETWORKS if asset.inner(NEW_NETWORKS).members else OLD_NETWORKS
    return asset.texts_of(f"{place}.cidrBlocks", "cidrBlock")


def _password(asset: Asset) -> Any:
    """Without `username` there is none (clusters before version 1.19 could have one)."""
    found = asset.inner("masterAuth").members
    return bool(found.get("username")) if found else asset.flag("masterAuth")


def _certificate(asset: Asset) -> Any:
    """`masterAuth.clientCertificate` is there where a certificate was issued."""
    found = asset.inner("masterAuth").members
    if found.get("clientCertificate"):
        return True
    return (
        asset.switch("masterAuth.clientCertificateConfig.issueClientCertificate") if found else asset.flag("masterAuth")
    )


def _workload_identity(asset: Asset) -> Any:
    """Without `workloadIdentityConfig` nodes hand out their own account, and so do pools that say so."""
    pool = asset.text("workloadIdentityConfig.workloadPool", "")
    if not isinstance(pool, str) or not pool:
        return pool if isinstance(pool, Unobserved) else False
    modes = asset.parts("nodePools", lambda each: each.text("config.workloadMetadataConfig.mode", ""))
    if isinstance(modes, Unobserved):
        return modes
    if any(each in OF_THE_NODE for each in modes if isinstance(each, str)):
        return False
    return next((each for each in modes if isinstance(each, Unobserved)), True)


def _secrets_encrypted(asset: Asset) -> Any:
    """Whether they are meant to be and are: it takes time, and can fail. Where only one of both is said, it counts."""
    meant = asset.choice("databaseEncryption.state", ENCRYPTION)
    if isinstance(meant, Unobserved) or meant not in ENCRYPTED:
        return meant if isinstance(meant, Unobserved) else False
    now = asset.choice("databaseEncryption.currentState", (*NOW_ENCRYPTED, *NOW_PLAIN), NOW_ENCRYPTED[0])
    return now if isinstance(now, Unobserved) else now in NOW_ENCRYPTED


def _logs(asset: Asset) -> Any:
    """`loggingService: none` switches all off; of clusters that say no components it is the older way to say it."""
    if asset.members.get("loggingService") == "none":
        return ()
    return asset.texts(
        "loggingConfig.componentConfig.enableComponents", () if "loggingConfig" in asset.members else UNSAID
    )


def _network_policies(asset: Asset) -> Any:
    """Dataplane V2 always enforces them."""
    if asset.inner("networkConfig").members.get("datapathProvider") == DATAPLANE_V2:
        return True
    return asset.switch("networkPolicy.enabled")


def _node_accounts(asset: Asset) -> Any:
    """Nodes of a pool that names no account act as `default`, as its reference says."""
    found = asset.parts("nodePools", lambda pool: pool.text("config.serviceAccount", DEFAULT_ACCOUNT))
    hidden = (
        found if isinstance(found, Unobserved) else next((one for one in found if isinstance(one, Unobserved)), None)
    )
    return tuple(sorted(set(found))) if hidden is None else hidden


def _upgraded(asset: Asset) -> Any:
    """A pool without `management.autoUpgrade` is upgraded by hand; one that says nothing of its management tells
    nothing."""
    found = asset.parts("nodePools", lambda pool: pool.switch("management.autoUpgrade"))
    return found if isinstance(found, Unobserved) else _every(found)


def _every(said: Iterable[Any]) -> Any:
    """Whether it is true of every pool; unobserved where one did not say, and none says no."""
    told = list(said)
    hidden = next((one for one in told if isinstance(one, Unobserved)), None)
    return False if any(one is False for one in told) else True if hidden is None else hidden
