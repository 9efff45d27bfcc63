"""Asking through the SDK: every request and every answer of a client passes the hooks that are installed here.

The hooks are botocore's own events. Just before a request is sent, they refuse whatever is not being asked in this
context; just before an answer is parsed, they mask it. So what is recorded is what was parsed, and a recorded answer,
handed in where the network would be, goes the very same way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.credentials import ReadOnlyCredentials
from botocore.model import OperationModel

from collectors.aws.clients import Signer, acting_as
from collectors.aws.customizations import Emitter
from collectors.aws.errors import MalformedAnswerError, RefusedError
from collectors.aws.masking import mask
from collectors.aws.operations import Read
from core.codec import timestamp
from core.model import Exchange
from core.redaction import redact_text

SUCCESS = 300
REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id")
ERROR_TYPE = "x-amzn-errortype"
LENGTH = "content-length"
MAY_SAY_NOTHING = frozenset({("guardduty", "GetAdministratorAccount")})
"""Operations of which AWS documents that success without content is an answer. It counts where the answer itself says
that it has no content: one that was lost on its way does not."""
TOO_MANY = 429
SLOW_DOWN = re.compile(rb"Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|PriorRequestNotComplete|Rate exceeded")
"""How AWS says that it is asked too often, somewhere in the beginning of an error."""


@dataclass(slots=True)
class Call:
    """What is being asked in this context, and what has come back so far."""

    read: Read
    event: str
    body: bytes | None = None
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    redactions: Mapping[str, int] = field(default_factory=dict[str, int])
    request_id: str = ""
    attempts: int = 0
    throttled: int = 0
    recorded: AWSResponse | None = None
    hands_out_credentials: bool = False


_asking: ContextVar[Call | None] = ContextVar("call", default=None)


def install_hooks(emitter: Emitter) -> None:
    """Make every client that has these handlers pass its requests and answers through here."""
    emitter.register("before-send", cast("Any", _before_send))
    emitter.register("before-parse", cast("Any", _before_parse))


def _before_send(event_name: str, **_: object) -> AWSResponse | None:
    """Refuse what nobody declared, whatever made botocore send it; in a replay, answer from the recording."""
    call = _asking.get()
    if call is None or event_name != f"before-send.{call.event}":
        raise RefusedError(f"{event_name.removeprefix('before-send.')} was not declared, and not sent")
    call.attempts += 1
    return call.recorded


def _before_parse(operation_model: OperationModel, response_dict: dict[str, Any], **_: object) -> None:
    call = _asking.get()
    if call is None:
        raise RefusedError(f"nobody asked for {operation_model.name}")
    body, headers = response_dict["body"], response_dict["headers"]
    if body.__class__ is not bytes:
        raise RefusedError(f"{operation_model.name} answers with a stream, which cannot be sealed")
    call.status = response_dict["status_code"]
    failed = call.status >= SUCCESS
    if failed and (call.status == TOO_MANY or SLOW_DOWN.search(body[:1000])):
        call.throttled += 1
    call.request_id = next((str(headers[name]) for name in REQUEST_IDS if name in headers), "")
    if call.hands_out_credentials:
        return  # nothing of it is kept, and whoever asked needs it as it is
    call.headers = {name: redact_text(str(headers[name])) for name in _wanted(operation_model) if name in headers}
    if (call.read.service, call.read.operation) in MAY_SAY_NOTHING and not body and headers.get(LENGTH) == "0":
        call.headers[LENGTH] = "0"  # or a replay could not tell
        return
    try:
        call.body, call.redactions = mask(operation_model, body, failed=failed)
    except MalformedAnswerError:
        call.body = redact_text(body.decode(errors="replace")).encode()
        raise
    response_dict["body"] = call.body


def _wanted(operation: OperationModel) -> Iterator[str]:
    """The headers without which an answer cannot be read."""
    yield ERROR_TYPE
    output = operation.output_shape
    for name, member in output.members.items() if output is not None else ():
        if member.serialization.get("location") == "header":
            yield member.serialization.get("name", name).lower()


class _Nobody:
    """Signs what is never sent."""

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return ReadOnlyCredentials("recorded", "recorded", None)


def event_of(client: Any, read: Read) -> str:
    return f"{client.meta.service_model.service_id.hyphenize()}.{read.operation}"


def ask(client: Any, read: Read, parameters: Mapping[str, Any], call: Call, signer: Signer) -> Any:
    token = _asking.set(call)
    try:
        with acting_as(signer):
            return getattr(client, xform_name(read.operation))(**parameters)
    finally:
        _asking.reset(token)


def ask_again(client: Any, read: Read, parameters: Mapping[str, Any], exchange: Exchange, body: bytes) -> Any:
    """Have a recorded answer go through client and parser, as if it came now. Nothing is sent."""
    return ask(
        client, read, parameters, Call(read, event_of(client, read), recorded=_response(exchange, body)), _Nobody()
    )


class _Raw(io.BytesIO):
    """The bytes of an answer, as a connection would hand them out."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _response(exchange: Exchange, body: bytes) -> AWSResponse:
    headers: Any = {**exchange.headers, "date": timestamp(exchange.at)}
    return AWSResponse("recorded", int(exchange.status), headers, _Raw(body))
