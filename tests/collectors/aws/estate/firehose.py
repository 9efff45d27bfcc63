"""Delivery streams, encrypted and not."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        firehose = aws.client("firehose", region)
        role = f"arn:aws:iam::{aws.account}:role/delivery"
        bucket = {"RoleARN": role, "BucketARN": "arn:aws:s3:::tidy-bucket"}
        for name in ("tidy", "plain"):
            firehose.create_delivery_stream(
                DeliveryStreamName=name, DeliveryStreamType="DirectPut", S3DestinationConfiguration=bucket
            )
            firehose.start_delivery_stream_encryption(
                DeliveryStreamName=name, DeliveryStreamEncryptionConfigurationInput={"KeyType": "AWS_OWNED_CMK"}
            )
        firehose.stop_delivery_stream_encryption(DeliveryStreamName="plain")
        firehose.create_delivery_stream(
            DeliveryStreamName="from-stream",
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={
                "KinesisStreamARN": f"arn:aws:kinesis:{region}:{aws.account}:stream/plain",
                "RoleARN": role,
            },
            S3DestinationConfiguration=bucket,
        )
