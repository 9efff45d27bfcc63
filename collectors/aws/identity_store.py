"""The users and groups of IAM Identity Center, asked only in the account that owns its instance.

An identity store tells neither who signed in and when, nor second factors, nor passwords.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.identity_center import INSTANCES
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Group, User

USERS = Read("identitystore", "ListUsers")
GROUPS = Read("identitystore", "ListGroups")
MEMBERSHIPS = Read("identitystore", "ListGroupMemberships")
STATUS = {"ENABLED": True, "DISABLED": False}
NOT_TOLD = "an identity store does not tell"


@collector(permissions=(INSTANCES, USERS))
def users(region: AwsRegion) -> Iterator[User]:
    """The users of the account's own instance."""
    for store in _stores(region):
        for found in region.pages(USERS, "Users", IdentityStoreId=store):
            yield _user(found)


@collector(permissions=(INSTANCES, GROUPS, MEMBERSHIPS))
def groups(region: AwsRegion) -> Iterator[Group]:
    """The groups of the account's own instance, and who is in them."""
    for store in _stores(region):

        def group(found: Mapping[str, Any], store: str = store) -> Group:
            one = {"IdentityStoreId": store, "GroupId": found["GroupId"]}
            return Group(
                id=found["GroupId"],
                name=found["DisplayName"] if "DisplayName" in found else unobserved(NOT_TOLD),
                members=region.look(
                    lambda: tuple(sorted(map(_member, region.pages(MEMBERSHIPS, "GroupMemberships", **one))))
                ),
            )

        yield from region.each(group, list(region.pages(GROUPS, "Groups", IdentityStoreId=store)))


def _stores(region: AwsRegion) -> Iterator[str]:
    for found in listed(region, INSTANCES, "Instances"):
        if found["OwnerAccountId"] == region.account:
            yield found["IdentityStoreId"]


def _member(membership: Mapping[str, Any]) -> str:
    """Groups have no groups in them."""
    return str(membership["MemberId"]["UserId"])


def _user(found: Mapping[str, Any]) -> User:
    status = found.get("UserStatus")
    addresses = sorted(found.get("Emails", ()), key=lambda each: not each.get("Primary"))
    return User(
        id=found["UserId"],
        login=found.get("UserName") or unobserved(NOT_TOLD),
        name=found.get("DisplayName", ""),
        email=next((each["Value"] for each in addresses if each.get("Value")), ""),
        service=False,
        guest=False,
        invited=None,
        synchronised_from=", ".join(sorted(each["Issuer"] for each in found.get("ExternalIds", ()))),
        enabled=STATUS[status] if status in STATUS else unobserved(f"a status of {status or 'nothing'} is not known"),
        expires=None,
        created=found.get("CreatedAt") or unobserved(NOT_TOLD),
        last_sign_in=unobserved(NOT_TOLD),
        sign_ins_lag_days=unobserved(NOT_TOLD),
        sign_ins_recorded_since=unobserved(NOT_TOLD),
        password_changed=unobserved(NOT_TOLD),
    )
