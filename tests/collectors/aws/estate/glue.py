"""Catalogs, jobs, endpoints, transforms and connections of Glue, good and bad."""

from __future__ import annotations

import json

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

ROLE = f"arn:aws:iam::{ACCOUNT}:role/glue"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
JDBC = {"JDBC_CONNECTION_URL": "jdbc:mysql://db:3306/x", "USERNAME": "loader", "PASSWORD": "Xy7-loader-Qq2"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        glue = aws.client("glue", region)
        glue.create_security_configuration(
            Name="full",
            EncryptionConfiguration={
                "S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY}],
                "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": KEY},
                "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": KEY},
            },
        )
        command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/load.py"}
        glue.create_job(
            Name="good",
            Role=ROLE,
            Command=command,
            SecurityConfiguration="full",
            DefaultArguments={"--enable-continuous-cloudwatch-log": "true"},
        )
        glue.create_job(
            Name="careless", Role=ROLE, Command=command, DefaultArguments={"--db-password": "Xy7-loader-Qq2"}
        )
        glue.create_job(Name="new", Role=ROLE, Command=command, GlueVersion="5.0")
        glue.create_job(Name="newest", Role=ROLE, Command=command, GlueVersion="auto")
        glue.create_job(Name="script", Role=ROLE, Command={**command, "Name": "pythonshell"})
        glue.create_dev_endpoint(EndpointName="good", RoleArn=ROLE, SecurityConfiguration="full", SubnetId="subnet-1")
        glue.create_dev_endpoint(EndpointName="careless", RoleArn=ROLE)
        tables = [{"DatabaseName": "sales", "TableName": "orders"}]
        for name, mode in (("good", "SSE-KMS"), ("careless", "DISABLED")):
            glue.create_ml_transform(
                Name=name,
                Role=ROLE,
                InputRecordTables=tables,
                Parameters={"TransformType": "FIND_MATCHES"},
                TransformEncryption={"MlUserDataEncryption": {"MlUserDataEncryptionMode": mode}},
            )
            enforce = {"JDBC_ENFORCE_SSL": "true"} if name == "good" else {}
            glue.create_connection(
                ConnectionInput={"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": {**JDBC, **enforce}}
            )
    encryption = {
        "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": KEY},
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": KEY},
    }
    good = aws.client("glue", REGIONS[0])
    good.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=encryption)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "glue:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [everybody]}
    aws.client("glue", REGIONS[1]).put_resource_policy(PolicyInJson=json.dumps(policy))


def _typed(body: bytes) -> bytes:
    """moto forgets the type of a connection."""
    answer = json.loads(body)
    listed = [{**each, "ConnectionType": "JDBC"} for each in answer["ConnectionList"]]
    return json.dumps({**answer, "ConnectionList": listed}).encode()


MENDED = {"glue:GetConnections": _typed}
