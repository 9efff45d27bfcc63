"""Checks of clusters of Azure Managed Redis and Redis Enterprise. Those of the older caches are in `databases.py`.

Clusters take TLS 1.2 or newer whatever is set (learn.microsoft.com/rest/api/redis/redisenterprisecache), so only
whether they take anything else than TLS is a question.
"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.azure.databases import RedisCluster


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def cluster_answers_over_tls_only(cluster: RedisCluster) -> Verdict:
    """The databases of a cluster of Redis answer over TLS only.

    Without it, whoever is in between reads what is cached, and its password.

    Remediation: *Advanced settings* of the database, *Non-TLS access only*: off; `az redisenterprise database update
    --client-protocol Encrypted`; `client_protocol = "Encrypted"` in Terraform.
    """
    plain = [each.name for each in cluster.databases if not each.encrypted]
    if plain:
        return failed(f"{', '.join(plain)} of {cluster.name} answers without TLS")
    return passed(f"the {len(cluster.databases)} databases of {cluster.name} answer over TLS only")


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def cluster_refuses_keys(cluster: RedisCluster) -> Verdict:
    """The databases of a cluster of Redis take no keys.

    Who has one of the two keys may do everything, is nobody in the logs, and stays until the key is changed.

    Remediation: *Authentication*, *Access Keys*: off, when all programs sign in with Entra; `az redisenterprise
    database update --access-keys-auth Disabled`; `access_keys_authentication_enabled = false` in Terraform.
    """
    taking = [each.name for each in cluster.databases if each.keys_work]
    if taking:
        return failed(f"{', '.join(taking)} of {cluster.name} takes keys")
    return passed(f"none of {len(cluster.databases)} databases of {cluster.name} takes keys")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def cluster_is_closed_to_public_networks(cluster: RedisCluster) -> Verdict:
    """A cluster of Redis is reached through private endpoints only.

    It has no firewall of its own: with an address on the internet, every network may ask.

    Remediation: *Networking*, *Public network access*: Disable, with a private endpoint; `az redisenterprise update
    --public-network-access Disabled`; `public_network_access = "Disabled"` in Terraform.
    """
    if cluster.public:
        return failed(f"{cluster.name} answers all networks")
    return passed(f"{cluster.name} does not answer public networks")
