"""Domains: one as it should be, one as careless as can be, one within a network."""

from __future__ import annotations

import json
import re

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        search = aws.client("opensearch", region)
        group = f"arn:aws:logs:{region}:{aws.account}:log-group:search"
        search.create_domain(
            DomainName="tidy",
            EngineVersion="OpenSearch_2.17",
            ClusterConfig={
                "InstanceCount": 3,
                "ZoneAwarenessEnabled": True,
                "ZoneAwarenessConfig": {"AvailabilityZoneCount": 3},
                "DedicatedMasterEnabled": True,
                "DedicatedMasterCount": 3,
            },
            AccessPolicies=_policy(aws.account),
            EncryptionAtRestOptions={"Enabled": True},
            NodeToNodeEncryptionOptions={"Enabled": True},
            DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
            AdvancedSecurityOptions={"Enabled": True, "InternalUserDatabaseEnabled": False},
            LogPublishingOptions={
                kind: {"CloudWatchLogsLogGroupArn": group, "Enabled": True}
                for kind in ("AUDIT_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")
            },
        )
        search.create_domain(
            DomainName="careless",
            EngineVersion="OpenSearch_2.3",
            ClusterConfig={"InstanceCount": 1, "ZoneAwarenessEnabled": False, "DedicatedMasterEnabled": False},
            AccessPolicies=_policy("*"),
            DomainEndpointOptions={"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
        )
        search.create_domain(
            DomainName="within",
            EngineVersion="OpenSearch_2.17",
            ClusterConfig={"InstanceCount": 2, "ZoneAwarenessEnabled": True, "DedicatedMasterEnabled": False},
            AccessPolicies=_policy("999999999999"),
            AdvancedSecurityOptions={"Enabled": True, "InternalUserDatabaseEnabled": True},
            VPCOptions={"SubnetIds": ["subnet-1"]},
        )


def _policy(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "es:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _complete(body: bytes) -> bytes:
    """moto says nothing of service software, and not which network a domain is in."""
    waiting = {b"tidy": b"false", b"careless": b"true", b"within": b"false"}
    body = re.sub(
        rb'"DomainName": "(\w+)",',
        lambda found: found[0] + b' "ServiceSoftwareOptions": {"UpdateAvailable": %s},' % waiting[found[1]],
        body,
    )
    return body.replace(b'"VPCOptions": {', b'"VPCOptions": {"VPCId": "vpc-1", ')


MENDED = {"opensearch:DescribeDomains": _complete}
