"""Checks of MSK: who reaches a cluster, and how data travels and lies there. Every cluster is encrypted at rest."""

from __future__ import annotations

from checks.aws.our_keys import encrypts_with_ours
from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.kafka import MskCluster, MskConnector
from core.resources.aws.kms import KmsKey


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def clients_need_tls(cluster: MskCluster) -> Verdict:
    """A cluster talks to clients with TLS alone.

    Where plain text is allowed, somebody uses it, and everybody on the way reads along.

    Remediation: *Actions*, *Edit security settings*, and turn *Plaintext* off under *Between clients and brokers*.
    """
    if cluster.between_clients == "TLS":
        return passed(f"{cluster.name} talks to clients with TLS alone")
    return failed(f"{cluster.name} talks to clients by {cluster.between_clients}")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def brokers_use_tls(cluster: MskCluster) -> Verdict:
    """The brokers of a cluster talk to each other with TLS.

    Between brokers travels everything that the cluster holds.

    Remediation: Make a new cluster *Within the cluster* with *TLS encryption*: it cannot be changed later.
    """
    if cluster.between_brokers:
        return passed(f"the brokers of {cluster.name} talk with TLS")
    return failed(f"the brokers of {cluster.name} talk in plain text")


@check(objective="identities-have-one-owner", severity=Severity.HIGH)
def clients_prove_who_they_are(cluster: MskCluster) -> Verdict:
    """A cluster asks every client who it is.

    A client without a name can read and write every topic, as access rules of Kafka go by names.

    Remediation: *Edit security settings*: turn on IAM, SASL/SCRAM or TLS, then turn *Unauthenticated access* off.
    """
    if cluster.anonymous:
        return failed(f"{cluster.name} lets clients in that do not say who they are")
    return passed(f"{cluster.name} lets clients in by {', '.join(cluster.ways_in) or 'nothing'}")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def cluster_is_not_public(cluster: MskCluster, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The internet does not reach a cluster, unless that was approved.

    Brokers with public addresses are found and tried by anybody. Name those that are meant to be so in `approved`.

    Remediation: *Properties*, *Edit public access*, turn off.
    """
    if not cluster.public:
        return passed(f"the internet does not reach {cluster.name}")
    if {cluster.name, cluster.id} & set(approved):
        return passed(f"the internet reaches {cluster.name}, which is approved")
    return failed(f"the internet reaches {cluster.name}")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def cluster_lets_in_approved_accounts(cluster: MskCluster, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A cluster's policy lets in no other account, and not everybody, unless that was approved.

    Streams carry what happens now: who reads along knows as much as we do.

    Remediation: Name the account in the setting `approved`, or edit the *Cluster policy*.
    """
    if everybody_may(cluster.statements):
        return failed(f"the policy of {cluster.name} lets everybody in")
    others = sorted(accounts_let_in(cluster.statements) - {cluster.id.split(":")[4]} - set(approved))
    if others:
        return failed(f"the policy of {cluster.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {cluster.name} lets in no account that was not approved")


@check(objective="use-is-logged", severity=Severity.LOW)
def brokers_are_logged(cluster: MskCluster) -> Verdict:
    """The brokers of a cluster write logs that outlive them.

    Failed sign-ins and changes to topics stand in no other place.

    Remediation: *Properties*, *Edit log delivery*.
    """
    if cluster.serverless:
        return not_applicable(f"{cluster.name} is serverless: AWS keeps the logs of its brokers")
    if cluster.logs_to:
        return passed(f"the brokers of {cluster.name} log to {', '.join(cluster.logs_to)}")
    return failed(f"the brokers of {cluster.name} log to no place")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def cluster_uses_our_key(cluster: MskCluster, keys: Population[KmsKey]) -> Verdict:
    """A cluster is encrypted with a key that we control.

    MSK encrypts every cluster. With a key of ours, reading its disks needs a second permission that we give and take.

    Remediation: Make a cluster with *Use customer managed key*: it cannot be changed later.
    """
    if cluster.serverless:
        return not_applicable(f"{cluster.name} is serverless: AWS encrypts it, and gives no choice of key")
    return encrypts_with_ours(cluster.name, cluster.key, keys)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def connector_uses_tls(connector: MskConnector) -> Verdict:
    """A connector talks to its cluster with TLS.

    A connector moves whole topics.

    Remediation: Make the connector anew with *TLS encrypted traffic*: it cannot be changed later.
    """
    if connector.encryption == "TLS":
        return passed(f"{connector.name} talks to its cluster with TLS")
    return failed(f"{connector.name} talks to its cluster by {connector.encryption}")


@check(objective="use-is-logged", severity=Severity.LOW)
def connector_is_logged(connector: MskConnector) -> Verdict:
    """The workers of a connector write logs that outlive them.

    Without them nobody can say what was moved where, and what was lost.

    Remediation: Make the connector anew with a place for its logs.
    """
    if connector.logs_to:
        return passed(f"{connector.name} logs to {', '.join(connector.logs_to)}")
    return failed(f"{connector.name} logs to no place")
