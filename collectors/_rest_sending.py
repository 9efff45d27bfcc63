"""Sending a question over HTTPS until there is an answer, or until it is clear that there will be none."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from collectors.rest_answers import FORBIDDEN, SUCCESS, TOO_MANY, UNAUTHORIZED, RestError, strictly
from collectors.rest_credentials import Credential
from collectors.rest_pace import Pace, Rate, asked_to_wait, between, pause_before, until_reset, used_up
from core import __version__
from core.errors import AnnexaError
from core.recording import Clock, record
from core.redaction import redact_text

CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
LARGEST_ANSWER = 64 * 2**20
"""Bytes, unpacked: no page is larger."""
AT_ONCE = 8
"""How many questions may be under way to one interface."""
PATIENCE = 100.0
"""Seconds that one question may wait because it was told to, or because something broke: less than a unit has."""
MOST_BROKEN = 4
"""How often a question is asked that brings no answer, or one that says that the service is broken."""
BROKEN = frozenset({500, 502, 503, 504})
HIDDEN, SHORTEST_SECRET = b"[redacted: our own credential]", 8
SECONDARY, SECONDARY_PAUSE = b"secondary rate limit", 60.0
"""What GitHub says beside 403, at times without a header, and how many seconds it then wants at the least:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
EXCEEDED = (b'"rateLimitExceeded"', b'"userRateLimitExceeded"', SECONDARY)
"""Reasons that Google gives beside 403: https://developers.google.com/workspace/admin/directory/v1/limits"""
UNREACHABLE, UNTRUSTED, THROTTLED, TOO_LARGE, REFUSED, CREDENTIALS = (
    "unreachable", "untrusted", "throttled", "too large", "refused", "credentials",
)  # fmt: skip
HINTS = {
    UNREACHABLE: "see whether this machine reaches the address, directly or by HTTPS_PROXY",
    UNTRUSTED: "see that the address is right, and that authority signed a certificate of its name",
    THROTTLED: "scan again later, or when others ask less",
    TOO_LARGE: "nothing can be done here: no such answer is read",
    REFUSED: "declare it among the permissions of the collector",
    CREDENTIALS: "see that the credential is what the interface expects, and still valid",
}
"""What to do about each way not to get an answer."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How time passes: seconds that only go up, and how to let some pass."""

    seconds: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent: the whole address, and JSON for the few that are put by POST."""

    url: str
    body: bytes | None = None
    limit: str = ""
    as_nobody: bool = False


@dataclass(slots=True)
class Sent:
    """What came of a question after all attempts. `silence` says which way there was no answer, `problem` why."""

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    attempts: int = 0
    throttled: int = 0
    silence: str = ""
    problem: str = ""


class Sender:
    """Sends to interfaces that take one credential. Redirections are not followed; TLS is verified, always."""

    def __init__(  # noqa: PLR0913 - what interfaces differ in
        self,
        credential: Credential,
        clock: Clock,
        *,
        authority: str,
        sends: Mapping[str, str],
        rates: Mapping[str, Rate],
        wait: Wait,
        patience: float,
        spare: float,
    ) -> None:
        self.wait = wait
        self._credential = credential
        self._clock = clock
        self._authority = authority
        self._headers = {"Accept": "application/json", "User-Agent": f"annexa/{__version__}", **sends}
        self._paces = {limit: Pace(rate, wait.seconds) for limit, rate in rates.items()}
        self._patience = patience
        self._spare = spare
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None

    def send(self, question: Question) -> Sent:
        """Ask until something final came back."""
        sent, until = Sent(), self.wait.seconds() + self._patience
        pace = self._pace(question.limit)
        broken, renewed, pause = 0, False, 0.0
        while True:
            pause = max(pause, pace.turn())
            if self.wait.seconds() + pause > until:
                sent.silence = sent.silence or THROTTLED
                sent.problem = sent.problem or f"{_origin(question.url)} asked us to wait longer than we do"
                return sent
            if pause:
                self.wait.pause(pause)
            try:
                secret = {} if question.as_nobody else self._credential.headers(self.exchange)
            except (RestError, AnnexaError) as error:  # the latter where a reference leads nowhere
                sent.silence, sent.problem = CREDENTIALS, str(error)
                return sent
            sent.silence = sent.problem = ""
            sent.attempts += 1
            self._once(question, secret, sent)
            pause = 0.0
            if sent.status == UNAUTHORIZED and secret and not renewed and self._renewed(secret):
                renewed = True
            elif _is_throttled(sent):
                sent.throttled += 1
                unsaid = SECONDARY_PAUSE if SECONDARY in sent.body else pause_before(sent.throttled + 1)
                pause = asked_to_wait(sent.headers, self._clock()) or unsaid
                pace.close_for(pause)
            elif sent.silence == UNREACHABLE or sent.status in BROKEN:
                broken += 1
                if broken == MOST_BROKEN:
                    return sent
                pause = asked_to_wait(sent.headers, self._clock()) or pause_before(broken + 1)
            else:
                pace.breathe(between(sent.headers, self._clock(), self._patience))
                if used_up(sent.headers, self._spare) and (rest := until_reset(sent.headers, self._clock())):
                    pace.close_for(rest)
                return sent

    def _renewed(self, refused: Mapping[str, str]) -> bool:
        try:
            return self._credential.renew(refused)
        except AnnexaError:
            return False

    def exchange(self, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Any:
        """Ask for a token (`Exchanging`). Of what came back nothing is kept, and no word of it is repeated."""
        at, sent = self._clock(), Sent()
        begun = self.wait.seconds()
        words = Question(url)
        self._once(words, headers, sent, form={} if form is None else form)
        record(
            "POST token", {}, None, status=sent.silence or str(sent.status), at=at,
            duration_ms=int((self.wait.seconds() - begun) * 1000), error=sent.problem, endpoint=_origin(url),
        )  # fmt: skip
        if sent.silence:
            raise RestError(sent.problem, HINTS[sent.silence])
        if sent.status not in SUCCESS:
            raise RestError(f"{_origin(url)} gives no token: status {sent.status}", HINTS[CREDENTIALS])
        return strictly("POST token", sent.body)

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _pace(self, limit: str) -> Pace:
        with self._lock:
            return self._paces.setdefault(limit, Pace(None, self.wait.seconds))

    def _once(
        self, question: Question, secret: Mapping[str, str], sent: Sent, form: Mapping[str, str] | None = None
    ) -> None:
        """One attempt, told in `sent`."""
        sent.status, sent.body, sent.headers = 0, b"", {}
        verb = "GET" if question.body is None and form is None else "POST"
        headers = {**self._headers, **secret}
        if question.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with (
                self._places,
                self._client.stream(verb, question.url, headers=headers, content=question.body, data=form) as response,
            ):
                sent.headers = {name.lower(): value for name, value in response.headers.items()}
                sent.status = response.status_code
                sent.body = _read(response)
        except _TooLargeError:
            sent.silence, sent.problem = TOO_LARGE, f"the answer of {_origin(question.url)} is larger than 64 MiB"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            sent.silence, sent.problem = _silence(error, question.url)
        for word in (word for value in secret.values() for word in value.split()):
            if len(word) >= SHORTEST_SECRET:  # an answer that repeats what was sent
                sent.body = sent.body.replace(word.encode(), HIDDEN)

    @property
    def _client(self) -> httpx.Client:
        with self._lock:
            if self._opened is None:
                self._opened = httpx.Client(
                    verify=ssl.create_default_context(cafile=self._authority or None),
                    timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
                    limits=httpx.Limits(max_connections=AT_ONCE),
                    follow_redirects=False,
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # each question stands for itself
                )
            return self._opened


class _TooLargeError(Exception):
    """An answer goes on and on."""


def _read(response: httpx.Response) -> bytes:
    parts, size = list[bytes](), 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER:
            raise _TooLargeError
        parts.append(part)
    return b"".join(parts)


def _is_throttled(sent: Sent) -> bool:
    """429, or 403 that says when to come back, as GitHub does, or that a rate was exceeded, as Google does."""
    return sent.status == TOO_MANY or (
        sent.status == FORBIDDEN
        and ("retry-after" in sent.headers or used_up(sent.headers) or any(word in sent.body for word in EXCEEDED))
    )


def _silence(error: Exception, url: str) -> tuple[str, str]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UNTRUSTED, f"{_origin(url)} cannot be trusted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return UNREACHABLE, f"{_origin(url)} gave no answer: {redact_text(str(error)) or type(error).__name__}"


def _origin(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"
