"""Data streams, encrypted and not."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker

UNPAGED = {"aws.kinesis.streams": "moto cuts ListStreams off and does not say how to go on"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        kinesis = aws.client("kinesis", region)
        kinesis.create_stream(StreamName="tidy", ShardCount=1)
        kinesis.start_stream_encryption(StreamName="tidy", EncryptionType="KMS", KeyId="alias/data")
        kinesis.create_stream(StreamName="plain", ShardCount=1)
        arn = f"arn:aws:kinesis:{region}:{aws.account}:stream/plain"
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "kinesis:GetRecords", "Resource": arn}
        stranger = {**everybody, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        kinesis.put_resource_policy(
            ResourceARN=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody, stranger]})
        )
