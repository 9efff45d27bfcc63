"""Checks of EKS: who reaches clusters, what they log, and whether their version is still mended."""

from __future__ import annotations

from checks.cloud.addresses import from_everywhere
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.eks import KubernetesCluster, NodeGroup

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def cluster_is_not_open_to_the_internet(cluster: KubernetesCluster) -> Verdict:
    """The whole internet cannot reach the cluster's API.

    A flaw in Kubernetes or a stolen token is then enough to rule the cluster, from anywhere.

    Remediation: `aws eks update-cluster-config --resources-vpc-config endpointPublicAccess=false`, after the private
    address is on; or name your own networks in `publicAccessCidrs`.
    """
    if not cluster.public:
        return passed(f"the API of {cluster.name} has no address on the internet")
    if not cluster.public_from:
        return unknown(f"the API of {cluster.name} is on the internet, and EKS does not say for which networks")
    if everywhere := from_everywhere(cluster.public_from):
        return failed(f"the API of {cluster.name} is open to {', '.join(everywhere)}")
    return passed(f"the API of {cluster.name} is open to {', '.join(cluster.public_from)} only")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def cluster_is_reached_from_within(cluster: KubernetesCluster) -> Verdict:
    """Nodes reach the cluster's API within their own network.

    Otherwise their traffic to the API goes over its public address, which then must stay open for them.

    Remediation: `aws eks update-cluster-config --resources-vpc-config endpointPrivateAccess=true`.
    """
    if cluster.private:
        return passed(f"the API of {cluster.name} has an address in the cluster's network")
    return failed(f"the API of {cluster.name} has only an address on the internet")


@check(objective="keys-are-under-our-control", severity=Severity.MEDIUM)
def cluster_secrets_are_encrypted_with_our_key(cluster: KubernetesCluster) -> Verdict:
    """Secrets in the cluster are encrypted with a key that we control.

    From version 1.28 on EKS encrypts all that the API keeps, with a key of AWS; before, it encrypted the disks alone. A
    key of ours can be restricted and revoked, and its use is recorded.

    Remediation: `aws eks associate-encryption-config` with a key of KMS. It cannot be undone.
    """
    if cluster.secrets_key:
        return passed(f"secrets of {cluster.name} are encrypted with {cluster.secrets_key}")
    return failed(f"secrets of {cluster.name} (version {cluster.version}) are encrypted with no key of ours")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def cluster_logs_what_its_control_plane_does(cluster: KubernetesCluster, *, needed: tuple[str, ...] = LOGS) -> Verdict:
    """All logs of the cluster's control plane are kept.

    EKS keeps none unless somebody asks for it; and without `audit` nobody can say who did what in the cluster.

    Remediation: `aws eks update-cluster-config --logging` with all five types enabled.
    """
    if missing := [each for each in needed if each not in cluster.logs]:
        return failed(f"{cluster.name} keeps no log of {', '.join(missing)}")
    return passed(f"{cluster.name} keeps logs of {', '.join(needed)}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def cluster_version_gets_fixes(cluster: KubernetesCluster) -> Verdict:
    """The cluster's version of Kubernetes is in standard support.

    In extended support AWS still mends the worst, for a price; after that it forces an update.

    Remediation: `aws eks update-cluster-version`, one minor version at a time, then the node groups and add-ons.
    """
    if cluster.support is None:
        return failed(f"{cluster.name} runs version {cluster.version}, which AWS lists no more")
    ends = cluster.support.standard_ends
    day = f", with standard support until {ends:%Y-%m-%d}" if ends else ""
    reason = f"{cluster.name} runs version {cluster.version} ({cluster.support.status}){day}"
    match cluster.support.status:
        case "STANDARD_SUPPORT":
            return passed(reason)
        case "EXTENDED_SUPPORT" | "UNSUPPORTED":
            return failed(reason)
    return unknown(reason)


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def nodes_do_not_let_the_internet_sign_in(group: NodeGroup) -> Verdict:
    """The machines of the node group do not let the whole internet try to sign in.

    With a key pair and no security groups named, EKS opens port 22 (on Windows 3389) to everybody.

    Remediation: Make the group again without a key pair, and use Session Manager; or name security groups.
    """
    name = f"{group.name} of {group.cluster}"
    if not group.ssh_key:
        return not_applicable(f"nobody signs in to {name} by key pair")
    if group.ssh_from:
        return passed(f"{name} lets {', '.join(group.ssh_from)} sign in with {group.ssh_key}")
    return failed(f"{name} lets everybody try to sign in with {group.ssh_key}")
