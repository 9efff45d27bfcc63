"""Warehouses, tidy and careless. moto has no Redshift Serverless, so its answers are after the SDK's service model."""

from __future__ import annotations

import re

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        redshift = aws.client("redshift", region)
        redshift.create_cluster_parameter_group(
            ParameterGroupName="own", ParameterGroupFamily="redshift-2.0", Description="own"
        )
        common = {"NodeType": "ra3.large", "MasterUsername": "owner", "MasterUserPassword": "Xy12345678"}
        redshift.create_cluster(
            ClusterIdentifier="tidy",
            ClusterParameterGroupName="own",
            Encrypted=True,
            EnhancedVpcRouting=True,
            AutomatedSnapshotRetentionPeriod=14,
            **common,
        )
        redshift.enable_logging(ClusterIdentifier="tidy", LogDestinationType="cloudwatch", LogExports=["userlog"])
        redshift.create_cluster(
            ClusterIdentifier="careless", PubliclyAccessible=True, AllowVersionUpgrade=False, **common
        )
        for name in ("tidy", "careless"):
            redshift.create_cluster_snapshot(ClusterIdentifier=name, SnapshotIdentifier=f"{name}-before")


def _in_two_zones(body: bytes) -> bytes:
    """moto does not know that clusters can be in two zones, nor that Secrets Manager can have their password."""
    identifier = rb"<ClusterIdentifier>(\w+)</ClusterIdentifier>"
    arn = b"arn:aws:secretsmanager:us-east-1:123456789012:secret:redshift-1"
    added = {
        b"tidy": b"<MultiAZ>Enabled</MultiAZ><MasterPasswordSecretArn>" + arn + b"</MasterPasswordSecretArn>",
        b"careless": b"<MultiAZ>Disabled</MultiAZ>",
    }
    return re.sub(identifier, lambda found: found[0] + added[found[1]], body)


def _shared(body: bytes) -> bytes:
    """moto cannot share snapshots."""
    account = b"<AccountWithRestoreAccess><AccountId>999999999999</AccountId></AccountWithRestoreAccess>"
    return body.replace(
        b"<SnapshotIdentifier>careless-before</SnapshotIdentifier>",
        b"<SnapshotIdentifier>careless-before</SnapshotIdentifier>"
        b"<AccountsWithRestoreAccess>" + account + b"</AccountsWithRestoreAccess>",
    )


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:redshift-serverless:us-east-1:{ACCOUNT}:{kind}/{name}"


ANSWERS = {
    "redshift-serverless:ListWorkgroups": Canned(
        {
            "workgroups": [
                {
                    "workgroupArn": _arn("workgroup", name),
                    "workgroupName": name,
                    "namespaceName": name,
                    "publiclyAccessible": careless,
                    "enhancedVpcRouting": not careless,
                    "configParameters": [
                        {"parameterKey": "datestyle", "parameterValue": "ISO, MDY"},
                        {"parameterKey": "require_ssl", "parameterValue": "false" if careless else "true"},
                    ],
                }
                for name, careless in (("tidy", False), ("careless", True))
            ]
        }
    ),
    "redshift-serverless:ListNamespaces": Canned(
        {
            "namespaces": [
                {
                    "namespaceArn": _arn("namespace", "tidy"),
                    "namespaceName": "tidy",
                    "logExports": ["connectionlog", "userlog"],
                    "adminPasswordSecretArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:tidy-1",
                },
                {"namespaceArn": _arn("namespace", "careless"), "namespaceName": "careless", "logExports": []},
            ]
        }
    ),
}
MENDED = {"redshift:DescribeClusters": _in_two_zones, "redshift:DescribeClusterSnapshots": _shared}
