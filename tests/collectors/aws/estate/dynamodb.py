"""Tables and caches, with and without what they should have."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        tables, kms = aws.client("dynamodb", region), aws.client("kms", region)
        key = kms.create_key(Description="tables")["KeyMetadata"]["Arn"]
        specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        _table(tables, "tidy", SSESpecification=specification, DeletionProtectionEnabled=True)
        tables.update_continuous_backups(
            TableName="tidy", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        arn = _table(tables, "open")["TableDescription"]["TableArn"]
        partner = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        statements = [
            {**each, "Action": "dynamodb:*", "Resource": arn} for each in (partner, {**partner, "Principal": "*"})
        ]
        tables.put_resource_policy(
            ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
        )
        dax = aws.client("dax", region)
        role = f"arn:aws:iam::{aws.account}:role/reads-tables"
        common = {"NodeType": "dax.t3.small", "IamRoleArn": role}
        dax.create_cluster(
            ClusterName="tidy",
            ReplicationFactor=3,
            SSESpecification={"Enabled": True},
            ClusterEndpointEncryptionType="TLS",
            **common,
        )
        dax.create_cluster(ClusterName="lone", ReplicationFactor=1, ClusterEndpointEncryptionType="NONE", **common)


def _table(tables: Any, name: str, **more: Any) -> Any:
    return tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
