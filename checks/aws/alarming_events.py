"""Events that matter to security, as CloudTrail records them: what a filter must fit, and what it must not.

Each name stands for a few events that differ in what a filter might forget: the region, and who acted.
"""

from __future__ import annotations

from collections.abc import Mapping

from checks.aws.filter_patterns import Event

Events = Mapping[str, tuple[Event, ...]]
"""Events by the name under which they are missed."""

_ACCOUNT = "111122223333"
_ROOT = {"type": "Root", "principalId": _ACCOUNT, "arn": f"arn:aws:iam::{_ACCOUNT}:root", "accountId": _ACCOUNT}
_USER = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLE",
    "arn": f"arn:aws:iam::{_ACCOUNT}:user/ada",
    "accountId": _ACCOUNT,
    "userName": "ada",
}
_ROLE = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:ada",
    "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/operator/ada",
    "accountId": _ACCOUNT,
}
_REGIONS = ("us-east-1", "ap-southeast-2")


def _event(source: str, name: str, who: Mapping[str, object], region: str, **more: object) -> Event:
    return {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": "2026-01-31T12:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.0",
        "requestParameters": None,
        "responseElements": None,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _ACCOUNT,
        "eventCategory": "Management",
        **more,
    }


def _calls(source: str, *names: str) -> Events:
    """Calls that succeeded, of a user in one region and of a role in another."""
    return {
        name: tuple(_event(source, name, who, region) for who, region in zip((_USER, _ROLE), _REGIONS, strict=True))
        for name in names
    }


def _refused(name: str, code: str) -> tuple[Event, ...]:
    return tuple(
        _event("ec2.amazonaws.com", name, who, region, errorCode=code, errorMessage="not authorized")
        for who, region in zip((_USER, _ROLE), _REGIONS, strict=True)
    )


def _sign_in(who: Mapping[str, object], *, result: str, mfa: str, **more: object) -> tuple[Event, ...]:
    return tuple(
        _event(
            "signin.amazonaws.com",
            "ConsoleLogin",
            who,
            region,
            eventType="AwsConsoleSignIn",
            responseElements={"ConsoleLogin": result},
            additionalEventData={"LoginTo": "https://console.aws.amazon.com", "MobileVersion": "No", "MFAUsed": mfa},
            **more,
        )
        for region in _REGIONS
    )


ORDINARY = (
    *_calls("ec2.amazonaws.com", "DescribeInstances")["DescribeInstances"],
    *_sign_in(_USER, result="Success", mfa="Yes"),
)
"""What happens all day. A filter that fits these has its alarm ring for ever."""

REFUSALS: Events = {
    code: _refused("RunInstances", code)
    for code in ("AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation")
}
SIGN_IN_WITHOUT_MFA: Events = {"a sign-in without MFA": _sign_in(_USER, result="Success", mfa="No")}
FAILED_SIGN_IN: Events = {
    "a failed sign-in": _sign_in(_USER, result="Failure", mfa="No", errorMessage="Failed authentication")
}
USE_OF_ROOT: Events = {
    "a call of root": tuple(_event("iam.amazonaws.com", "CreateAccessKey", _ROOT, region) for region in _REGIONS),
    "a sign-in of root": _sign_in(_ROOT, result="Success", mfa="Yes"),
}
IDENTITY_POLICIES = _calls(
    "iam.amazonaws.com",
    "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy", "DeleteUserPolicy", "DeleteGroupPolicy", "DeleteRolePolicy",
    "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachUserPolicy",
    "AttachGroupPolicy", "AttachRolePolicy", "DetachUserPolicy", "DetachGroupPolicy", "DetachRolePolicy",
)  # fmt: skip
TRAILS = _calls("cloudtrail.amazonaws.com", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
LOST_KEYS = _calls("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion")
BUCKETS = _calls(
    "s3.amazonaws.com",
    "PutBucketPolicy", "PutBucketAcl", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
    "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication",
)  # fmt: skip
RECORDER = _calls(
    "config.amazonaws.com",
    "PutConfigurationRecorder", "StopConfigurationRecorder", "PutDeliveryChannel", "DeleteDeliveryChannel",
)  # fmt: skip
SECURITY_GROUPS = _calls(
    "ec2.amazonaws.com",
    "CreateSecurityGroup", "DeleteSecurityGroup", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress",
)  # fmt: skip
NETWORK_ACLS = _calls(
    "ec2.amazonaws.com",
    "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
)  # fmt: skip
GATEWAYS = _calls(
    "ec2.amazonaws.com",
    "CreateCustomerGateway", "DeleteCustomerGateway", "CreateInternetGateway", "DeleteInternetGateway",
    "AttachInternetGateway", "DetachInternetGateway",
)  # fmt: skip
ROUTES = _calls(
    "ec2.amazonaws.com",
    "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRoute",
    "DeleteRouteTable", "DisassociateRouteTable",
)  # fmt: skip
NETWORKS = _calls(
    "ec2.amazonaws.com",
    "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "CreateVpcPeeringConnection", "AcceptVpcPeeringConnection",
    "RejectVpcPeeringConnection", "DeleteVpcPeeringConnection",
)  # fmt: skip
ORGANIZATION = _calls(
    "organizations.amazonaws.com",
    "CreateAccount", "InviteAccountToOrganization", "AcceptHandshake", "DeclineHandshake", "MoveAccount",
    "RemoveAccountFromOrganization", "LeaveOrganization", "DeleteOrganization", "CreateOrganizationalUnit",
    "UpdateOrganizationalUnit", "DeleteOrganizationalUnit", "CreatePolicy", "UpdatePolicy", "DeletePolicy",
    "AttachPolicy", "DetachPolicy", "EnablePolicyType", "DisablePolicyType",
)  # fmt: skip
