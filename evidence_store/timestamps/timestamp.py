"""Trusted time: asking authorities to stamp a note (RFC 3161), and what a stamp proves later, without them.

A stamp is the authority's whole answer in DER, as `openssl ts -verify` reads it. It is believed only when it is about
exactly our bytes, answers our nonce, and its signer leads to a certificate that we chose, valid when it was signed.
"""

from __future__ import annotations

import hashlib
import queue
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException, InvalidURL
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    TimeStampTokenInfo,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from core import __version__
from core.codec import timestamp
from core.errors import AnnexaError

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
SHA256 = "2.16.840.1.101.3.4.2.1"
LARGEST_ANSWER = 2**16
PATIENCE = 20.0
"""Seconds that a scan waits for all authorities together, names and connections included."""

CLOCK_LIMIT = timedelta(seconds=60)
"""How far the clock of this machine may be from an authority's before that is worth saying."""


class StampError(AnnexaError):
    """There is no stamp, or it does not prove what it should. The message is the reason that is recorded."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who stamps, and the certificates (PEM) its signer must lead to; `problem` says why they could not be read."""

    name: str
    url: str
    certificates: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of asking: the `response`, or the `problem`. Moments are those of this machine's clock."""

    authority: str
    requested: datetime
    answered: datetime
    nonce: int
    certificates: str
    response: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Stamped:
    """The moment that an authority vouches for, and how exact it says to be."""

    time: datetime
    accuracy: timedelta

    @property
    def earliest(self) -> datetime:
        return self.time - self.accuracy

    @property
    def latest(self) -> datetime:
        return self.time + self.accuracy


def read_certificates(pem: str) -> list[Certificate]:
    """The certificates in PEM text. Raises `StampError` when there is none, or one cannot be read."""
    try:
        return load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise StampError("the certificate file holds no readable PEM certificates") from error


def ask_all(
    authorities: Sequence[Authority], message: bytes, clock: Callable[[], datetime], patience: float = PATIENCE
) -> list[Attempt]:
    """Ask all authorities at once to stamp `message`. Never raises: what went wrong is in the attempt.

    Each is asked in a thread that can be given up, because neither looking up a name nor an answer that drips in byte
    by byte knows an end.
    """
    started, deadline = clock(), time.monotonic() + patience
    answers: queue.SimpleQueue[Attempt] = queue.SimpleQueue()

    def work(authority: Authority) -> None:
        answers.put(ask(authority, message, clock, patience))

    for each in authorities:
        threading.Thread(target=work, args=(each,), daemon=True).start()
    done: dict[str, Attempt] = {}
    try:
        while len(done) < len(authorities):
            attempt = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            done[attempt.authority] = attempt
    except queue.Empty:
        pass
    late = f"it did not answer within {patience:g} s"
    return [done.get(each.name) or _failed(each, started, clock(), 0, late) for each in authorities]


def ask(authority: Authority, message: bytes, clock: Callable[[], datetime], patience: float = PATIENCE) -> Attempt:
    """Ask one authority to stamp `message`, and believe its answer only when it proves that. Never raises."""
    query = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    nonce = query.nonce or 0
    requested = clock()
    try:
        if authority.problem:
            raise StampError(authority.problem)
        read_certificates(authority.certificates)
        response = _post(authority.url, query.as_bytes(), patience)
        answered = clock()
        check(response, message, authority.certificates, nonce)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's answer does, it may not cost a scan
        return _failed(authority, requested, clock(), nonce, _reason(error))
    return Attempt(
        authority=authority.name,
        requested=requested,
        answered=answered,
        nonce=nonce,
        certificates=authority.certificates,
        response=response,
    )


def check(response: bytes, message: bytes, certificates: str, nonce: int) -> Stamped:
    """What a response proves about `message`, offline. Raises `StampError` that names the first thing that is wrong.

    Certificates need to have been valid at the time that is stamped, not today (RFC 3161, section 4, item 4).
    """
    anchors = read_certificates(certificates)
    try:
        decoded = decode_timestamp_response(response)
    except ValueError as error:
        raise StampError("its answer is not an RFC 3161 response in DER") from error
    try:
        if decoded.status != PKIStatus.GRANTED:
            raise StampError(_refusal(decoded))
        found = decoded.tst_info
        imprint = found.message_imprint
        if imprint.hash_algorithm.dotted_string != SHA256 or imprint.message != hashlib.sha256(message).digest():
            raise StampError("it stamped another message")
        if found.nonce != nonce:
            raise StampError("it answers another question: the nonce is not ours")
        VerifierBuilder(roots=anchors, nonce=nonce).build().verify_message(decoded, message)
        return Stamped(found.gen_time, _accuracy(found))
    except (VerificationError, ValueError) as error:
        raise StampError(f"its signature is refused: {_cause(str(error))}") from error


def clock_problem(authority: str, requested: datetime, answered: datetime, stamped: Stamped) -> str:
    """How the clock of this machine and an authority's disagree, or nothing when they agree to the minute."""
    if requested - stamped.latest > CLOCK_LIMIT:
        off, way, ours = requested - stamped.time, "ahead of", requested
    elif stamped.earliest - answered > CLOCK_LIMIT:
        off, way, ours = stamped.time - answered, "behind", answered
    else:
        return ""
    seconds = round(off.total_seconds())
    said = f"ours said {timestamp(ours)}, the stamp says {timestamp(stamped.time)}"
    return f"the clock of this machine was {seconds} s {way} that of {authority}: {said}"


def _post(url: str, query: bytes, seconds: float) -> bytes:
    request = Request(url, query, {"Content-Type": QUERY, "Accept": REPLY, "User-Agent": f"annexa/{__version__}"})  # noqa: S310 - the opener knows http and https alone
    with _opener().open(request, timeout=seconds) as answer:
        kind = answer.headers.get_content_type()
        if kind != REPLY:
            raise StampError(f"its answer is {kind:.60}, not {REPLY}")
        data: bytes = answer.read(LARGEST_ANSWER + 1)
    if len(data) > LARGEST_ANSWER:
        raise StampError(f"its answer is longer than {LARGEST_ANSWER} bytes")
    return data


def _opener() -> OpenerDirector:
    """HTTP and HTTPS, proxies of the environment, certificates verified; no redirects, no files, no other scheme."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(context=ssl.create_default_context()),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _failed(authority: Authority, requested: datetime, answered: datetime, nonce: int, problem: str) -> Attempt:
    return Attempt(
        authority=authority.name,
        requested=requested,
        answered=answered,
        nonce=nonce,
        certificates="",
        problem=problem,
    )


def _reason(error: Exception) -> str:
    """Why there is no stamp, without the address: a URL may hold what nobody else should read."""
    match error:
        case StampError():
            return str(error)
        case HTTPError(code=code) if code in range(300, 400):
            return f"it answered {code}: redirects are not followed, name the address it leads to"
        case HTTPError(code=code):
            return f"it answered with the status {code}"
        case URLError(reason=OSError() as cause) | (OSError() as cause):
            return f"it cannot be reached: {cause.strerror or type(cause).__name__}"
        case HTTPException() if not isinstance(error, InvalidURL):
            return f"its answer is not HTTP: {type(error).__name__}"
    return f"it cannot be asked: {type(error).__name__}"


def _refusal(decoded: TimeStampResponse) -> str:
    words = "; ".join(decoded.status_string)
    named: Mapping[int, str] = {each.value: each.name.lower().replace("_", " ") for each in PKIStatus}
    status = named.get(decoded.status, str(decoded.status))
    return f"it did not grant a stamp: {status}" + (f", {words:.200}" if words else "")


def _cause(error: str) -> str:
    """The sentence in what OpenSSL says: the last reason on its stack, or the one that verifying a chain adds to it."""
    found = re.findall(r'Verify error:\s*([^"]+)"', error) or re.findall(r'reason: "([^"]+)"', error) or [error]
    return f"{found[-1]:.200}"


def _accuracy(found: TimeStampTokenInfo) -> timedelta:
    stated = found.accuracy
    if stated is None:
        return timedelta(0)
    return timedelta(seconds=stated.seconds or 0, milliseconds=stated.millis or 0, microseconds=stated.micros or 0)
