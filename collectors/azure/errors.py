"""What can go wrong when Azure is asked, and what it means: each error becomes a gap with a hint."""

from __future__ import annotations

import re

from core.model import CollectionGap
from core.redaction import redact_text

PERMISSIONS_HINT = "assign the role that `annexa permissions azure` prints, at the subscription or above it"
REACH_HINT = (
    "assign Reader, or the role that `annexa permissions azure` prints, to the identity that looks, at the "
    "subscription or a management group above it"
)
CREDENTIALS_HINT = "renew the credentials (az login; a new secret or certificate), then scan again"
NETWORK_HINT = "see whether this machine reaches the endpoint, directly or by HTTPS_PROXY"
AGAIN_HINT = "scan again later"
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, THROTTLED, BROKEN = 401, 403, 404, 429, 500
_VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*Z?",
    re.IGNORECASE,
)
"""Ids of requests and times in the words of an error, which would make each scan's gap another one."""


class NoAnswerError(Exception):
    """Azure did not answer. `kind` is one of `HINTS`; it is recorded, so that a replay raises the same."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class AnswerError(Exception):
    """Azure answered with an error, which may be an answer (`is_answer`)."""

    def __init__(self, question: str, status: int, code: str, said: str) -> None:
        super().__init__(f"{question} was answered with {status} {code}".rstrip())
        self.question = question
        self.status = status
        self.code = code
        self.said = said


class MalformedAnswerError(Exception):
    """What came back is not an answer of Azure: cut off, empty, or of another shape than is documented."""


class RefusedError(Exception):
    """Something would have been asked that was not declared as reading, or elsewhere. It was not sent."""


class IncompleteError(Exception):
    """A listing ended, and is not known to be all there is."""

    def __init__(self, reason: str, hint: str = REACH_HINT, *, retryable: bool = False) -> None:
        super().__init__(reason)
        self.hint = hint
        self.retryable = retryable


HINTS = {
    "unreachable": (NETWORK_HINT, True),
    "credentials": (CREDENTIALS_HINT, False),
    "other": ("", True),
}
"""Hint and whether asking again may help, for each kind of silence."""


def is_answer(error: Exception, *codes: str) -> bool:
    """Whether an error is an answer, such as "there is no such setting", with one of these codes."""
    return isinstance(error, AnswerError) and error.code in codes


def explain(error: Exception, where: str) -> CollectionGap | None:
    """What an error means; `where` is the source and scope, in words. `None` for what is no error of Azure."""
    match error:
        case NoAnswerError():
            hint, retryable = HINTS.get(error.kind, HINTS["other"])
            return CollectionGap(f"{where}: {error}", hint, retryable)
        case IncompleteError():
            return CollectionGap(f"{where}: {error}", error.hint, error.retryable)
        case MalformedAnswerError() | RefusedError():
            return CollectionGap(f"{where}: {error}", "", isinstance(error, MalformedAnswerError))
        case AnswerError():
            return _explain_answer(error, where)
    return None


def _explain_answer(error: AnswerError, where: str) -> CollectionGap:
    begin, code = f"{where}: {error.question}", error.code or str(error.status)
    if error.status == UNAUTHORIZED:
        return CollectionGap(f"{begin}: the credentials are not accepted ({code})", CREDENTIALS_HINT)
    if error.status == FORBIDDEN:
        return CollectionGap(f"{begin} is denied ({code})", PERMISSIONS_HINT)
    if error.status == THROTTLED:
        return CollectionGap(f"{begin} was throttled to the end ({code})", AGAIN_HINT, retryable=True)
    if error.status >= BROKEN:
        return CollectionGap(f"{begin}: the service broke down with status {error.status} ({code})", AGAIN_HINT, True)
    said = _VOLATILE.sub("…", redact_text(error.said))
    return CollectionGap(f"{begin} was answered with {error.status} {code}: {said:.300}", "", retryable=False)
