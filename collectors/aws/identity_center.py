"""IAM Identity Center. Its instance lives in one region; what it holds is asked only in the account that owns it:
others are told no more than that it is there.

Whether people need a second factor is a setting of the console alone: no operation tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import NotObservedError, Unobserved, unobserved
from core.resources.aws.identity_center import (
    ADMINISTRATIVE,
    Assignment,
    CustomerPolicy,
    IdentityCenter,
    PermissionSet,
)
from core.resources.idp import RoleAssignment

INSTANCES = Read("sso-admin", "ListInstances")
PERMISSION_SETS = Read("sso-admin", "ListPermissionSets")
PERMISSION_SET = Read("sso-admin", "DescribePermissionSet")
MANAGED = Read("sso-admin", "ListManagedPoliciesInPermissionSet")
CUSTOMER = Read("sso-admin", "ListCustomerManagedPolicyReferencesInPermissionSet")
INLINE = Read("sso-admin", "GetInlinePolicyForPermissionSet")
BOUNDARY = Read("sso-admin", "GetPermissionsBoundaryForPermissionSet")
ACCOUNTS = Read("sso-admin", "ListAccountsForProvisionedPermissionSet")
ASSIGNMENTS = Read("sso-admin", "ListAccountAssignments")

_DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?")


@collector(permissions=(INSTANCES,))
def instances(region: AwsRegion) -> Iterator[IdentityCenter]:
    """The instances that the account has or sees in this region."""
    for found in listed(region, INSTANCES, "Instances"):
        owner = found["OwnerAccountId"]
        yield IdentityCenter(
            id=found["InstanceArn"], owner=owner, status=found["Status"], made_here=owner == region.account
        )


@collector(
    permissions=(INSTANCES, PERMISSION_SETS, PERMISSION_SET, MANAGED, CUSTOMER, INLINE, BOUNDARY, ACCOUNTS, ASSIGNMENTS)
)
def permission_sets(region: AwsRegion) -> Iterator[PermissionSet]:
    """The permission sets of the account's own instance, with the people and groups that have them."""
    for ask, arns in _own(region):
        yield from region.each(ask.permission_set, arns)


@collector(
    permissions=(INSTANCES, PERMISSION_SETS, PERMISSION_SET, MANAGED, CUSTOMER, INLINE, BOUNDARY, ACCOUNTS, ASSIGNMENTS)
)
def role_assignments(region: AwsRegion) -> Iterator[RoleAssignment]:
    """The same people and groups in the words that all providers of identities share."""
    for ask, arns in _own(region):
        for each in region.each(ask.roles, arns):
            yield from each


def _own(region: AwsRegion) -> Iterator[tuple[_Asking, list[str]]]:
    for found in listed(region, INSTANCES, "Instances"):
        if found["OwnerAccountId"] == region.account:
            ask = _Asking(region, found["InstanceArn"])
            yield ask, list(region.pages(PERMISSION_SETS, "PermissionSets", InstanceArn=ask.instance))


class _Asking:
    """Questions about the permission sets of one instance."""

    def __init__(self, region: AwsRegion, instance: str) -> None:
        self._region = region
        self.instance = instance

    def permission_set(self, arn: str) -> PermissionSet:
        region, one = self._region, {"InstanceArn": self.instance, "PermissionSetArn": arn}
        found = region.ask(PERMISSION_SET, **one)["PermissionSet"]
        accounts = region.look(lambda: tuple(sorted(region.pages(ACCOUNTS, "AccountIds", **one))))
        return PermissionSet(
            id=arn,
            name=found["Name"],
            session_minutes=_minutes(found.get("SessionDuration", "")),
            managed_policies=region.look(
                lambda: tuple(sorted(each["Arn"] for each in region.pages(MANAGED, "AttachedManagedPolicies", **one)))
            ),
            customer_policies=region.look(
                lambda: tuple(
                    CustomerPolicy(name=each["Name"], path=each.get("Path", "/"))
                    for each in region.pages(CUSTOMER, "CustomerManagedPolicyReferences", **one)
                )
            ),
            statements=region.look(lambda: statements(region.ask(INLINE, **one).get("InlinePolicy"))),
            is_bounded=region.look(lambda: self._is_bounded(one)),
            accounts=accounts,
            assignments=accounts
            if isinstance(accounts, Unobserved)
            else region.look(lambda: tuple(self._assignments(one, accounts))),
        )

    def roles(self, arn: str) -> list[RoleAssignment]:
        one = {"InstanceArn": self.instance, "PermissionSetArn": arn}
        accounts = tuple(sorted(self._region.pages(ACCOUNTS, "AccountIds", **one)))
        return list(_roles(self.permission_set(arn), self._assignments(one, accounts)))

    def _is_bounded(self, one: Mapping[str, str]) -> bool:
        try:
            return bool(self._region.ask(BOUNDARY, **one).get("PermissionsBoundary"))
        except ClientError as error:
            if is_answer(error, "ResourceNotFoundException"):
                return False
            raise

    def _assignments(self, one: Mapping[str, str], accounts: tuple[str, ...]) -> Iterator[Assignment]:
        for account in accounts:
            found = self._region.pages(ASSIGNMENTS, "AccountAssignments", AccountId=account, **one)
            for each in sorted(found, key=lambda each: (each["PrincipalType"], each["PrincipalId"])):
                yield Assignment(account=account, who=each["PrincipalType"], principal=each["PrincipalId"])


def _roles(permission_set: PermissionSet, assignments: Iterable[Assignment]) -> Iterator[RoleAssignment]:
    try:
        privileged = _makes_administrators(permission_set)
    except NotObservedError as missing:
        privileged = unobserved(str(missing))
    for each in assignments:
        yield RoleAssignment(
            id=f"{permission_set.id}/{each.account}/{each.principal}",
            role=permission_set.name,
            privileged=privileged,
            scope=each.account,
            principal=each.principal,
            principal_kind="user" if each.who == "USER" else "group",
            since=unobserved("AWS does not tell since when"),
            ends=None,
            eligible=False,
        )


def _makes_administrators(permission_set: PermissionSet) -> bool:
    """Raises `NotObservedError` when policies of the customer's own decide, which checks read."""
    if permission_set.is_bounded:
        return False
    if any(arn.rpartition("/")[2] in ADMINISTRATIVE for arn in permission_set.managed_policies):
        return True
    if permission_set.customer_policies or permission_set.statements:
        raise NotObservedError(f"what {permission_set.name} allows is in policies of its own")
    return False


def _minutes(duration: str) -> Any:
    """The minutes of a duration such as `PT8H` (ISO 8601)."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return unobserved(f"{duration or 'nothing'} is no length of a session")
    return int(found[1] or 0) * 60 + int(found[2] or 0)
