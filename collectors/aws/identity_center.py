"""IAM Identity Center. Its instance lives in one region; what it holds is asked only in the account that owns it:
others are told no more than that it is there.

Whether people need a second factor is a setting of the console alone: no operation tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.identity_center import Assignment, CustomerPolicy, IdentityCenter, PermissionSet

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
        yield IdentityCenter(id=found["InstanceArn"], owner=found["OwnerAccountId"], status=found["Status"])


@collector(
    permissions=(INSTANCES, PERMISSION_SETS, PERMISSION_SET, MANAGED, CUSTOMER, INLINE, BOUNDARY, ACCOUNTS, ASSIGNMENTS)
)
def permission_sets(region: AwsRegion) -> Iterator[PermissionSet]:
    """The permission sets of the account's own instance, with the people and groups that have them."""
    for found in listed(region, INSTANCES, "Instances"):
        if found["OwnerAccountId"] == region.account:
            ask = _Asking(region, found["InstanceArn"])
            arns = list(region.pages(PERMISSION_SETS, "PermissionSets", InstanceArn=ask.instance))
            yield from region.each(ask.permission_set, arns)


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


def _minutes(duration: str) -> Any:
    """The minutes of a duration such as `PT8H` (ISO 8601)."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return unobserved(f"{duration or 'nothing'} is no length of a session")
    return int(found[1] or 0) * 60 + int(found[2] or 0)
