"""The way to a JSON interface, behind what a `Line` promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

from collectors._rest_sending import HINTS, PATIENCE, REFUSED, Question, Sender, Sent, Wait
from collectors.rest import BRACES, CONFIGURED, Line, Read, Turning, as_recorded
from collectors.rest_answers import (
    CIRCLE,
    ELSEWHERE,
    FOLLOWING,
    MORE,
    UNREADABLE,
    Answer,
    RestError,
    strictly,
    understood,
)
from collectors.rest_credentials import Credential
from collectors.rest_pace import Rate
from core.codec import decode, encode
from core.recording import Clock, record
from core.redaction import redact

T = TypeVar("T")
REQUEST_IDS = ("x-request-id", "x-okta-request-id", "x-github-request-id", "request-id", "x-ms-request-id")
TLS_PORT = 443
BODY = "body"
"""The parameter that is the JSON of a question that is put by POST."""


class LiveLine(Line):
    """Asks what is declared, of the addresses in `bases` by the service of a `Read`.

    `authority` is a file of who signed the certificate, empty for the system's. `keeps` are headers of answers that are
    recorded, `sends` what goes along with each question, `rates` the documented ones by the limit of a `Read`.
    `spare` is which share of the calls that are counted together others must find left.
    """

    def __init__(  # noqa: PLR0913 - what interfaces differ in
        self,
        bases: Mapping[str, str],
        credential: Credential,
        declared: Collection[Read],
        clock: Clock,
        *,
        authority: str = "",
        keeps: Collection[str] = (),
        sends: Mapping[str, str] | None = None,
        rates: Mapping[str, Rate] | None = None,
        wait: Wait | None = None,
        patience: float = PATIENCE,
        spare: float = 0.0,
    ) -> None:
        self._bases = {service: base.rstrip("/") for service, base in bases.items()}
        self._declared = frozenset(declared)
        self._clock = clock
        self._keeps = frozenset(keeps)
        self._sender = Sender(
            credential, clock, authority=authority, sends=sends or {}, rates=rates or {}, wait=wait or Wait(),
            patience=patience, spare=spare,
        )  # fmt: skip

    def configured(self, kind: type[T], said: T | None) -> T:
        body = encode(said)
        record(CONFIGURED, {}, body, status="200", at=self._clock(), duration_ms=0)
        return decode(kind, body)

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        turning.page += 1
        at, begun = self._clock(), self._sender.wait.seconds()
        base = self._bases[read.service]
        question = self._question(read, base, parameters, turning)
        if read in self._declared:
            sent = self._sender.send(question)
        else:
            sent = Sent(silence=REFUSED, problem=f"{read} is not declared as reading, and was not sent")
        body, counts = redact(sent.body)
        kept = {name: value for name, value in sent.headers.items() if name in self._keeps}
        items: int | None = None
        try:
            if sent.silence:
                kept = {"hint": HINTS[sent.silence]}
                raise RestError(sent.problem, kept["hint"], kind=sent.silence)
            answer = understood(str(read), sent.status, body, kept)
            items = _count(answer, turning)
            unmasked = answer.data if body == sent.body else strictly(str(read), sent.body)
            if word := _followed(unmasked, sent.headers, question.url, turning):
                kept[FOLLOWING] = word
            return replace(answer, headers=kept)
        finally:
            record(
                str(read), as_recorded(parameters, turning.page), body,
                status=sent.silence or str(sent.status), at=at,
                duration_ms=int((self._sender.wait.seconds() - begun) * 1000),
                request_id=next((sent.headers[name] for name in REQUEST_IDS if name in sent.headers), ""),
                error=sent.problem, redactions=counts, endpoint=base,
                page=turning.page if turning.following else 0, items=items, headers=kept,
                attempts=sent.attempts, throttled=sent.throttled,
            )  # fmt: skip

    def close(self) -> None:
        self._sender.close()

    def _question(self, read: Read, base: str, parameters: Mapping[str, str], turning: Turning) -> Question:
        if isinstance(turning.onward, str):
            return Question(turning.onward, limit=read.limit)
        said = {**parameters, **(turning.onward or {})}
        path = BRACES.sub(lambda found: quote(said[found[1]], safe=""), read.path)
        rest = {name: value for name, value in said.items() if name not in read.places and name != BODY}
        url = f"{base}{path}{'?' if rest else ''}{urlencode(rest, quote_via=quote)}"
        return Question(url, said.get(BODY, "{}").encode() if read.posts else None, read.limit, read.as_nobody)


def _followed(data: object, headers: Mapping[str, str], asked: str, turning: Turning) -> str:
    """What is to be recorded of the way to the next page, which `turning` is told."""
    if turning.following is None:
        return ""
    try:
        onward = turning.following(data, headers)
        if isinstance(onward, str):
            onward = urljoin(asked, onward)
    except ValueError:
        return UNREADABLE
    if not onward:
        return ""
    if isinstance(onward, str):
        if _origin(onward) != _origin(asked):
            return ELSEWHERE
        passed: object = onward
        turning.passed.add(asked)
    else:
        passed = tuple(sorted(onward.items()))
    if passed in turning.passed:
        return CIRCLE
    turning.passed.add(passed)
    turning.onward = onward
    return MORE


def _origin(address: str) -> tuple[str, str | None, int | None, str | None]:
    """Whom an address leads to; somebody named in it is somebody else."""
    try:
        parts = urlsplit(address)
        port = parts.port or (TLS_PORT if parts.scheme == "https" else None)
    except ValueError:
        return "", None, None, None
    return parts.scheme, parts.hostname, port, parts.username


def _count(answer: Answer, turning: Turning) -> int | None:
    data = answer.data.get(turning.items) if isinstance(answer.data, dict) else answer.data
    return len(data) if turning.following and isinstance(data, list) else None
