"""Messages of the inventory as plain data, in the form that its REST API has.

Written out by hand: `google.protobuf.json_format` takes twice as long, and most of a scan goes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet  # type: ignore[import-untyped] # it brings no types

WHOLE = 2**53
LOG_TYPES = ("LOG_TYPE_UNSPECIFIED", "ADMIN_READ", "DATA_WRITE", "DATA_READ")
"""google.iam.v1.AuditLogConfig.LogType, by number."""
LENGTH_DELIMITED = 2
TRUNCATION = b"\x08\x01"
"""How an AssetException of the type TRUNCATION begins on the wire: its first field is 1
(https://docs.cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset)."""


def page_as_data(page: Any) -> dict[str, Any]:
    """A `ListAssetsResponse` as protobuf has it (not proto-plus)."""
    return {
        "readTime": _time(page.read_time),
        "assets": [_asset(each) for each in page.assets],
        "nextPageToken": page.next_page_token,
    }


def _asset(asset: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": asset.name,
        "assetType": asset.asset_type,
        "ancestors": list(asset.ancestors),
        "updateTime": _time(asset.update_time),
    }
    if asset.HasField("resource"):
        resource = asset.resource
        found["resource"] = {
            "version": resource.version,
            "parent": resource.parent,
            "location": resource.location,
            "data": _struct(resource.data.fields),
        }
    if asset.HasField("iam_policy"):
        found["iamPolicy"] = _policy(asset.iam_policy)
    if any(
        each.wire_type == LENGTH_DELIMITED and bytes(each.data).startswith(TRUNCATION)
        for each in UnknownFieldSet(asset)
    ):
        found["assetExceptions"] = [{"exceptionType": "TRUNCATION"}]  # the client has no name for it yet
    return found


def _policy(policy: Any) -> dict[str, Any]:
    return {
        "version": policy.version,
        "bindings": [_binding(each) for each in policy.bindings],
        "auditConfigs": [
            {
                "service": each.service,
                "auditLogConfigs": [
                    {"logType": _log_type(one.log_type), "exemptedMembers": list(one.exempted_members)}
                    for one in each.audit_log_configs
                ],
            }
            for each in policy.audit_configs
        ],
    }


def _binding(binding: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"role": binding.role, "members": list(binding.members)}
    if binding.HasField("condition"):
        found["condition"] = {"title": binding.condition.title, "expression": binding.condition.expression}
    return found


def _log_type(number: int) -> str:
    return LOG_TYPES[number] if number < len(LOG_TYPES) else f"LOG_TYPE_{number}"


def _time(moment: Any) -> str:
    return str(moment.ToJsonString()) if moment.seconds or moment.nanos else ""


def _struct(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: Any) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "struct_value":
            return _struct(value.struct_value.fields)
        case "list_value":
            return [_value(each) for each in value.list_value.values]
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) < WHOLE else number
    return None
