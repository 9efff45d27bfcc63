"""Secrets that rotate, and others."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        secrets = aws.client("secretsmanager", region)
        rotated = secrets.create_secret(Name="database", SecretString="kept", KmsKeyId="alias/data")["ARN"]
        secrets.rotate_secret(
            SecretId=rotated,
            RotationRules={"AutomaticallyAfterDays": 30},
        )
        public = secrets.create_secret(Name="partner", SecretString="kept")["ARN"]
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        stranger = {**everybody, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        secrets.put_resource_policy(
            SecretId=public,
            ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [everybody, stranger]}),
        )
