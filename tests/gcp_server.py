"""Cloud Asset Inventory on loopback, over gRPC, for the real client library; and over HTTP the directory that groups are
in, deny policies one by one, and when keys were last used.

It answers `ListAssets` as its reference says
(https://cloud.google.com/asset-inventory/docs/reference/rpc/google.cloud.asset.v1): pages of at most 1,000 assets and 100 without a size, tokens that belong to one question, types as expressions of which
each must mean something, ancestors that decide what stands below a parent, errors with a reason (`ErrorInfo`,
https://cloud.google.com/apis/design/errors). Of the test's own are smaller pages, and what goes wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import grpc  # type: ignore[import-untyped] # it brings no types, as the next ones
from google.cloud.asset_v1 import AssetServiceClient
from google.cloud.asset_v1.services.asset_service.transports import AssetServiceGrpcTransport
from google.cloud.asset_v1.types import asset_service, assets
from google.protobuf import any_pb2, json_format  # type: ignore[import-untyped] # the same
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped] # the same
from grpc_status import rpc_status  # type: ignore[import-untyped] # the same

SERVICE = "google.cloud.asset.v1.AssetService"
CONTENTS = {0: (), 1: ("resource",), 2: ("iam_policy",), 4: ("org_policy",)}
MOST, USUAL = 1000, 100
AN_EXCEPTION = b"\xa2\x01\x02\x08\x01"
"""A member that the client has no name for yet, as it travels: an AssetException of the type TRUNCATION."""
READ_TIME = datetime(2026, 11, 23, 11, 59, tzinfo=UTC)
Asset = assets.Asset.pb()
Request = asset_service.ListAssetsRequest.pb()
Response = asset_service.ListAssetsResponse.pb()


@dataclass
class Fault:
    """What goes wrong: with which calls, from which page on, and how often. `reason` is that of `ErrorInfo`."""

    code: str
    reason: str = ""
    content: str = ""
    type: str = ""
    page: int = 0
    times: int = 1_000_000
    message: str = "The caller does not have permission"


class Inventory:
    """The assets of a world, in the form of the REST API."""

    def __init__(self, found: Sequence[Mapping[str, Any]]) -> None:
        self.assets = [json_format.ParseDict(dict(each), Asset(), ignore_unknown_fields=True) for each in found]
        self.supported = {each.asset_type for each in self.assets}
        self.cut_off = {each["name"] for each in found if "assetExceptions" in each}
        self.ids = {
            each.ancestors[0]: f"projects/{each.resource.data['projectId']}"
            for each in self.assets
            if each.asset_type == "cloudresourcemanager.googleapis.com/Project" and each.HasField("resource")
        }
        self.page_size = MOST
        self.calls: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.asked: list[Any] = []
        self.metadata: deque[dict[str, str]] = deque(maxlen=1)
        self.circular = False
        self._answers: dict[str, list[Any]] = {}

    def list_assets(self, request: Any, context: grpc.ServicerContext) -> bytes:
        self.metadata.append({name: str(value) for name, value in context.invocation_metadata()})
        content = {1: "RESOURCE", 2: "IAM_POLICY"}.get(request.content_type, str(request.content_type))
        self.calls[f"{content} {' '.join(request.asset_types)}".strip()] += 1
        self.asked.append(request)
        self._fail(request, content, context)
        if not 0 <= request.page_size <= MOST:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"page_size must be at most {MOST}")
        for each in request.asset_types:
            if not any(re.fullmatch(each, known) for known in self.supported):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{each} matches no supported asset type")
        question = f"{request.parent} {sorted(request.asset_types)} {request.content_type}"
        begin = 0
        if request.page_token:
            of, _, number = request.page_token.rpartition("@")
            if of != question:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the page token belongs to another request")
            begin = int(number)
        if question not in self._answers:
            self._answers[question] = list(self._found(request))
        found = self._answers[question]
        size = min(request.page_size or USUAL, self.page_size)
        answer = Response(assets=found[begin : begin + size])
        answer.read_time.FromDatetime(READ_TIME.replace(tzinfo=None))
        if begin + size < len(found):
            answer.next_page_token = f"{question}@{(begin + size) % (2 * size) if self.circular else begin + size}"
        return bytes(answer.SerializeToString())

    def _found(self, request: Any) -> Iterator[Any]:
        wanted = CONTENTS[request.content_type]
        for each in self.assets:
            if request.parent not in self._below(each):
                continue
            if request.asset_types and not any(re.fullmatch(kind, each.asset_type) for kind in request.asset_types):
                continue
            shown = Asset(name=each.name, asset_type=each.asset_type, ancestors=each.ancestors)
            shown.update_time.CopyFrom(each.update_time)
            for name in wanted:
                if each.HasField(name):
                    getattr(shown, name).CopyFrom(getattr(each, name))
            if not wanted or any(shown.HasField(name) for name in wanted):
                if each.name in self.cut_off:
                    shown.MergeFromString(AN_EXCEPTION)
                yield shown

    def _below(self, asset: Any) -> set[str]:
        """What the asset stands below: a project by its number, and by its id."""
        return {*asset.ancestors, *(self.ids.get(each, each) for each in asset.ancestors)}

    def _fail(self, request: Any, content: str, context: grpc.ServicerContext) -> None:
        page = int(request.page_token.rpartition("@")[2] or 0) // max(1, min(request.page_size, self.page_size)) + 1
        for fault in self.faults:
            if fault.content in ("", content) and (not fault.type or fault.type in request.asset_types):
                if page < fault.page or not fault.times:
                    continue
                fault.times -= 1
                context.abort_with_status(rpc_status.to_status(_status(fault)))


def _status(fault: Fault) -> Any:
    code = grpc.StatusCode[fault.code]
    details = []
    if fault.reason:
        info = any_pb2.Any()
        info.Pack(error_details_pb2.ErrorInfo(reason=fault.reason, domain="googleapis.com"))
        details.append(info)
    return status_pb2.Status(code=code.value[0], message=fault.message, details=details)


@contextmanager
def served(inventory: Inventory, credentials: grpc.ServerCredentials | None = None) -> Iterator[str]:
    """The address of a server that shows this inventory."""
    server = grpc.server(ThreadPoolExecutor(4))
    handler = grpc.unary_unary_rpc_method_handler(
        inventory.list_assets, request_deserializer=Request.FromString, response_serializer=None
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"ListAssets": handler}),))
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("localhost:0", credentials)
    server.start()
    try:
        yield f"localhost:{port}"
    finally:
        server.stop(0).wait()


def client_of(address: str) -> AssetServiceClient:
    """The real client, without credentials and TLS."""
    channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])
    return AssetServiceClient(transport=AssetServiceGrpcTransport(channel=channel))


class Directory(BaseHTTPRequestHandler):
    """Cloud Identity (https://cloud.google.com/identity/docs/reference/rest/v1/groups): groups by their address, and who
    is in them, a page at a time. A group that one may not see is answered like one that is not there."""

    groups: ClassVar[dict[str, list[tuple[str, str]]]] = {}
    refused: ClassVar[set[str]] = set()
    denied: ClassVar[dict[str, Any]] = {}
    used: ClassVar[dict[str, Any]] = {}
    page_size: ClassVar[int] = 500
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.asked.append(address.path)
        if address.path.startswith("/v2/policies/"):
            return self._say(*self._denied(address.path))
        if address.path.endswith("/activities:query"):
            return self._say(*self._used(address.path, asked))
        if address.path.endswith("/securityCenterServices"):
            return self._say(*self._detecting(address.path))
        names = sorted(self.groups)
        if address.path == "/v1/groups:lookup":
            email = asked["groupKey.id"]
            if email not in names or email in self.refused:
                return self._say(403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "Error(2028)"}})
            return self._say(200, {"name": f"groups/{names.index(email)}"})
        assert asked["view"] == "FULL"
        number = int(address.path.removeprefix("/v1/groups/").removesuffix("/memberships"))
        members = self.groups[names[number]]
        begin = int(asked.get("pageToken", "0"))
        size = min(self.page_size, int(asked["pageSize"]))
        page = [
            {"name": f"groups/{number}/memberships/{name}", "type": kind, "preferredMemberKey": {"id": name}}
            for kind, name in members[begin : begin + size]
        ]
        found: dict[str, Any] = {"memberships": page} if page else {}
        if begin + size < len(members):
            found["nextPageToken"] = str(begin + size)
        return self._say(200, found)

    def _denied(self, path: str) -> tuple[int, Any]:
        """One deny policy (https://cloud.google.com/iam/docs/reference/rest/v2/policies). Whoever may not read gets 403."""
        _, _, _, place, _, name = path.split("/")
        where = unquote(place).partition("/")[2]
        if where in self.refused:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}
        return 200, {"name": f"policies/{place}/denypolicies/{name}", "kind": "DenyPolicy", **self.denied[where][name]}

    def _used(self, path: str, asked: Mapping[str, str]) -> tuple[int, Any]:
        """Activities of a type in a project, a page at a time
        (https://cloud.google.com/policy-intelligence/docs/reference/policyanalyzer/rest/v1/projects.locations.activityTypes.activities/query)."""
        _, _, _, project, _, _, _, kind, _ = path.split("/")
        if f"projects/{project}" in self.refused:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}
        found = self.used.get(f"projects/{project}", {}).get(kind, [])
        if found == "odd":
            return 200, {"activities": "odd"}
        begin, size = int(asked.get("pageToken", "0")), min(self.page_size, int(asked["pageSize"]))
        page = [{"activityType": kind, **each} for each in found[begin : begin + size]]
        onward = {"nextPageToken": str(begin + size)} if begin + size < len(found) else {}
        return 200, {**({"activities": page} if page else {}), **onward}

    def _detecting(self, path: str) -> tuple[int, Any]:
        """Services of Security Command Center, of which one is off
        (https://cloud.google.com/security-command-center/docs/reference/security-center-management/rest/v1/organizations.locations.securityCenterServices)."""
        states = {
            "event-threat-detection": "ENABLED",
            "container-threat-detection": "DISABLED",
            "web-security-scanner": "NEW",
        }
        if path.split("/")[3] in self.refused:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}
        found = [
            {
                "name": f"{path.removeprefix('/v1/')}/{name}",
                "intendedEnablementState": "INHERITED",
                "effectiveEnablementState": state,
            }
            for name, state in states.items()
        ]
        return 200, {"securityCenterServices": found}

    def _say(self, status: int, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def directory_served(
    groups: Mapping[str, list[tuple[str, str]]],
    refused: Sequence[str] = (),
    page_size: int = 500,
    denied: Mapping[str, Any] = MappingProxyType({}),
    used: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[tuple[str, list[str]]]:
    """The address of a directory with these groups, and the paths that were asked."""
    told: dict[str, Any] = {
        "groups": dict(groups),
        "refused": set(refused),
        "page_size": page_size,
        "asked": [],
        "denied": denied,
        "used": used,
    }
    shown = type("Shown", (Directory,), told)
    server = ThreadingHTTPServer(("127.0.0.1", 0), shown)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told["asked"]
    finally:
        server.shutdown()
        server.server_close()
