"""One exchange with AWS, from the question to the parsed answer: guarded, masked, recorded, and the same in a replay.

The hooks are botocore's own events. Just before a request is sent, they refuse whatever is not being asked by `Line`;
just before an answer is parsed, they mask it. So what is recorded is what was parsed, and a replay, which hands in the
recorded bytes where the network would be, goes the very same way.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Collection, Hashable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    UnauthorizedSSOTokenError,
)
from botocore.model import OperationModel
from botocore.session import Session

from collectors.aws.clients import Clients, Signer, acting_as
from collectors.aws.errors import MalformedAnswerError, NoAnswerError, RefusedError
from collectors.aws.masking import mask
from collectors.aws.operations import Read
from collectors.aws.sharing import Shared, lasts
from core.codec import canonical, timestamp
from core.model import Exchange
from core.recording import Clock, Recorder, record, record_again, recording
from core.redaction import redact_text
from core.replay import Recording

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

NO_CREDENTIALS = (
    NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ProfileNotFound, SSOError,
    UnauthorizedSSOTokenError,
)  # fmt: skip


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


def install_hooks(session: Session) -> None:
    """Make every client of a session pass its requests and answers through here."""
    session.register("before-send", cast("Any", _before_send))
    session.register("before-parse", cast("Any", _before_parse))


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


class Line(Protocol):
    """A way to ask: the live one, and the one into a recording."""

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        """The parsed answer. Raises `ClientError` for an error that AWS answered, and the errors of `errors.py`."""

    def client(self, service: str, region: str) -> Any:
        """The client, for what it knows of its service."""

    def pause(self, seconds: float) -> None:
        """Wait for what AWS prepares."""


@dataclass(frozen=True, slots=True)
class About:
    """What a recording says of an exchange beside question and answer."""

    parameters: Mapping[str, str]
    page: int = 0
    listing: str = ""
    keep_body: bool = True


class LiveLine:
    """Asks AWS, as one signer, only what is declared, and what is `shared` by several collectors once for all."""

    def __init__(
        self, clients: Clients, signer: Signer, declared: Collection[Read], clock: Clock, shared: Shared | None = None
    ) -> None:
        self._clients = clients
        self._signer = signer
        self._declared = frozenset(declared)
        self._clock = clock
        self._shared = shared or Shared()

    def client(self, service: str, region: str) -> Any:
        return self._clients.client(service, region)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        if read not in self._declared:
            raise RefusedError(f"{read} is not declared by the collectors that look, and was not sent")
        question = (self, read, region, canonical(written(parameters)))
        turn = self._shared.turn(read, question) if about.keep_body else None
        if turn is None:
            return self._send(read, region, parameters, about)
        with turn.lock:
            if turn.told is None:
                return self._send_for_all(question, read, region, parameters, about)
        self._shared.asked(question)
        return self._repeat(*turn.told, read, region, parameters, about)

    def _send_for_all(
        self, question: Hashable, read: Read, region: str, parameters: Mapping[str, Any], about: About
    ) -> Any:
        """Ask, and keep what came back for those who ask the same later. Nobody else asks it meanwhile."""
        answer, error, recorder = None, None, Recorder()
        try:
            with recording() as recorder:
                answer = self._send(read, region, parameters, about)
        except ClientError as refused:
            error = refused
            raise
        finally:
            for each in recorder.exchanges:  # before the question's own may stand what getting credentials had to ask
                record_again(each, recorder.bodies.get(each.response))
            if (answer is not None or error is not None) and lasts(read, answer, error):
                exchange = recorder.exchanges[-1]
                self._shared.keep(question, exchange, recorder.bodies[exchange.response])
                self._shared.asked(question)
        return answer

    def _repeat(
        self, exchange: Exchange, body: bytes, read: Read, region: str, parameters: Mapping[str, Any], about: About
    ) -> Any:
        """Read again what somebody else was told, and record that this unit was told it as well."""
        answer = None
        try:
            answer = _again(self.client(read.service, region), read, parameters, exchange, body)
        finally:
            said = replace(
                exchange,
                parameters=dict(about.parameters),
                page=about.page,
                items=_items(answer, about.listing),
            )
            record_again(said, body)
        return answer

    def _send(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        at, begun, problem, answer, endpoint = self._clock(), time.monotonic(), "", None, ""
        call = Call(read, "", hands_out_credentials=not about.keep_body)
        status = ""
        try:
            try:
                client = self.client(read.service, region)
                endpoint = client.meta.endpoint_url
                call.event = _event(client, read)
                answer = _ask(client, read, parameters, call, self._signer)
            except Exception as error:
                silence = None if call.status else _silence(error)
                if silence is None:
                    raise
                status, problem = silence.kind, str(silence)
                raise silence from error
            else:
                return answer
        finally:
            record(
                str(read),
                about.parameters,
                (call.body or b"") if about.keep_body else None,
                status=status or str(call.status or "error"),
                at=at,
                duration_ms=int((time.monotonic() - begun) * 1000),
                request_id=call.request_id,
                error=problem,
                redactions=call.redactions,
                endpoint=endpoint,
                page=about.page,
                items=_items(answer, about.listing),
                headers=call.headers,
                attempts=call.attempts,
                throttled=call.throttled,
            )


class RecordedLine:
    """Asks a recording. The same clients, the same parsers, no network and no credentials."""

    def __init__(self, clients: Clients, recording: Recording) -> None:
        self._clients = clients
        self._recording = recording

    def client(self, service: str, region: str) -> Any:
        return self._clients.client(service, region)

    def pause(self, seconds: float) -> None:
        """What was prepared then is there."""

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        exchange, body = self._recording.answer(str(read), about.parameters)
        if not exchange.status.isdigit():
            raise NoAnswerError(exchange.status, exchange.error)
        return _again(self.client(read.service, region), read, parameters, exchange, body)


class _Nobody:
    """Signs what is never sent."""

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return ReadOnlyCredentials("recorded", "recorded", None)


def _event(client: Any, read: Read) -> str:
    return f"{client.meta.service_model.service_id.hyphenize()}.{read.operation}"


def _ask(client: Any, read: Read, parameters: Mapping[str, Any], call: Call, signer: Signer) -> Any:
    token = _asking.set(call)
    try:
        with acting_as(signer):
            return getattr(client, xform_name(read.operation))(**parameters)
    finally:
        _asking.reset(token)


def _again(client: Any, read: Read, parameters: Mapping[str, Any], exchange: Exchange, body: bytes) -> Any:
    """Have a recorded answer go through client and parser, as if it came now. Nothing is sent."""
    return _ask(
        client, read, parameters, Call(read, _event(client, read), recorded=_response(exchange, body)), _Nobody()
    )


def written(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as they are recorded: text as it is, everything else as canonical JSON."""
    return {name: value if isinstance(value, str) else canonical(value).decode() for name, value in parameters.items()}


def _items(answer: Any, listing: str) -> int | None:
    found = answer.get(listing) if isinstance(answer, dict) and listing else None
    return len(found) if isinstance(found, list) else None


def _silence(error: Exception) -> NoAnswerError | None:
    """What it means that no answer came; `None` when an error is something else."""
    match error:
        case NoAnswerError():
            return error
        case ClientError():  # of another question, which getting credentials had to ask first
            code = str(error.response.get("Error", {}).get("Code", ""))
            return NoAnswerError("credentials", f"{error.operation_name} for credentials was answered with {code}")
        case RefusedError() | MalformedAnswerError():
            return None
        case ConnectionError() | HTTPClientError():
            return NoAnswerError("unreachable", f"no answer from the endpoint: {type(error).__name__}")
        case _ if isinstance(error, NO_CREDENTIALS):
            return NoAnswerError("credentials", f"there are no credentials to ask with: {type(error).__name__}")
        case BotoCoreError():
            return NoAnswerError(
                "other", f"it could not be asked: {type(error).__name__}: {redact_text(str(error)):.300}"
            )
    return None


class _Raw(io.BytesIO):
    """The bytes of an answer, as a connection would hand them out."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _response(exchange: Exchange, body: bytes) -> AWSResponse:
    headers: Any = {**exchange.headers, "date": timestamp(exchange.at)}
    return AWSResponse("recorded", int(exchange.status), headers, _Raw(body))
