"""What collectors of identities and organizations make of answers that moto does not give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws.contacts import contacts
from collectors.aws.directories import directories
from collectors.aws.guardrails import membership, organization
from collectors.aws.iam_credentials import service_credentials
from collectors.aws.iam_federation import saml_providers
from collectors.aws.identity_center import permission_sets, role_assignments
from collectors.aws.identity_store import groups, users
from collectors.aws.resource_shares import resource_shares
from core.redaction.marks import mark
from core.resource import Resource, missing_fields
from tests.collectors.aws.answering import account_that_says, error, region_that_says
from tests.collectors.aws.world import ACCOUNT

OTHER = "999999999999"
ALONE: dict[str, Any] = {"organizations:DescribeOrganization": error("AWSOrganizationsNotInUseException")}
MEMBER: dict[str, Any] = {
    "organizations:DescribeOrganization": {
        "Organization": {"Id": "o-1", "MasterAccountId": OTHER, "FeatureSet": "ALL"}
    },
    "organizations:DescribeEffectivePolicy": error("EffectivePolicyNotFoundException"),
}
MANAGEMENT: dict[str, Any] = {
    "organizations:DescribeOrganization": {
        "Organization": {"Id": "o-1", "MasterAccountId": ACCOUNT, "FeatureSet": "CONSOLIDATED_BILLING"}
    },
    "organizations:ListRoots": {"Roots": [{"Id": "r-1", "PolicyTypes": []}]},
    "organizations:ListAccountsForParent": {
        "Accounts": [{"Id": OTHER, "Name": "shop", "Status": "ACTIVE", "State": "PENDING_CLOSURE"}]
    },
    "organizations:ListOrganizationalUnitsForParent": {"OrganizationalUnits": []},
}


def both(found: Iterable[Resource]) -> tuple[Any, Any]:
    first, second = found
    return first, second


def only(found: Any) -> Any:
    (one,) = found
    return one


def in_effect(content: object) -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    return {**MEMBER, "organizations:DescribeEffectivePolicy": {"EffectivePolicy": {"PolicyContent": text}}}


def test_an_account_that_stands_alone() -> None:
    place = account_that_says(ALONE)
    seen = only(membership(place))
    assert (seen.organization, seen.is_management_account, seen.all_features, seen.ai_use) == ("", False, False, "")
    assert list(organization(place)) == []


def test_a_member_is_told_what_binds_it_and_no_more() -> None:
    place = account_that_says(MEMBER)
    seen = only(membership(place))
    assert (seen.organization, seen.is_management_account, seen.all_features) == ("o-1", False, True)
    assert (seen.ai_use, seen.ai_use_allowed, seen.tag_keys) == ("", (), ())
    assert list(organization(place)) == []


def test_policies_in_effect() -> None:
    content = {
        "services": {"default": {"opt_out_policy": "optOut"}, "lex": {"opt_out_policy": "optIn"}},
        "tags": {"costcenter": {"tag_key": "CostCenter"}, "owner": {}},
    }
    seen = only(membership(account_that_says(in_effect(content))))
    assert (seen.ai_use, seen.ai_use_allowed, seen.tag_keys) == ("optOut", ("lex",), ("CostCenter", "owner"))


def test_only_the_management_account_says_whose_policy_it_means() -> None:
    whose: list[str | None] = []

    def answer(parameters: Any) -> Any:
        whose.append(parameters.get("TargetId"))
        raise error("EffectivePolicyNotFoundException")

    for management in (OTHER, ACCOUNT):
        found = {"Id": "o-1", "MasterAccountId": management, "FeatureSet": "ALL"}
        answers: dict[str, Any] = {
            "organizations:DescribeOrganization": {"Organization": found},
            "organizations:DescribeEffectivePolicy": answer,
        }
        assert only(membership(account_that_says(answers))).ai_use == ""
    assert whose == [None, None, ACCOUNT, ACCOUNT]


@pytest.mark.parametrize("said", [error("AccessDeniedException"), None])
def test_policies_in_effect_that_were_not_seen(said: ClientError | None) -> None:
    answers = {**MEMBER, "organizations:DescribeEffectivePolicy": said} if said else in_effect("no JSON")
    seen = only(membership(account_that_says(answers)))
    assert missing_fields(seen).keys() == {"ai_use", "ai_use_allowed", "tag_keys"}


def test_an_organization_that_was_denied_is_no_answer() -> None:
    with pytest.raises(ClientError):
        list(membership(account_that_says({})))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"EnabledFeatures": ["RootSessions", "RootCredentialsManagement"]},
            ("RootCredentialsManagement", "RootSessions"),
        ),
        (error("ServiceAccessNotEnabled"), ()),
        (error("OrganizationNotInAllFeaturesModeException"), ()),
        (error("AccessDenied"), None),
    ],
)
def test_what_the_organization_can_do_about_root_users(said: Any, expected: tuple[str, ...] | None) -> None:
    seen = list(organization(account_that_says({**MANAGEMENT, "iam:ListOrganizationsFeatures": said})))
    found: Any = seen[0]
    assert ("root_features" not in missing_fields(found)) is (expected is not None)
    assert expected is None or found.root_features == expected
    assert missing_fields(found).keys() >= {"delegates"}
    member: Any = seen[1]
    assert (member.status, member.above) == ("PENDING_CLOSURE", ("r-1", OTHER))


def address(text: str, key: bytes = b"k") -> str:
    return mark("sensitive", text.encode(), key).decode()


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ({"SECURITY": address("one@a"), "BILLING": address("two@a")}, True),
        ({"SECURITY": address("one@a"), "BILLING": address("one@a")}, False),
        ({"SECURITY": address("one@a", b""), "BILLING": address("two@a", b"")}, None),
        ({"SECURITY": address("one@a", b""), "BILLING": address("three@a", b"")}, True),
        ({}, True),
    ],
)
def test_contacts_are_told_apart_by_marks(addresses: dict[str, str], expected: bool | None) -> None:
    def answer(parameters: Any) -> dict[str, Any]:
        kind = parameters["AlternateContactType"]
        if kind not in addresses:
            raise error("ResourceNotFoundException")
        return {"AlternateContact": {"EmailAddress": addresses[kind]}}

    seen = only(contacts(account_that_says({"account:GetAlternateContact": answer})))
    assert (seen.security, seen.operations, seen.billing) == ("SECURITY" in addresses, False, "BILLING" in addresses)
    assert ("differ" in missing_fields(seen)) is (expected is None)
    assert expected is None or seen.differ is expected


def test_contacts_that_were_denied_are_no_answer() -> None:
    with pytest.raises(ClientError):
        list(contacts(account_that_says({})))


def center(**more: Any) -> dict[str, Any]:
    instance = {"InstanceArn": "arn:aws:sso:::instance/1", "OwnerAccountId": ACCOUNT, "Status": "ACTIVE"}
    return {
        "sso-admin:ListInstances": {"Instances": [instance]},
        "sso-admin:ListPermissionSets": {"PermissionSets": ["arn:aws:sso:::permissionSet/1/1"]},
        "sso-admin:DescribePermissionSet": {"PermissionSet": {"Name": "Reader", "SessionDuration": "PT8H30M"}},
        **{f"sso-admin:{name}": said for name, said in more.items()},
    }


@pytest.mark.parametrize(
    ("duration", "minutes"), [("PT1H", 60), ("PT90M", 90), ("PT8H30M", 510), ("P1D", None), ("PT", None), (None, None)]
)
def test_length_of_a_session(duration: str | None, minutes: int | None) -> None:
    described = {"Name": "Reader", **({"SessionDuration": duration} if duration else {})}
    seen = only(permission_sets(region_that_says(center(DescribePermissionSet={"PermissionSet": described}))))
    assert ("session_minutes" in missing_fields(seen)) is (minutes is None)
    assert minutes is None or seen.session_minutes == minutes


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, False),
        ({"PermissionsBoundary": {"ManagedPolicyArn": "arn:aws:iam::aws:policy/ViewOnlyAccess"}}, True),
        (error("ResourceNotFoundException"), False),
        (error("AccessDeniedException"), None),
    ],
)
def test_boundary_of_a_permission_set(said: Any, expected: bool | None) -> None:
    seen = only(permission_sets(region_that_says(center(GetPermissionsBoundaryForPermissionSet=said))))
    assert ("is_bounded" in missing_fields(seen)) is (expected is None)
    assert expected is None or seen.is_bounded is expected


def test_what_was_denied_of_a_permission_set_hides_only_itself() -> None:
    seen = only(permission_sets(region_that_says(center())))
    assert missing_fields(seen).keys() == {
        "managed_policies", "customer_policies", "statements", "is_bounded", "accounts", "assignments",
    }  # fmt: skip


def test_an_instance_of_another_account_is_not_asked() -> None:
    answers = center()
    answers["sso-admin:ListInstances"]["Instances"][0]["OwnerAccountId"] = OTHER
    assert list(permission_sets(region_that_says(answers))) == []


NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NO_POLICIES: dict[str, Any] = {
    "ListManagedPoliciesInPermissionSet": {"AttachedManagedPolicies": []},
    "ListCustomerManagedPolicyReferencesInPermissionSet": {"CustomerManagedPolicyReferences": []},
    "GetInlinePolicyForPermissionSet": {"InlinePolicy": ""},
    "GetPermissionsBoundaryForPermissionSet": {},
    "ListAccountsForProvisionedPermissionSet": {"AccountIds": [OTHER]},
    "ListAccountAssignments": {"AccountAssignments": [{"PrincipalType": "GROUP", "PrincipalId": "g-1"}]},
}


@pytest.mark.parametrize(
    ("more", "privileged"),
    [
        ({}, False),
        ({"ListManagedPoliciesInPermissionSet": {"AttachedManagedPolicies": [{"Arn": ADMINISTRATOR}]}}, True),
        (
            {
                "ListManagedPoliciesInPermissionSet": {"AttachedManagedPolicies": [{"Arn": ADMINISTRATOR}]},
                "GetPermissionsBoundaryForPermissionSet": {"PermissionsBoundary": {"ManagedPolicyArn": "x"}},
            },
            False,
        ),
        (
            {
                "ListCustomerManagedPolicyReferencesInPermissionSet": {
                    "CustomerManagedPolicyReferences": [{"Name": "own"}]
                }
            },
            None,
        ),
        ({"ListManagedPoliciesInPermissionSet": error("AccessDeniedException")}, None),
    ],
)
def test_permission_sets_are_roles_in_accounts(more: dict[str, Any], privileged: bool | None) -> None:
    seen = only(role_assignments(region_that_says(center(**{**NO_POLICIES, **more}))))
    assert (seen.role, seen.scope, seen.principal, seen.principal_kind) == ("Reader", OTHER, "g-1", "group")
    assert ("privileged" in missing_fields(seen)) is (privileged is None)
    assert privileged is None or seen.privileged is privileged


def test_who_has_roles_is_never_nobody_because_it_was_denied() -> None:
    with pytest.raises(ClientError):
        list(role_assignments(region_that_says(center(**{**NO_POLICIES, "ListAccountAssignments": error("Denied")}))))


def test_users_of_an_identity_store() -> None:
    answers = center()
    answers["sso-admin:ListInstances"]["Instances"][0]["IdentityStoreId"] = "d-1"
    more = {
        "UserName": "ada", "DisplayName": "Ada", "Emails": [{"Value": "old@example.org"}, {"Value": "ada@example.org",
        "Primary": True}], "ExternalIds": [{"Issuer": "https://idp.example/", "Id": "7"}], "CreatedAt": NOW,
    }  # fmt: skip
    said = [{"UserId": "1", "UserStatus": "ENABLED", **more}, {"UserId": "2", "UserStatus": "RETIRED"}]
    answers["identitystore:ListUsers"] = {"Users": said}
    ada, other = both(users(region_that_says(answers)))
    assert (ada.login, ada.email, ada.synchronised_from) == ("ada", "ada@example.org", "https://idp.example/")
    assert (ada.enabled, ada.created, ada.name) == (True, NOW, "Ada")
    assert {"enabled", "login", "created", "last_sign_in"} <= missing_fields(other).keys()
    assert missing_fields(other)["enabled"] == "a status of RETIRED is not known"
    assert (other.email, other.synchronised_from) == ("", "")


def test_members_that_were_denied_hide_only_themselves() -> None:
    answers = center()
    answers["sso-admin:ListInstances"]["Instances"][0]["IdentityStoreId"] = "d-1"
    answers["identitystore:ListGroups"] = {"Groups": [{"GroupId": "g-1", "DisplayName": "staff"}, {"GroupId": "g-2"}]}
    first, second = both(groups(region_that_says(answers)))
    assert first.name == "staff"
    assert missing_fields(first).keys() == {"members"}
    assert missing_fields(second).keys() == {"members", "name"}


def directory(**more: Any) -> dict[str, Any]:
    return {"DirectoryId": "d-1", "Name": "corp", "Stage": "Active", "Type": "MicrosoftAD", **more}


def directories_that_say(found: dict[str, Any], **more: Any) -> list[Resource]:
    answers = {
        "ds:DescribeDirectories": {"DirectoryDescriptions": [found]},
        "ds:ListLogSubscriptions": {"LogSubscriptions": []},
        **{f"ds:{name}": said for name, said in more.items()},
    }
    return list(directories(region_that_says(answers)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"LDAPSSettingsInfo": []}, "Disabled"),
        ({"LDAPSSettingsInfo": [{"LDAPSStatus": "EnableFailed"}]}, "EnableFailed"),
        (error("UnsupportedOperationException"), ""),
        (error("AccessDeniedException"), None),
    ],
)
def test_ldap_over_tls(said: Any, expected: str | None) -> None:
    seen: Any = only(directories_that_say(directory(), DescribeLDAPSSettings=said))
    assert ("ldaps" in missing_fields(seen)) is (expected is None)
    assert expected is None or seen.ldaps == expected
    assert "weak_protocols" in missing_fields(seen)


def test_directories_that_have_gone_are_none() -> None:
    assert directories_that_say(directory(Stage="Deleted")) == []


def test_a_directory_of_another_account_is_asked_nothing() -> None:
    seen: Any = only(directories_that_say(directory(Type="SharedMicrosoftAD")))
    assert (seen.ldaps, seen.weak_protocols, missing_fields(seen)) == ("", (), {})


def test_a_region_without_shares_is_asked_no_more() -> None:
    place = region_that_says({"ram:GetResourceShares": {"resourceShares": []}})
    assert list(resource_shares(place)) == []


def test_what_ends_and_what_never_does() -> None:
    credential = {
        "ServiceSpecificCredentialId": "ACCA1",
        "UserName": "ada",
        "ServiceName": "codecommit.amazonaws.com",
        "Status": "Active",
        "CreateDate": None,
    }
    place = account_that_says(
        {
            "iam:ListServiceSpecificCredentials": {"ServiceSpecificCredentials": [credential]},
            "iam:ListSAMLProviders": {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}]},
        }
    )
    assert only(service_credentials(place)).expires is None
    assert only(saml_providers(place)).valid_until is None
