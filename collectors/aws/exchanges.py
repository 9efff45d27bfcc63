"""One exchange with AWS, from the question to the parsed answer: declared, asked once for all, recorded, replayed."""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from botocore.exceptions import ClientError

from collectors.aws.asking import Call, ask, ask_again, event_of
from collectors.aws.clients import Clients, Signer
from collectors.aws.errors import NoAnswerError, RefusedError
from collectors.aws.operations import Read
from collectors.aws.sharing import Shared, lasts
from collectors.aws.silence import silence_of
from core.codec import canonical
from core.model import Exchange
from core.recording import Clock, Recorder, record, record_again, recording
from core.replay import Recording


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
            answer = ask_again(self.client(read.service, region), read, parameters, exchange, body)
        finally:
            said = replace(
                exchange,
                parameters=dict(about.parameters),
                page=about.page,
                items=_items(answer, about.listing),
                attempts=0,
                throttled=0,
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
                call.event = event_of(client, read)
                answer = ask(client, read, parameters, call, self._signer)
            except Exception as error:
                silence = None if call.status else silence_of(error)
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
        return ask_again(self.client(read.service, region), read, parameters, exchange, body)


def written(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as they are recorded: text as it is, everything else as canonical JSON."""
    return {name: value if isinstance(value, str) else canonical(value).decode() for name, value in parameters.items()}


def _items(answer: Any, listing: str) -> int | None:
    found = answer.get(listing) if isinstance(answer, dict) and listing else None
    return len(found) if isinstance(found, list) else None
