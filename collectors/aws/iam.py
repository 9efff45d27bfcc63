"""IAM, by bulk calls: one answer describes all users, groups, roles and policies, one report all credentials."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import NoAnswerError, is_answer
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.iam import IamAccount, IamGroup, IamPolicy, IamRole, IamUser, Key, PasswordPolicy
from core.resources.aws.policy import AttachedPolicy, Statement

DETAILS = Read("iam", "GetAccountAuthorizationDetails")
SUMMARY = Read("iam", "GetAccountSummary")
PASSWORD_POLICY = Read("iam", "GetAccountPasswordPolicy")
GENERATE_REPORT = Read("iam", "GenerateCredentialReport")
REPORT = Read("iam", "GetCredentialReport")
VIRTUAL_DEVICES = Read("iam", "ListVirtualMFADevices")

SERVICE_LINKED = "/aws-service-role/"
ROOT = "<root_account>"
REPORT_TRIES, REPORT_PAUSE = 30, 2
"""How often to ask whether the report is ready, and how many seconds to wait in between."""
NOBODY_KNOWS = ("N/A", "no_information", "not_supported", "")
"""What the report says where it has no date."""


@collector(permissions=(SUMMARY, PASSWORD_POLICY, GENERATE_REPORT, REPORT, VIRTUAL_DEVICES))
def account(account: AwsAccount) -> Iterator[IamAccount]:
    """The root user and the rules for passwords."""
    summary = account.ask(SUMMARY)["SummaryMap"]
    root = _Report.of(account).rows.get(ROOT)
    missing: Any = unobserved("the credential report has no row for the root user")
    yield IamAccount(
        id=account.account,
        root_has_password=_has_password(summary),
        root_has_mfa=summary["AccountMFAEnabled"] == 1,
        root_mfa_is_virtual=any(_is_root(each) for each in account.pages(VIRTUAL_DEVICES, "VirtualMFADevices")),
        root_has_keys=summary["AccountAccessKeysPresent"] > 0,
        root_signing_certificates=_certificates(root) if root else missing,
        root_last_used=_latest(root) if root else missing,
        password_policy=_password_policy(account),
        users=summary["Users"],
    )


@collector(permissions=(DETAILS, GENERATE_REPORT, REPORT, VIRTUAL_DEVICES))
def identities(account: AwsAccount) -> Iterator[IamUser | IamGroup | IamRole | IamPolicy]:
    """Users, groups, roles and policies, with what each of them allows."""
    pages = list(account.answers(DETAILS, "UserDetailList"))
    policies = {each["Arn"]: each for page in pages for each in page["Policies"]}
    documents = {arn: _current(each) for arn, each in policies.items()}
    groups = {
        each["GroupName"]: _policies(each, "GroupPolicyList", documents)
        for page in pages
        for each in page["GroupDetailList"]
    }
    users = [each for page in pages for each in page["UserDetailList"]]
    virtual = {
        each["User"]["Arn"]
        for each in account.pages(VIRTUAL_DEVICES, "VirtualMFADevices")
        if "Arn" in each.get("User", {})
    }
    report = _Report.of(account)
    for user in users:
        yield _user(user, documents, groups, report, virtual=user["Arn"] in virtual)
    for page in pages:
        for group in page["GroupDetailList"]:
            yield IamGroup(
                id=group["GroupId"],
                name=group["GroupName"],
                arn=group["Arn"],
                policies=groups[group["GroupName"]],
                members=sum(group["GroupName"] in user["GroupList"] for user in users),
            )
        for role in page["RoleDetailList"]:
            yield _role(role, documents)
    for arn, policy in policies.items():
        yield IamPolicy(
            id=policy["PolicyId"],
            name=policy["PolicyName"],
            arn=arn,
            is_of_aws=":iam::aws:" in arn,
            attachments=policy["AttachmentCount"],
            bounds=policy.get("PermissionsBoundaryUsageCount", 0),
            statements=documents[arn],
        )


def _user(
    user: Mapping[str, Any],
    documents: Mapping[str, tuple[Statement, ...]],
    groups: Mapping[str, tuple[AttachedPolicy, ...]],
    report: _Report,
    *,
    virtual: bool,
) -> IamUser:
    policies = _policies(user, "UserPolicyList", documents)
    inherited = [policy for name in user["GroupList"] for policy in groups[name]]
    row = report.rows.get(user["UserName"])
    missing = unobserved(f"{user['UserName']} is not in the credential report of {report.made:%Y-%m-%d %H:%M} UTC")
    return IamUser(
        id=user["UserId"],
        name=user["UserName"],
        arn=user["Arn"],
        created=user["CreateDate"],
        groups=tuple(sorted(user["GroupList"])),
        policies=policies,
        statements=tuple(each for policy in (*policies, *inherited) for each in policy.statements),
        boundary=_boundary(user, documents),
        console=_is_true(row["password_enabled"]) if row else missing,
        password_last_used=_moment(row["password_last_used"]) if row else missing,
        password_changed=_moment(row["password_last_changed"]) if row else missing,
        mfa=_is_true(row["mfa_active"]) if row else missing,
        mfa_is_virtual=virtual,
        keys=tuple(_keys(row)) if row else missing,
        signing_certificates=_certificates(row) if row else missing,
    )


def _certificates(row: Mapping[str, str]) -> int:
    return sum(_is_true(row[f"cert_{number}_active"]) for number in (1, 2))


def _role(role: Mapping[str, Any], documents: Mapping[str, tuple[Statement, ...]]) -> IamRole:
    return IamRole(
        id=role["RoleId"],
        name=role["RoleName"],
        arn=role["Arn"],
        path=role["Path"],
        created=role["CreateDate"],
        last_used=role.get("RoleLastUsed", {}).get("LastUsedDate"),
        trust=statements(role["AssumeRolePolicyDocument"]),
        policies=_policies(role, "RolePolicyList", documents),
        boundary=_boundary(role, documents),
        is_service_linked=role["Path"].startswith(SERVICE_LINKED),
    )


def _policies(
    identity: Mapping[str, Any], written: str, documents: Mapping[str, tuple[Statement, ...]]
) -> tuple[AttachedPolicy, ...]:
    """The policies of an identity: those attached to it and those written into it."""
    attached = [
        AttachedPolicy(
            name=each["PolicyName"], arn=each["PolicyArn"], statements=_document(each["PolicyArn"], documents)
        )
        for each in identity["AttachedManagedPolicies"]
    ]
    inline = [
        AttachedPolicy(name=each["PolicyName"], arn="", statements=statements(each["PolicyDocument"]))
        for each in identity.get(written, ())
    ]
    return tuple(sorted((*attached, *inline), key=lambda each: (each.arn, each.name)))


def _document(arn: str, documents: Mapping[str, tuple[Statement, ...]]) -> tuple[Statement, ...]:
    missing: tuple[Statement, ...] = unobserved(f"{arn} is not among the policies that AWS listed")
    return documents.get(arn, missing)


def _boundary(
    identity: Mapping[str, Any], documents: Mapping[str, tuple[Statement, ...]]
) -> tuple[Statement, ...] | None:
    found = identity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return _document(found, documents) if found else None


def _current(policy: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of the version that counts."""
    versions = [each for each in policy["PolicyVersionList"] if each["IsDefaultVersion"]]
    return statements(versions[0]["Document"]) if versions else unobserved(f"no version of {policy['Arn']} was shown")


def _password_policy(account: AwsAccount) -> PasswordPolicy | None:
    try:
        found = account.ask(PASSWORD_POLICY)["PasswordPolicy"]
    except ClientError as error:
        if is_answer(error, "NoSuchEntity"):
            return None
        raise
    return PasswordPolicy(
        minimum_length=found["MinimumPasswordLength"],
        needs_upper_case=found["RequireUppercaseCharacters"],
        needs_lower_case=found["RequireLowercaseCharacters"],
        needs_number=found["RequireNumbers"],
        needs_symbol=found["RequireSymbols"],
        maximum_days=found.get("MaxPasswordAge") if found["ExpirePasswords"] else None,
        remembered=found.get("PasswordReusePrevention", 0),
        users_may_change=found["AllowUsersToChangePassword"],
    )


def _has_password(summary: Mapping[str, int]) -> bool:
    said = summary.get("AccountPasswordPresent")
    return unobserved("the account summary does not say whether root has a password") if said is None else said > 0


def _is_root(device: Mapping[str, Any]) -> bool:
    return str(device.get("User", {}).get("Arn", "")).endswith(":root") or device["SerialNumber"].endswith(
        ":mfa/root-account-mfa-device"
    )


@dataclass(frozen=True, slots=True)
class _Report:
    """The credential report: a row for each user. AWS makes a new one every four hours at most."""

    rows: Mapping[str, Mapping[str, str]]
    made: datetime

    @classmethod
    def of(cls, account: AwsAccount) -> _Report:
        """Have the report made, and read it. Raises `NoAnswerError` when it does not get ready."""
        for _ in range(REPORT_TRIES):
            if account.ask(GENERATE_REPORT)["State"] == "COMPLETE":
                break
            account.pause(REPORT_PAUSE)
        else:
            raise NoAnswerError("other", "the credential report does not get ready")
        said = account.ask(REPORT)
        rows = csv.DictReader(said["Content"].decode().splitlines())
        return cls({row["user"]: row for row in rows}, said["GeneratedTime"])


def _keys(row: Mapping[str, str]) -> Iterator[Key]:
    """The access keys of a row. One that was never made has no date and is not active."""
    for number in (1, 2):
        active, made = _is_true(row[f"access_key_{number}_active"]), row[f"access_key_{number}_last_rotated"]
        if active or made not in NOBODY_KNOWS:
            yield Key(
                number=number,
                active=active,
                created=_moment(made),
                last_used=_moment(row[f"access_key_{number}_last_used_date"]),
            )


def _latest(row: Mapping[str, str]) -> datetime | None:
    dates: Iterable[datetime | None] = (
        _moment(row[name])
        for name in ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
    )
    return max(filter(None, dates), default=None)


def _is_true(text: str) -> bool:
    return text.lower() == "true"


def _moment(text: str) -> datetime | None:
    return None if text in NOBODY_KNOWS else datetime.fromisoformat(text)
