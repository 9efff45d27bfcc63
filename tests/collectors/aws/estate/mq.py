"""Brokers: one as it should be, one careless."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        key = aws.client("kms", region).create_key(Description="of messages")["KeyMetadata"]["Arn"]
        users = [{"Username": "app", "Password": "Xy7-broker-Qq2-long"}]
        for good in (True, False):
            aws.client("mq", region).create_broker(
                BrokerName="good" if good else "careless",
                DeploymentMode="ACTIVE_STANDBY_MULTI_AZ" if good else "SINGLE_INSTANCE",
                EngineType="ACTIVEMQ" if good else "RABBITMQ",
                EngineVersion="5.18" if good else "3.13",
                HostInstanceType="mq.m5.large",
                AutoMinorVersionUpgrade=good,
                PubliclyAccessible=not good,
                Logs={"General": good, "Audit": good},
                EncryptionOptions={"UseAwsOwnedKey": not good, **({"KmsKeyId": key} if good else {})},
                Users=users,
            )
