"""Issuers of tokens and a SAML directory, and roles that trust them well and badly."""

from __future__ import annotations

from tests.collectors.aws.estate.iam import document
from tests.collectors.aws.world import Maker

GITHUB = "token.actions.githubusercontent.com"


def populate(aws: Maker) -> None:
    iam = aws.client("iam")
    arns = [
        iam.create_open_id_connect_provider(
            Url=f"https://{issuer}", ThumbprintList=["a" * 40], ClientIDList=["sts.amazonaws.com"]
        )["OpenIDConnectProviderArn"]
        for issuer in (GITHUB, "gitlab.com")
    ]
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    for name, condition in {
        "pipeline": {**audience, "StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}},
        "any-pipeline": audience,
    }.items():
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": arns[0]},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    iam.create_saml_provider(Name="directory", SAMLMetadataDocument="a" * 1024)
