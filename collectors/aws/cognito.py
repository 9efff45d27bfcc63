"""Cognito: pools of users and of identities. Their clients are not asked about: Cognito would show their secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.cognito import IdentityPool, PoolPasswords, UserPool

LIST_USER_POOLS = Read("cognito-idp", "ListUserPools")
USER_POOL = Read("cognito-idp", "DescribeUserPool")
RISKS = Read("cognito-idp", "DescribeRiskConfiguration")
LIST_IDENTITY_POOLS = Read("cognito-identity", "ListIdentityPools")
IDENTITY_POOL = Read("cognito-identity", "DescribeIdentityPool")
MOST = 60
ENFORCED, SIGN_IN = "ENFORCED", "SIGN_IN"


@collector(permissions=(LIST_USER_POOLS, USER_POOL, RISKS))
def user_pools(region: AwsRegion) -> Iterator[UserPool]:
    """Every pool of users of the region."""
    listed = region.pages(LIST_USER_POOLS, "UserPools", MaxResults=MOST)
    yield from region.each(
        lambda found: _user_pool(region, region.ask(USER_POOL, UserPoolId=found["Id"])["UserPool"]), listed
    )


@collector(permissions=(LIST_IDENTITY_POOLS, IDENTITY_POOL))
def identity_pools(region: AwsRegion) -> Iterator[IdentityPool]:
    """Every pool of identities of the region."""
    listed = region.pages(LIST_IDENTITY_POOLS, "IdentityPools", MaxResults=MOST)
    yield from region.each(lambda found: _identity_pool(region, found), listed)


def _user_pool(region: AwsRegion, found: Mapping[str, Any]) -> UserPool:
    rules = found.get("Policies", {}).get("PasswordPolicy")
    threats = found.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF")
    # Elsewhere Cognito answers with an error.
    risks: Any = region.look(lambda: _risks(region, found["Id"])) if threats == ENFORCED else None
    return UserPool(
        id=found["Id"],
        name=found["Name"],
        passwords=_passwords(rules) if rules else unobserved("Cognito does not say what passwords must be"),
        mfa=found.get("MfaConfiguration") or unobserved("Cognito does not say whether a second factor is asked for"),
        threats=threats,
        stolen_passwords="" if risks is None else part_of(risks, _about_stolen_passwords),
        high_risk="" if risks is None else part_of(risks, _about_high_risk),
        protected=found.get("DeletionProtection") == "ACTIVE",
        open_sign_up=not found.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly", False),
    )


def _risks(region: AwsRegion, pool: str) -> Mapping[str, Any]:
    """What a pool does about risks, where one of its clients has no settings of its own."""
    found: Mapping[str, Any] = region.ask(RISKS, UserPoolId=pool)["RiskConfiguration"]
    return found


def _about_stolen_passwords(risks: Mapping[str, Any]) -> Any:
    found = risks.get("CompromisedCredentialsRiskConfiguration", {})
    if SIGN_IN not in found.get("EventFilter", (SIGN_IN,)):
        return "NO_ACTION"
    return told(found.get("Actions", {}), "EventAction")


def _about_high_risk(risks: Mapping[str, Any]) -> Any:
    actions = risks.get("AccountTakeoverRiskConfiguration", {}).get("Actions", {})
    return told(actions.get("HighAction", {}), "EventAction")


def _passwords(rules: Mapping[str, Any]) -> PoolPasswords:
    return PoolPasswords(
        length=rules["MinimumLength"],
        upper=rules.get("RequireUppercase", False),
        lower=rules.get("RequireLowercase", False),
        digits=rules.get("RequireNumbers", False),
        symbols=rules.get("RequireSymbols", False),
        days_of_first=rules.get("TemporaryPasswordValidityDays")
        or unobserved("Cognito does not say how long a first password works"),
    )


def _identity_pool(region: AwsRegion, listed: Mapping[str, Any]) -> IdentityPool:
    found = region.look(lambda: region.ask(IDENTITY_POOL, IdentityPoolId=listed["IdentityPoolId"]))
    unseen = isinstance(found, Unobserved)
    return IdentityPool(
        id=listed["IdentityPoolId"],
        name=listed["IdentityPoolName"],
        lets_anybody_in=found if unseen else found["AllowUnauthenticatedIdentities"],
        classic=found if unseen else found.get("AllowClassicFlow", False),
    )
