"""Checks of who reaches clusters and registries of images, and what keeps programs in a cluster apart."""

from __future__ import annotations

from checks.azure.reachable import closed_unless_allowed, wide_ones
from checks.cloud.encryption import has_key_of_ours
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.resources.azure.applications import ContainerRegistry, KubernetesCluster

POLICIES = frozenset({"azure", "calico", "cilium"})
CHANNELS = frozenset({"rapid", "stable", "patch"})


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def cluster_is_not_open_to_everybody(cluster: KubernetesCluster) -> Verdict:
    """The API of a Kubernetes cluster is reached from networks that are meant to.

    Whoever reaches it needs one stolen token, or one flaw in it, to run what he likes.

    Remediation: *Networking*, *Set authorized IP ranges*, or a private cluster; `az aks update
    --api-server-authorized-ip-ranges …`; `api_server_access_profile` in Terraform.
    """
    if cluster.private:
        return passed(f"the API of {cluster.name} has no address on the internet")
    if not cluster.ranges:
        return failed(f"everybody reaches the API of {cluster.name}")
    if wide := wide_ones(cluster.ranges):
        return failed(f"{', '.join(wide)} may reach the API of {cluster.name}")
    return passed(f"only {len(cluster.ranges)} ranges of addresses reach the API of {cluster.name}")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def cluster_nodes_are_private(cluster: KubernetesCluster, *, approved: tuple[str, ...] = ()) -> Verdict:
    """No node of a Kubernetes cluster has an address on the internet.

    What runs there is reached through a load balancer, which shows what is meant to be shown. Name pools that may have
    such addresses in `approved`.

    Remediation: Make the pool anew without *Enable public IP per node*; `az aks nodepool add`;
    `node_public_ip_enabled = false` in Terraform.
    """
    shown = [each for each in cluster.public_pools if each not in approved]
    if shown:
        return failed(f"nodes of {cluster.name} have addresses on the internet, in {', '.join(shown)}")
    return passed(f"no node of {cluster.name} has an address on the internet that is not approved")


@check(objective="networks-are-segregated", severity=Severity.MEDIUM)
def cluster_can_keep_programs_apart(cluster: KubernetesCluster) -> Verdict:
    """A Kubernetes cluster has an engine for network policies.

    Without one, rules that keep programs apart are accepted and not obeyed: every program reaches every other.

    Remediation: *Networking*, *Network policy*; `az aks update --network-policy cilium`; `network_policy` in Terraform.
    """
    match cluster.network_policy.lower():
        case engine if engine in POLICIES:
            return passed(f"{engine} keeps programs in {cluster.name} apart")
        case "none" | "":
            return failed(f"nothing keeps programs in {cluster.name} apart")
        case said:
            return unknown(f"Azure says of {cluster.name} that its network policy is {said}")


@check(objective="threat-detection-is-on", severity=Severity.MEDIUM)
def cluster_is_watched_for_attacks(cluster: KubernetesCluster) -> Verdict:
    """Defender for Cloud watches what happens in a Kubernetes cluster.

    Who broke into a container is seen by what runs there, and not in the logs of Azure.

    Remediation: *Microsoft Defender for Cloud*, plan *Containers*, *Defender sensor*; `az aks update
    --enable-defender`; `microsoft_defender` in Terraform.
    """
    if cluster.watched:
        return passed(f"Defender watches {cluster.name}")
    return failed(f"Defender does not watch {cluster.name}")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def cluster_secrets_are_encrypted_with_our_key(cluster: KubernetesCluster) -> Verdict:
    """The secrets of a Kubernetes cluster are encrypted with a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the secrets must not be read any more.

    Remediation: `az aks update --enable-azure-keyvault-kms --azure-keyvault-kms-key-id …`; `key_management_service` in
    Terraform.
    """
    return has_key_of_ours(
        f"what {cluster.name} keeps secret",
        "a key of a vault of ours" if cluster.our_key else "a key of Microsoft's",
        ours=cluster.our_key,
    )


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def cluster_takes_new_versions(cluster: KubernetesCluster) -> Verdict:
    """A Kubernetes cluster takes new versions of Kubernetes by itself.

    Each version gets fixes for a year; after that known flaws stay.

    Remediation: *Upgrade*, *Automatic upgrade*; `az aks update --auto-upgrade-channel patch`;
    `automatic_upgrade_channel = "patch"` in Terraform.
    """
    match cluster.upgrades.lower():
        case channel if channel in CHANNELS:
            return passed(f"{cluster.name} takes new versions by itself ({channel})")
        case "node-image":
            return failed(f"{cluster.name} takes new images of its nodes by itself, and no versions of Kubernetes")
        case "none" | "":
            return failed(f"{cluster.name} takes no new versions by itself")
        case said:
            return unknown(f"Azure says of {cluster.name} that its channel of upgrades is {said}")


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def registry_is_closed_to_public_networks(registry: ContainerRegistry) -> Verdict:
    """A registry of images answers only networks that are meant to reach it.

    Where every network may ask, a leaked password is all that a thief needs to push what runs in production.

    Remediation: *Networking*, *Selected networks* or *Disabled*, in the Premium tier; `az acr update
    --public-network-enabled false`; `public_network_access_enabled = false` in Terraform.
    """
    return closed_unless_allowed(registry)
