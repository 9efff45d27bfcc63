"""Users, groups, roles and policies, good and bad."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode

from tests.collectors.aws.world import Maker

TRUST_EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str, resource: str = "*") -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def populate(aws: Maker) -> None:
    iam = aws.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=10, RequireSymbols=True, MaxPasswordAge=120)
    arns = {
        name: iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"]
        for name, text in {
            "everything": document(allow("*")),
            "unused-everything": document(allow("*:*")),
            "becomes-more": document(allow("iam:PassRole", "ec2:RunInstances")),
            "reads-one-bucket": document(allow("s3:Get*", resource="arn:aws:s3:::records/*")),
        }.items()
    }
    for name in ("operators", "empty"):
        iam.create_group(GroupName=name)
    iam.attach_group_policy(GroupName="operators", PolicyArn=arns["reads-one-bucket"])
    for name in ("ada", "grace", "robot", "idle"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="ada", Password="Xy12345678!aa")
    iam.create_login_profile(UserName="grace", Password="Xy12345678!bb")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ada")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="ada", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="234567"
    )
    iam.create_access_key(UserName="robot")
    iam.add_user_to_group(GroupName="operators", UserName="ada")
    iam.attach_user_policy(UserName="grace", PolicyArn=arns["everything"])
    iam.attach_user_policy(UserName="robot", PolicyArn=arns["everything"])
    iam.put_user_policy(UserName="grace", PolicyName="own", PolicyDocument=document(allow("s3:*")))
    partner = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}
    for name, trust in {"server": TRUST_EC2, "partner": partner, "anybody": {**partner, "Principal": "*"}}.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    iam.attach_role_policy(RoleName="server", PolicyArn=arns["becomes-more"])
    iam.put_role_policy(RoleName="partner", PolicyName="own", PolicyDocument=document(allow("*")))
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def _with_names_of_policies(body: bytes) -> bytes:
    """moto leaves out name and id of the policies in GetAccountAuthorizationDetails."""
    begin, policies, rest = body.partition(b"<Policies>")
    named = re.sub(
        rb"<Arn>(arn:aws:iam::\w+:policy/(?:[\w-]+/)*([\w-]+))</Arn>",
        rb"<Arn>\1</Arn><PolicyName>\2</PolicyName><PolicyId>ANPA-\2</PolicyId>",
        rest,
    )
    return begin + policies + named


def _with_root(body: bytes) -> bytes:
    """moto's credential report has no row for the root user."""

    def complete(found: re.Match[bytes]) -> bytes:
        header, *rows = b64decode(found[1]).decode().splitlines()
        root = ["<root_account>", "arn:aws:iam::123456789012:root", "2020-01-01T00:00:00+00:00", "not_supported"]
        root += ["2026-11-20T08:00:00+00:00", "not_supported", "not_supported", "true", "false"]
        root += ["N/A"] * (len(header.split(",")) - len(root))
        return b"<Content>" + b64encode("\n".join([header, ",".join(root), *rows]).encode()) + b"</Content>"

    return re.sub(rb"<Content>([^<]+)</Content>", complete, body)


def _with_password_of_root(body: bytes) -> bytes:
    """moto's summary does not say whether root has a password."""
    return body.replace(
        b"</SummaryMap>", b"<entry><key>AccountPasswordPresent</key><value>1</value></entry></SummaryMap>"
    )


MENDED = {
    "iam:GetAccountAuthorizationDetails": _with_names_of_policies,
    "iam:GetAccountSummary": _with_password_of_root,
    "iam:GetCredentialReport": _with_root,
}
