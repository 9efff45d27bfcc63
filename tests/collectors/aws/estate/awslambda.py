"""Functions, tidy and not. What moto does not list, addresses and rules for signatures, is canned."""

from __future__ import annotations

import io
import json
import zipfile

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

UNPAGED = {"aws.awslambda.functions": "moto cuts functions and aliases off, but the canned addresses stay whole"}
RULES = f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:csc-1"


def populate(aws: Maker) -> None:
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.client("iam").create_role(
        RoleName="function", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    )["Role"]["Arn"]
    for region in REGIONS:
        ec2, functions = aws.client("ec2", region), aws.client("lambda", region)
        network = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        inside = [
            ec2.create_subnet(VpcId=network, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=f"{region}{zone}")
            for number, zone in enumerate("ab")
        ]
        subnets = [each["Subnet"]["SubnetId"] for each in inside]
        common = {"Role": role, "Handler": "main.handle", "Code": {"ZipFile": _code()}}
        functions.create_function(
            FunctionName="tidy",
            Runtime="python3.13",
            VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": []},
            Environment={"Variables": {"STAGE": "production"}},
            CodeSigningConfigArn=RULES,
            **common,
        )
        functions.add_permission(
            FunctionName="tidy",
            StatementId="bucket",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn="arn:aws:s3:::tidy-bucket",
            SourceAccount=aws.account,
        )
        functions.create_function(
            FunctionName="open",
            Runtime="python3.8",
            VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": []},
            Environment={"Variables": {"DATABASE_PASSWORD": "correct horse battery"}},
            **common,
        )
        for number, principal in enumerate(("*", "arn:aws:iam::999999999999:root", "s3.amazonaws.com")):
            functions.add_permission(
                FunctionName="open",
                StatementId=str(number),
                Action="lambda:InvokeFunction",
                Principal=principal,
            )
        functions.create_alias(FunctionName="tidy", Name="live", FunctionVersion="$LATEST")


def _code() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("main.py", "def handle(event, context):\n    return 0\n")
    return data.getvalue()


def _address(auth: str, origin: str) -> dict[str, object]:
    return {
        "FunctionUrl": "https://abc.lambda-url.us-east-1.on.aws/",
        "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:open",
        "AuthType": auth,
        "Cors": {"AllowOrigins": [origin]},
        "CreationTime": "2026-01-01T00:00:00Z",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
    }


ANSWERS = {
    "lambda:ListFunctionUrlConfigs": Canned({"FunctionUrlConfigs": [_address("NONE", "*")]}),
    "lambda:ListCodeSigningConfigs": Canned(
        {
            "CodeSigningConfigs": [
                {
                    "CodeSigningConfigId": "csc-1",
                    "CodeSigningConfigArn": RULES,
                    "AllowedPublishers": {"SigningProfileVersionArns": []},
                    "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
                    "LastModified": "2026-01-01T00:00:00Z",
                }
            ]
        }
    ),
}
