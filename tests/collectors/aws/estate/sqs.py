"""Queues, closed and open."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        sqs = aws.client("sqs", region)
        arn = f"arn:aws:sqs:{region}:{aws.account}:"
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        refusal = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"{arn}tidy", "Condition": plain}
        sqs.create_queue(QueueName="tidy", Attributes={"KmsMasterKeyId": "alias/data", "Policy": _policy(refusal)})
        sqs.create_queue(QueueName="default")
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": f"{arn}open"}
        stranger = {**everybody, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        sqs.create_queue(
            QueueName="open",
            Attributes={"SqsManagedSseEnabled": "false", "Policy": _policy(everybody, stranger)},
        )


def _policy(*found: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})
