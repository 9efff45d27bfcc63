"""The organization that an account belongs to. Every account can say which one that is and which policies are in effect
for it; the rest only the management account is told, so only it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import MalformedAnswerError, is_answer
from collectors.aws.operations import Read
from collectors.aws.organizations import ACCOUNTS_OF, DESCRIBE_ORGANIZATION, UNITS_OF
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.guardrails import Membership, Organization, OrganizationAccount, OrganizationPolicy

IN_EFFECT = Read("organizations", "DescribeEffectivePolicy")
ROOTS = Read("organizations", "ListRoots")
POLICIES = Read("organizations", "ListPolicies")
POLICY = Read("organizations", "DescribePolicy")
TARGETS = Read("organizations", "ListTargetsForPolicy")
DELEGATES = Read("organizations", "ListDelegatedAdministrators")
ROOT_FEATURES = Read("iam", "ListOrganizationsFeatures")

ALL = "ALL"
"""The feature set with policies."""
AI, TAGS = "AISERVICES_OPT_OUT_POLICY", "TAG_POLICY"
SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
NO_ROOT_FEATURES = (
    "ServiceAccessNotEnabled", "ServiceAccessNotEnabledException", "OrganizationNotInAllFeaturesMode",
    "OrganizationNotInAllFeaturesModeException",
)  # fmt: skip


@collector(permissions=(DESCRIBE_ORGANIZATION, IN_EFFECT))
def membership(account: AwsAccount) -> Iterator[Membership]:
    """The account's organization, and the policies in effect for it."""
    number, found = account.account, _organization(account)
    ai = account.look(lambda: _in_effect(account, found, AI))
    tags = account.look(lambda: _in_effect(account, found, TAGS))
    services = ai if isinstance(ai, Unobserved) else _uses(ai)
    yield Membership(
        id=number,
        organization=found["Id"] if found else "",
        is_management_account=bool(found) and found["MasterAccountId"] == number,
        all_features=bool(found) and found["FeatureSet"] == ALL,
        ai_use=services if isinstance(services, Unobserved) else services.get("default", ""),
        ai_use_allowed=services if isinstance(services, Unobserved) else _allowed(services),
        tag_keys=tags
        if isinstance(tags, Unobserved)
        else tuple(sorted(each.get("tag_key", name) for name, each in tags.get("tags", {}).items())),
    )


@collector(
    permissions=(
        DESCRIBE_ORGANIZATION, ROOTS, ACCOUNTS_OF, UNITS_OF, POLICIES, POLICY, TARGETS, DELEGATES, ROOT_FEATURES,
    )
)  # fmt: skip
def organization(account: AwsAccount) -> Iterator[Organization | OrganizationAccount | OrganizationPolicy]:
    """The organization with its accounts and the policies that bound them, seen from its management account."""
    found = _organization(account)
    if not found or found["MasterAccountId"] != account.account:
        return
    roots = list(account.pages(ROOTS, "Roots"))
    yield Organization(
        id=found["Id"],
        delegates=account.look(
            lambda: tuple(sorted(each["Id"] for each in account.pages(DELEGATES, "DelegatedAdministrators")))
        ),
        root_features=account.look(lambda: _root_features(account)),
    )
    if any(_is_on(each) for root in roots for each in root["PolicyTypes"]):
        listed = list(account.pages(POLICIES, "Policies", Filter=SERVICE_CONTROL))
        yield from account.each(lambda policy: _policy(account, policy), listed)
    for root in roots:
        yield from _accounts_below(account, (root["Id"],), found["MasterAccountId"])


def _organization(account: AwsAccount) -> Mapping[str, Any]:
    """The organization of an account; nothing when it stands alone."""
    try:
        found: Mapping[str, Any] = account.ask(DESCRIBE_ORGANIZATION)["Organization"]
    except ClientError as error:
        if is_answer(error, "AWSOrganizationsNotInUseException"):
            return {}
        raise
    return found


def _in_effect(account: AwsAccount, organization: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The policy that all policies of a kind come to for this account; nothing when there is none.

    Raises `MalformedAnswerError` for what is no JSON.
    """
    if not organization or organization["FeatureSet"] != ALL:
        return {}
    is_management = organization["MasterAccountId"] == account.account
    whose = {"TargetId": account.account} if is_management else {}  # members are told about themselves, unasked
    try:
        text = account.ask(IN_EFFECT, PolicyType=kind, **whose)["EffectivePolicy"]["PolicyContent"]
    except ClientError as error:
        if is_answer(error, "EffectivePolicyNotFoundException"):
            return {}
        raise
    try:
        content: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise MalformedAnswerError(f"the {kind} in effect is not JSON") from error
    return content


def _uses(content: Mapping[str, Any]) -> dict[str, str]:
    """What a policy about AI services says of each, `default` among them."""
    return {name: each.get("opt_out_policy", "") for name, each in content.get("services", {}).items()}


def _allowed(uses: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name, use in uses.items() if name != "default" and use == "optIn"))


def _root_features(account: AwsAccount) -> tuple[str, ...]:
    try:
        return tuple(sorted(account.ask(ROOT_FEATURES).get("EnabledFeatures", ())))
    except ClientError as error:
        if is_answer(error, *NO_ROOT_FEATURES):
            return ()
        raise


def _is_on(kind: Mapping[str, Any]) -> bool:
    """Whether service control policies are switched on. Those that hang somewhere while they are off bind nobody."""
    return bool(kind["Type"] == SERVICE_CONTROL and kind["Status"] == "ENABLED")


def _policy(account: AwsAccount, found: Mapping[str, Any]) -> OrganizationPolicy:
    return OrganizationPolicy(
        id=found["Id"],
        name=found["Name"],
        targets=account.look(
            lambda: tuple(sorted(each["TargetId"] for each in account.pages(TARGETS, "Targets", PolicyId=found["Id"])))
        ),
        statements=account.look(
            lambda: statements(account.ask(POLICY, PolicyId=found["Id"])["Policy"]["Content"]),
        ),
    )


def _accounts_below(account: AwsAccount, above: tuple[str, ...], management: str) -> Iterator[OrganizationAccount]:
    parent = above[-1]
    for found in account.pages(ACCOUNTS_OF, "Accounts", ParentId=parent):
        yield OrganizationAccount(
            id=found["Id"],
            name=found["Name"],
            status=found.get("State") or found["Status"],
            is_management_account=found["Id"] == management,
            above=(*above, found["Id"]),
        )
    for unit in account.pages(UNITS_OF, "OrganizationalUnits", ParentId=parent):
        yield from _accounts_below(account, (*above, unit["Id"]), management)
