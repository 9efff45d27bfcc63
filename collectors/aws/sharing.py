"""Questions that several collectors ask: whoever asks later is told what the first was told, in the same bytes.

Only what more than one collector declares is kept, until each of them has asked, and never more than `MOST_BYTES`.
What may be otherwise a moment later (`lasts`) is kept for nobody.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import EXPIRED, NOT_OPTED_IN, SERVER_ERROR, THROTTLED, code_of
from collectors.aws.operations import STARTS_A_REPORT, Read
from core.model import Exchange
from core.plugins import Collector

MOST_BYTES = 16_000_000
"""How much of all answers of an account is kept at most. The oldest makes room: its question is then asked again."""
NOT_READY = frozenset(["ReportNotPresent", "ReportInProgress", "ReportExpired"])
"""How IAM says that it is still writing a report."""
PASSING = EXPIRED | NOT_OPTED_IN | THROTTLED | NOT_READY
"""Errors that may be gone a moment later."""
READY = "COMPLETE"


@dataclass(slots=True)
class Turn:
    """One question. Whoever asks holds `lock`, so that two who ask at once make one call; `left` may still ask."""

    left: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    told: tuple[Exchange, bytes] | None = None


class Shared:
    """What was answered to questions that several of these collectors declare."""

    def __init__(self, collectors: Iterable[Collector] = ()) -> None:
        self._askers = Counter(read for collector in collectors for read in frozenset(collector.permissions))
        self._guard = threading.Lock()
        self._turns: dict[Hashable, Turn] = {}
        self._bytes = 0

    def apart(self) -> Shared:
        """The same for another account, of which nothing was answered yet: it is forgotten with that account."""
        other = Shared()
        other._askers = self._askers
        return other

    def turn(self, read: Read, question: Hashable) -> Turn | None:
        """The turn of a question; `None` where only one collector asks such."""
        if self._askers[read] < 2:  # noqa: PLR2004 - one and another
            return None
        with self._guard:
            return self._turns.setdefault(question, Turn(left=self._askers[read]))

    def keep(self, question: Hashable, exchange: Exchange, body: bytes) -> None:
        """Keep the answer for those who ask later. The lock of its turn is held."""
        with self._guard:
            turn = self._turns.get(question)
            if turn is None or turn.told is not None or len(body) > MOST_BYTES:
                return
            turn.told = exchange, body
            self._bytes += len(body)
            for each in list(self._turns):
                if self._bytes <= MOST_BYTES:
                    break
                if each != question:
                    self._forget(each)

    def asked(self, question: Hashable) -> None:
        """Count one who asked. After the last, nothing is kept."""
        with self._guard:
            turn = self._turns.get(question)
            if turn is not None:
                turn.left -= 1
                if turn.left == 0:
                    self._forget(question)

    def _forget(self, question: Hashable) -> None:
        turn = self._turns.pop(question)
        self._bytes -= len(turn.told[1]) if turn.told else 0


def lasts(read: Read, answer: Any, error: ClientError | None) -> bool:
    """Whether whoever asks next would be told the same: an answer, or a refusal that a moment does not lift."""
    if error is not None:
        status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", SERVER_ERROR)
        return status < SERVER_ERROR and code_of(error) not in PASSING
    return (read.service, read.operation) not in STARTS_A_REPORT or answer.get("State") == READY
