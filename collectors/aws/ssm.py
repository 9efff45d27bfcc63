"""Systems Manager: managed nodes and their patches, own documents, session preferences, and names of parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import MalformedAnswerError, is_answer
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.ssm import Document, ManagedNode, Parameter, PatchState, SessionPreferences, SsmRegion

NODES = Read("ssm", "DescribeInstanceInformation")
PATCHES = Read("ssm", "DescribeInstancePatchStates")
DOCUMENTS = Read("ssm", "ListDocuments")
SHARING = Read("ssm", "DescribeDocumentPermission")
TEXT = Read("ssm", "GetDocument")
SETTING = Read("ssm", "GetServiceSetting")
PARAMETERS = Read("ssm", "DescribeParameters")

MOST = 50
"""Items of one page, and ids of one question: the most that Systems Manager takes."""
OWN = [{"Key": "Owner", "Values": ["Self"]}]
SHARED_PUBLICLY = "/ssm/documents/console/public-sharing-permission"
PREFERENCES = "SSM-SessionManagerRunShell"
"""The document that holds what the console calls the preferences of Session Manager."""


@collector(permissions=(NODES, PATCHES))
def nodes(region: AwsRegion) -> Iterator[ManagedNode]:
    """Every machine under management in the region, with the state of its patches."""
    listed = list(region.pages(NODES, "InstanceInformationList", MaxResults=MOST))
    for begin in range(0, len(listed), MOST):
        some = listed[begin : begin + MOST]
        ids = [each["InstanceId"] for each in some]
        states = region.look(partial(_patches, region, ids))
        for found in some:
            yield _node(found, states if isinstance(states, Unobserved) else states.get(found["InstanceId"]))


@collector(permissions=(DOCUMENTS, SHARING, TEXT))
def documents(region: AwsRegion) -> Iterator[Document]:
    """Every document of the region that the account owns: whom it is shared with, and whether secrets stand in it."""
    owned = region.pages(
        DOCUMENTS, "DocumentIdentifiers", Filters=[{"Key": "Owner", "Values": ["Self"]}], MaxResults=MOST
    )
    yield from region.each(lambda found: _document(region, found), owned)


@collector(permissions=(PARAMETERS,))
def parameters(region: AwsRegion) -> Iterator[Parameter]:
    """Every parameter of the region, without its value."""
    prefix = f"arn:{region.identity.partition}:ssm:{region.scope}:{region.account}:parameter/"
    for found in region.pages(PARAMETERS, "Parameters", MaxResults=MOST):
        yield Parameter(
            id=found.get("ARN") or prefix + found["Name"].removeprefix("/"), name=found["Name"], type=found["Type"]
        )


@collector(permissions=(NODES, SETTING, TEXT))
def settings(region: AwsRegion) -> Iterator[SsmRegion]:
    """What the region says about sessions and about documents."""
    yield SsmRegion(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        has_nodes=region.look(lambda: _has_nodes(region)),
        documents_may_be_public=region.look(lambda: _may_be_public(region)),
        sessions=region.look(lambda: _preferences(region)),
    )


def _patches(region: AwsRegion, ids: list[str]) -> dict[str, PatchState]:
    return {
        each["InstanceId"]: PatchState(
            operation=each["Operation"],
            finished=each["OperationEndTime"],
            baseline=each["BaselineId"],
            missing=_count(each, "MissingCount"),
            failed=_count(each, "FailedCount"),
            rejected=_count(each, "InstalledRejectedCount"),
            waiting=_count(each, "InstalledPendingRebootCount"),
        )
        for each in region.pages(PATCHES, "InstancePatchStates", InstanceIds=ids)
    }


def _count(found: Mapping[str, Any], name: str) -> int:
    count: int = found[name] if name in found else unobserved(f"Patch Manager does not say its {name}")
    return count


def _node(found: Mapping[str, Any], patches: Any) -> ManagedNode:
    online = found["PingStatus"]
    return ManagedNode(
        id=found["InstanceId"],
        name=found.get("ComputerName") or found.get("Name", ""),
        online=online,
        last_seen=None if online == "Online" else found.get("LastPingDateTime"),
        platform=f"{found.get('PlatformName', '')} {found.get('PlatformVersion', '')}".strip(),
        associations=found.get("AssociationStatus", ""),
        patches=patches,
    )


def _document(region: AwsRegion, found: Mapping[str, Any]) -> Document:
    name = found["Name"]
    return Document(
        id=f"arn:{region.identity.partition}:ssm:{region.scope}:{region.account}:document/{name}",
        name=name,
        type=found.get("DocumentType", ""),
        shared_with=region.look(lambda: _shared_with(region, name)),
        secrets=region.look(lambda: kinds_of_secrets(region.ask(TEXT, Name=name)["Content"])),
    )


def _shared_with(region: AwsRegion, name: str) -> tuple[str, ...]:
    accounts = region.pages(SHARING, "AccountIds", Name=name, PermissionType="Share")
    return tuple(sorted(str(account).lower() for account in accounts))


def _has_nodes(region: AwsRegion) -> bool:
    return any(True for _ in region.pages(NODES, "InstanceInformationList", MaxResults=MOST))


def _may_be_public(region: AwsRegion) -> bool:
    value = region.ask(SETTING, SettingId=SHARED_PUBLICLY)["ServiceSetting"]["SettingValue"]
    if value not in ("Enable", "Disable"):
        raise MalformedAnswerError(f"{SHARED_PUBLICLY} is {value}, of which nobody knows what it means")
    return bool(value == "Enable")


def _preferences(region: AwsRegion) -> SessionPreferences | None:
    try:
        text = region.ask(TEXT, Name=PREFERENCES, DocumentFormat="JSON")["Content"]
    except ClientError as error:
        if is_answer(error, "InvalidDocument"):
            return None
        raise
    try:
        said = json.loads(text).get("inputs", {})
        return SessionPreferences(
            log_bucket=said.get("s3BucketName", ""),
            log_group=said.get("cloudWatchLogGroupName", ""),
            idle_minutes=_minutes(said.get("idleSessionTimeout")),
            most_minutes=_minutes(said.get("maxSessionDuration")),
            key=said.get("kmsKeyId", ""),
            run_as=said.get("runAsEnabled", False) in (True, "true"),
        )
    except (ValueError, AttributeError) as error:
        raise MalformedAnswerError(f"{PREFERENCES} is not what preferences look like") from error


def _minutes(text: Any) -> int | None:
    return int(text) if text else None
