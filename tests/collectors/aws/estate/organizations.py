"""An organization of moto's account with two members, one of them in a unit within a unit, and policies that bound them."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

NEVER = (
    "organizations:LeaveOrganization", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail",
    "config:StopConfigurationRecorder", "guardduty:DeleteDetector",
)  # fmt: skip
PRESCRIBED = {"services": {"default": {"opt_out_policy": "optOut"}}, "tags": {"owner": {"tag_key": "Owner"}}}
"""Two policies in one: an answer stands for every question of one operation."""
ANSWERS = {
    "organizations:DescribeEffectivePolicy": Canned({"EffectivePolicy": {"PolicyContent": json.dumps(PRESCRIBED)}}),
    "iam:ListOrganizationsFeatures": Canned(
        "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><EnabledFeatures>"
        "<member>RootCredentialsManagement</member></EnabledFeatures></ListOrganizationsFeaturesResult>"
        "</ListOrganizationsFeaturesResponse>"
    ),
}


def populate(aws: Maker) -> None:
    organizations = aws.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    numbers = {
        name: organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in ("production", "development")
    }
    root = organizations.list_roots()["Roots"][0]["Id"]
    outer = organizations.create_organizational_unit(ParentId=root, Name="sandboxes")["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=outer, Name="mine")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=numbers["development"], SourceParentId=root, DestinationParentId=inner)
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    statement = {"Effect": "Deny", "Action": list(NEVER), "Resource": "*"}
    policy = organizations.create_policy(
        Name="never",
        Description="What nobody does",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=numbers["production"])
    organizations.register_delegated_administrator(
        AccountId=numbers["production"], ServicePrincipal="guardduty.amazonaws.com"
    )
