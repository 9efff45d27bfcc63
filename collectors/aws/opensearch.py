"""OpenSearch domains. They are described five at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.opensearch import SearchDomain

LIST = Read("opensearch", "ListDomainNames")
DESCRIBE = Read("opensearch", "DescribeDomains")

AT_ONCE = 5
"""How many domains one question may name."""
TWO = 2
"""Zones of a domain that is zone-aware and does not say how."""


@collector(permissions=(LIST, DESCRIBE))
def domains(region: AwsRegion) -> Iterator[SearchDomain]:
    """Every domain of the region, of OpenSearch and of Elasticsearch."""
    names = [each["DomainName"] for each in region.ask(LIST)["DomainNames"]]
    groups = [names[first : first + AT_ONCE] for first in range(0, len(names), AT_ONCE)]
    for described in region.each(lambda group: region.ask(DESCRIBE, DomainNames=group), groups):
        yield from map(_domain, described["DomainStatusList"])


def _domain(found: Mapping[str, Any]) -> SearchDomain:
    access = found.get("AdvancedSecurityOptions", {})
    endpoint = found.get("DomainEndpointOptions", {})
    cluster = found.get("ClusterConfig", {})
    logs = found.get("LogPublishingOptions", {})
    software = found.get("ServiceSoftwareOptions", {})
    return SearchDomain(
        id=found["ARN"],
        name=found["DomainName"],
        version=told(found, "EngineVersion"),
        network=found.get("VPCOptions", {}).get("VPCId", ""),
        statements=part_of(told(found, "AccessPolicies"), statements),
        encrypted=told(found.get("EncryptionAtRestOptions", {}), "Enabled"),
        encrypts_between_nodes=told(found.get("NodeToNodeEncryptionOptions", {}), "Enabled"),
        needs_tls=told(endpoint, "EnforceHTTPS"),
        tls_policy=told(endpoint, "TLSSecurityPolicy"),
        logs=tuple(sorted(name for name, each in logs.items() if each.get("Enabled"))),
        knows_users=told(access, "Enabled"),
        lets_anybody_in=access.get("AnonymousAuthEnabled", False),
        own_users=access.get("InternalUserDatabaseEnabled", False),
        nodes=told(cluster, "InstanceCount"),
        zones=_zones(cluster),
        masters=cluster.get("DedicatedMasterCount", 0) if cluster.get("DedicatedMasterEnabled") else 0,
        update=_update(software),
    )


def _zones(cluster: Mapping[str, Any]) -> int:
    aware = cluster.get("ZoneAwarenessEnabled")
    if aware is None:
        unsaid: int = unobserved("OpenSearch does not say in how many zones it is")
        return unsaid
    return int(cluster.get("ZoneAwarenessConfig", {}).get("AvailabilityZoneCount", TWO)) if aware else 1


def _update(software: Mapping[str, Any]) -> str:
    available = software.get("UpdateAvailable")
    if available is None:
        unsaid: str = unobserved("OpenSearch does not say whether an update waits")
        return unsaid
    return str(software.get("NewVersion") or "a newer version") if available else ""
