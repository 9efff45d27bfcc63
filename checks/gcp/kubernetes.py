"""Checks of clusters of Kubernetes Engine."""

from __future__ import annotations

import re

from checks.cloud.addresses import is_everywhere
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.gcp.data import KubernetesCluster

DEFAULT_ACCOUNT = re.compile(r"\d+-compute@developer\.gserviceaccount\.com")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def nodes_have_no_public_addresses(cluster: KubernetesCluster) -> Verdict:
    """Nodes of a cluster have no addresses on the internet.

    What the internet cannot address it cannot try.

    Remediation: `gcloud container clusters update CLUSTER --enable-private-nodes`.
    """
    return _is(cluster.private_nodes, cluster, "has private nodes", "has nodes with public addresses")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def control_plane_takes_named_networks_only(cluster: KubernetesCluster) -> Verdict:
    """Only named networks reach the control plane of a cluster.

    Whoever reaches it has only to steal a token to be an administrator, and everybody can rent a machine in Google
    Cloud. This is about its addresses: where it is asked by name (DNS), IAM is asked first, as with all of Google.

    Remediation: `gcloud container clusters update CLUSTER --enable-master-authorized-networks
    --master-authorized-networks=… --no-enable-google-cloud-access`.
    """
    if not cluster.public_control_plane:
        return passed(f"{cluster.name} has a control plane without an address outside")
    wide = (
        sorted(each for each in cluster.authorized_ranges if is_everywhere(each)) if cluster.authorized_networks else []
    )
    if wide:
        return failed(f"{cluster.name} lets {', '.join(wide)} reach its control plane")
    if not cluster.authorized_networks:
        return failed(f"{cluster.name} lets every network reach its control plane")
    return _is(
        not cluster.open_to_google_cloud, cluster, "names the networks that reach its control plane",
        "lets every address of Google Cloud reach its control plane",
    )  # fmt: skip


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def cluster_has_no_legacy_sign_in(cluster: KubernetesCluster) -> Verdict:
    """A cluster has no legacy authorization, no password, and no client certificate.

    They go past IAM: nobody can take them back from one person.

    Remediation: `gcloud container clusters update CLUSTER --no-enable-legacy-authorization`; a cluster with a client
    certificate must be made anew.
    """
    found = [
        what
        for what, is_there in (
            ("legacy authorization", cluster.legacy_authorization),
            ("a password", cluster.password),
            ("a client certificate", cluster.client_certificate),
        )
        if is_there
    ]
    return _is(not found, cluster, "asks IAM alone who may do what", f"has {' and '.join(found)}")


@check(objective="workloads-use-short-lived-credentials", severity=Severity.HIGH)
def workloads_have_identities(cluster: KubernetesCluster) -> Verdict:
    """Programs in a cluster have identities of their own (*Workload Identity*).

    Otherwise each of them acts as the node, with everything that any of them needs.

    Remediation: `gcloud container clusters update CLUSTER --workload-pool=PROJECT.svc.id.goog`.
    """
    return _is(
        cluster.workload_identity, cluster, "gives workloads identities of their own",
        "lets workloads act as their node",
    )  # fmt: skip


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def secrets_are_encrypted_with_a_key(cluster: KubernetesCluster) -> Verdict:
    """Secrets in the database of a cluster are encrypted with a key of Cloud KMS.

    Whoever gets hold of a copy of the database then has no secrets.

    Remediation: `gcloud container clusters update CLUSTER --database-encryption-key=…`.
    """
    return _is(
        cluster.secrets_encrypted, cluster, "encrypts secrets with a key of KMS", "does not encrypt secrets by itself"
    )


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def cluster_logs_its_system(cluster: KubernetesCluster) -> Verdict:
    """A cluster logs what its own components do.

    Without these logs nobody knows what went on in it.

    Remediation: `gcloud container clusters update CLUSTER --logging=SYSTEM,WORKLOAD`.
    """
    return _is(
        "SYSTEM_COMPONENTS" in cluster.logs, cluster, f"logs {', '.join(cluster.logs)}",
        f"logs {', '.join(cluster.logs) or 'nothing'}, and not its system",
    )  # fmt: skip


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def nodes_are_shielded(cluster: KubernetesCluster) -> Verdict:
    """Nodes of a cluster prove to its control plane which machine they are.

    Otherwise whoever gets hold of what a node signs in with for the first time makes a node of their own.

    Remediation: `gcloud container clusters update CLUSTER --enable-shielded-nodes`.
    """
    return _is(cluster.shielded_nodes, cluster, "has shielded nodes", "has nodes that are not shielded")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def nodes_have_an_account_of_their_own(cluster: KubernetesCluster) -> Verdict:
    """Nodes of a cluster do not act as the default account of Compute Engine.

    That account is everybody's in the project, and often may do nearly everything.

    Remediation: Make node pools with `--service-account=…`, with the role `roles/container.defaultNodeServiceAccount`.
    """
    accounts = ", ".join(cluster.node_accounts) or "no account"
    default = [each for each in cluster.node_accounts if each == "default" or DEFAULT_ACCOUNT.fullmatch(each)]
    return _is(not default, cluster, f"has nodes that act as {accounts}", f"has nodes that act as {', '.join(default)}")


@check(objective="networks-are-segregated", severity=Severity.MEDIUM)
def rules_between_pods_are_enforced(cluster: KubernetesCluster) -> Verdict:
    """A cluster enforces rules about which pods may speak with which.

    Otherwise every pod reaches every other one, whatever its `NetworkPolicy` says.

    Remediation: Make clusters with `--enable-dataplane-v2`, or `gcloud container clusters update CLUSTER
    --enable-network-policy`.
    """
    return _is(cluster.network_policies, cluster, "enforces rules between pods", "lets every pod reach every other one")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def nodes_are_upgraded(cluster: KubernetesCluster) -> Verdict:
    """Nodes of a cluster are upgraded by themselves.

    New versions mend what is known to be broken; by hand it comes late.

    Remediation: `gcloud container node-pools update POOL --cluster=CLUSTER --enable-autoupgrade`.
    """
    return _is(cluster.upgraded, cluster, "upgrades its nodes by itself", "has nodes that are upgraded by hand")


def _is(holds: bool, cluster: KubernetesCluster, so: str, not_so: str) -> Verdict:
    return passed(f"{cluster.name} {so}") if holds else failed(f"{cluster.name} {not_so}")
