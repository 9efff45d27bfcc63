"""Pools, strict and lax."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker

UNPAGED = {"aws.cognito.identity_pools": "moto gives everything at once"}

BLOCK = {"EventAction": "BLOCK"}
ANSWERS = {
    "cognito-idp:DescribeRiskConfiguration": Canned(
        {
            "RiskConfiguration": {
                "CompromisedCredentialsRiskConfiguration": {"Actions": BLOCK},
                "AccountTakeoverRiskConfiguration": {"Actions": {"HighAction": {**BLOCK, "Notify": False}}},
            }
        }
    )
}
"""moto knows nothing of risks."""


def populate(aws: Maker) -> None:
    for region in REGIONS:
        users, identities = aws.client("cognito-idp", region), aws.client("cognito-identity", region)
        kinds = {f"Require{kind}": True for kind in ("Uppercase", "Lowercase", "Numbers", "Symbols")}
        users.create_user_pool(
            PoolName="employees",
            Policies={"PasswordPolicy": {"MinimumLength": 14, "TemporaryPasswordValidityDays": 3, **kinds}},
            MfaConfiguration="ON",
            UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
            DeletionProtection="ACTIVE",
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        )
        users.create_user_pool(
            PoolName="lax",
            Policies={"PasswordPolicy": {"MinimumLength": 6, "TemporaryPasswordValidityDays": 30}},
            MfaConfiguration="OFF",
        )
        identities.create_identity_pool(IdentityPoolName="strict", AllowUnauthenticatedIdentities=False)
        identities.create_identity_pool(
            IdentityPoolName="lax", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True
        )
