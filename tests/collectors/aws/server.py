"""moto's server on loopback, and in front of it somebody who can refuse any operation in every way that AWS has."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from botocore.exceptions import UnknownServiceError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from collectors.aws.customizations import Emitter
from collectors.aws.models import shared_loader

OPERATION, PROTOCOL = "X-Test-Operation", "X-Test-Protocol"
ALLOWED = ""

logging.getLogger("werkzeug").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Canned:
    """What AWS would say where moto says nothing: a body, as JSON or as text."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Refusal:
    """One way to say no: the error code in each family of protocols, the words, and the status."""

    code: str
    message: str
    status: int = 403
    ec2_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, protocol: str) -> Canned:
        code = (self.ec2_code or self.code) if protocol == "ec2" else self.code
        if "json" in protocol:
            name = code if code.endswith("Exception") or "Denied" not in code else f"{code}Exception"
            body = {"__type": name, "message": self.message}
            return Canned(body, self.status, {"x-amzn-errortype": name, **self.headers})
        error = f"<Error><Code>{code}</Code><Message>{self.message}</Message></Error>"
        if protocol == "ec2":
            error = f"<Response><Errors>{error}</Errors><RequestID>x</RequestID></Response>"
        elif protocol == "query":
            error = f"<ErrorResponse>{error}<RequestId>x</RequestId></ErrorResponse>"
        return Canned(f"<?xml version='1.0'?>{error}", self.status, self.headers)


DENY = "is not authorized to perform this"
REFUSALS = {
    "denied": Refusal("AccessDenied", DENY, ec2_code="UnauthorizedOperation"),
    "denied by a service control policy": Refusal(
        "AccessDenied", f"{DENY} with an explicit deny in a service control policy", ec2_code="UnauthorizedOperation"
    ),
    "expired": Refusal("ExpiredToken", "The security token included in the request is expired", 400, "RequestExpired"),
    "unknown keys": Refusal("InvalidClientTokenId", "The security token is invalid", ec2_code="AuthFailure"),
    "not opted in": Refusal("OptInRequired", "You are not subscribed to this service"),
    "throttled": Refusal("Throttling", "Rate exceeded", 400, "RequestLimitExceeded", {"Retry-After": "0"}),
    "failing": Refusal("InternalFailure", "An internal error has occurred", 500),
    "not implemented": Refusal("NotImplemented", "", 501),
}
SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "a page for people": lambda _: b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>",
}
"""What may become of an answer on its way."""
RESET = "reset"
WAYS = (*REFUSALS, *SPOILT, RESET)
"""Every way not to get an answer."""


class Server:
    """The server. `refuse` maps operations (`iam:ListUsers`) to a way of `WAYS`."""

    def __init__(self) -> None:
        self.refuse: dict[str, str] = {}
        self.canned: dict[str, Canned] = {}
        self.mended: dict[str, Callable[[bytes], bytes]] = {}
        self.calls: Counter[str] = Counter()
        self.turns_pages = False
        """Turn pages of JSON listings where moto gives everything at once."""
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._http = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()

    def _answer(self, environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        operation = environment.get("HTTP_X_TEST_OPERATION", "")
        way = self.refuse.get(operation, ALLOWED)
        if operation:
            self.calls[operation] += 1
        if way == RESET:
            environment["werkzeug.socket"].shutdown(2)
            return []
        if way in REFUSALS:
            return _say(REFUSALS[way].answer(environment["HTTP_X_TEST_PROTOCOL"]), start)
        canned = self.canned.get(f"{operation} {_region(environment)}") or self.canned.get(operation)
        if canned and not way:
            return _say(canned, start)
        length = int(environment.get("CONTENT_LENGTH") or 0)
        asked = environment["wsgi.input"].read(length)
        paging = _paging(operation) if self.turns_pages and environment.get("HTTP_X_TEST_PROTOCOL") == "json" else None
        turned = json.loads(asked or b"{}") if paging else {}
        begin = int(turned.pop(paging["input_token"], 0)) if paging else 0
        most = turned.pop(paging["limit_key"], None) if paging else None
        asked = json.dumps(turned).encode() if paging else asked
        environment |= {"wsgi.input": io.BytesIO(asked), "CONTENT_LENGTH": str(len(asked))}
        said: dict[str, Any] = {}

        def keep(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said.update(status=status, headers=headers)

        body = b"".join(self._moto(environment, keep))
        body = self.mended.get(operation, bytes)(body)
        if paging and most:
            body = _page(body, paging, begin, most)
        if way:
            body = SPOILT[way](body)
        kept = [(name, value) for name, value in said["headers"] if name.lower() != "content-length"]
        start(said["status"], [*kept, ("Content-Length", str(len(body)))])
        return [body]


def _region(environment: Mapping[str, Any]) -> str:
    """The region that a request is signed for: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`."""
    signed = str(environment.get("HTTP_AUTHORIZATION", "")).split("/")
    return signed[2] if len(signed) > 2 else ""


@cache
def _paging(operation: str) -> Mapping[str, Any] | None:
    """How the SDK turns the pages of an operation with one listing; `None` when it does not."""
    service, _, name = operation.partition(":")
    try:
        found = shared_loader().load_service_model(service, "paginators-1")["pagination"].get(name)
    except UnknownServiceError:
        return None
    simple = (
        found and "limit_key" in found and all(isinstance(each, str) for each in found.values() if each is not True)
    )
    return found if simple else None


def _page(body: bytes, paging: Mapping[str, Any], begin: int, most: int) -> bytes:
    answer = json.loads(body)
    listed = answer[paging["result_key"]]
    answer[paging["result_key"]] = listed[begin : begin + most]
    more = begin + most < len(listed)
    if more:
        answer[paging["output_token"]] = str(begin + most)
    if "more_results" in paging:
        answer[paging["more_results"]] = more
    return json.dumps(answer).encode()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object, **__: object) -> None:
        """Nothing."""


def _say(answer: Canned, start: Callable[..., Any]) -> Iterable[bytes]:
    start(f"{answer.status} Test", [("Content-Length", str(len(answer.data))), *answer.headers.items()])
    return [answer.data]


def name_operations(emitter: Emitter) -> None:
    """Have requests say which operation they are: an address alone does not always tell."""

    def name(model: Any, params: dict[str, Any], **_: object) -> None:
        params["headers"][OPERATION] = f"{model.service_model.service_name}:{model.name}"
        params["headers"][PROTOCOL] = model.service_model.resolved_protocol

    def stay_here(request: Any, **_: object) -> None:
        """Some operations put a name before the host's, which nobody on this machine could resolve."""
        parts = urlsplit(request.url)
        request.url = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()

    emitter.register_first("before-send", stay_here)
    emitter.register("before-call", name)
