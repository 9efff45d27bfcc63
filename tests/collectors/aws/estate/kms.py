"""Keys of each kind that matters."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        kms = aws.client("kms", region)
        rotated = kms.create_key(Description="rotated")["KeyMetadata"]["KeyId"]
        kms.enable_key_rotation(KeyId=rotated)
        kms.create_alias(AliasName="alias/data", TargetKeyId=rotated)
        kms.create_key(Description="never rotated")
        kms.create_key(Description="signs", KeyUsage="SIGN_VERIFY", KeySpec="RSA_4096")
        leaving = kms.create_key(Description="leaving")["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
        kms.create_key(
            Description="for everybody", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
        )


ANSWERS = {
    "kms:GetKeyLastUsage": Canned({"KeyId": "1", "KeyLastUsage": {}, "TrackingStartDate": 1763769600}),
    "kms:GetKeyLastUsage eu-west-1": Canned(
        {
            "KeyId": "1",
            "KeyLastUsage": {"Operation": "Decrypt", "Timestamp": 1795305600},
            "TrackingStartDate": 1763769600,
        }
    ),
}
