"""Clusters and connectors. moto forgets how a cluster is encrypted, and knows no connectors: both are told here."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

KEY = "alias/aws/kafka"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        aws.client("kafka", region).create_cluster_v2(ClusterName="any", Serverless={"VpcConfigs": [{"SubnetIds": []}]})


def _cluster(name: str, *, good: bool) -> dict[str, Any]:
    access = "DISABLED" if good else "SERVICE_PROVIDED_EIPS"
    return {
        "clusterArn": f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/{name}/1",
        "clusterName": name,
        "clusterType": "PROVISIONED",
        "provisioned": {
            "brokerNodeGroupInfo": {
                "clientSubnets": [],
                "instanceType": "kafka.m7g.large",
                "connectivityInfo": {"publicAccess": {"type": access}},
            },
            "clientAuthentication": {"sasl": {"iam": {"enabled": good}}, "unauthenticated": {"enabled": not good}},
            "encryptionInfo": {
                "encryptionAtRest": {"dataVolumeKMSKeyId": KEY},
                "encryptionInTransit": {"clientBroker": "TLS" if good else "TLS_PLAINTEXT", "inCluster": good},
            },
            "loggingInfo": {"brokerLogs": {"s3": {"enabled": good, "bucket": "logs"}}},
            "numberOfBrokerNodes": 3,
        },
    }


def _connector(name: str, encryption: str, *, logs: bool) -> dict[str, Any]:
    return {
        "connectorArn": f"arn:aws:kafkaconnect:us-east-1:{ACCOUNT}:connector/{name}/1",
        "connectorName": name,
        "kafkaClusterEncryptionInTransit": {"encryptionType": encryption},
        "kafkaClusterClientAuthentication": {"authenticationType": "IAM"},
        "logDelivery": {"workerLogDelivery": {"cloudWatchLogs": {"enabled": logs, "logGroup": "connectors"}}},
    }


_SERVERLESS = {
    "clusterArn": f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/serverless/1",
    "clusterName": "serverless",
    "clusterType": "SERVERLESS",
    "serverless": {"vpcConfigs": [], "clientAuthentication": {"sasl": {"iam": {"enabled": True}}}},
}
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "kafka:CreateVpcConnection",
            "Resource": "*",
        }
    ],
}

ANSWERS = {
    "kafka:ListClustersV2": Canned(
        {"clusterInfoList": [_cluster("good", good=True), _cluster("open", good=False), _SERVERLESS]}
    ),
    "kafka:GetClusterPolicy": Canned({"currentVersion": "1", "policy": json.dumps(_POLICY)}),
    "kafkaconnect:ListConnectors": Canned(
        {"connectors": [_connector("good", "TLS", logs=True), _connector("open", "PLAINTEXT", logs=False)]}
    ),
}
