"""What a page of the inventory must be before anybody reads it.

The interface answers in protobuf, whose members have their types, and `_messages.py` writes each of them out, also the
empty ones: so in a page that was recorded nothing of these may be missing or of another type. What services say of
their resources (`data`) has no such promise, and is read with `reading.py`.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import msgspec

from collectors.gcp.asking import MALFORMED, InventoryError


class _Condition(TypedDict):
    expression: str


class _Binding(TypedDict):
    role: str
    members: list[str]
    condition: NotRequired[_Condition]


class _LogConfig(TypedDict):
    logType: str
    exemptedMembers: list[str]


class _AuditConfig(TypedDict):
    service: str
    auditLogConfigs: list[_LogConfig]


class _Policy(TypedDict):
    bindings: list[_Binding]
    auditConfigs: list[_AuditConfig]


class _Resource(TypedDict):
    location: NotRequired[str]
    data: dict[str, Any]


class _Asset(TypedDict):
    name: str
    assetType: str
    ancestors: list[str]
    resource: NotRequired[_Resource]
    iamPolicy: NotRequired[_Policy]
    assetExceptions: NotRequired[list[dict[str, Any]]]


class _Page(TypedDict):
    assets: list[_Asset]
    readTime: NotRequired[str]
    nextPageToken: NotRequired[str]


_decode = msgspec.json.Decoder(_Page).decode


def require_promised(body: bytes) -> None:
    """Raises `InventoryError` for a recorded page in which something is missing or of another type.

    A live page needs no such look: we wrote it out ourselves.
    """
    try:
        _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # which names the place, not the value
        raise InventoryError(f"the inventory answered with something that is no page: {error}", MALFORMED) from None
