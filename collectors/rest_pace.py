"""How fast an interface may be asked: documented rates kept, and what it says about waiting understood."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT_FROM = 10**8
"""A reset that is at least this many seconds is a moment since 1970, and no span: three years of waiting are none."""
LIMIT = ("x-rate-limit-limit", "x-ratelimit-limit", "ratelimit-limit")
LEFT = ("x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining")
RESET = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
"""Okta's spelling, GitHub's, and that of the IETF's draft."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
LONGEST_QUEUE = 10
"""How many questions may wait for their turns one after the other, each within its patience."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds, as a provider documents."""

    calls: int
    seconds: float


class Pace:
    """Keeps one rate among threads: calls up to the rate may come at once, then each waits for its turn."""

    def __init__(self, rate: Rate | None, now: Callable[[], float]) -> None:
        self._step = rate.seconds / rate.calls if rate else 0.0
        self._early = rate.seconds - self._step if rate else 0.0
        self._now = now
        self._lock = threading.Lock()
        self._due = 0.0
        self._closed_until = 0.0
        self._breath = 0.0

    def turn(self) -> float:
        """Take a turn: how many seconds to wait for it."""
        with self._lock:
            now = self._now()
            due = max(self._due, now)
            self._due = due + max(self._step, self._breath)
            return max(due - self._early - now, self._closed_until - now, 0.0)

    def breathe(self, seconds: float) -> None:
        """From now on leave so many seconds between turns, if the rate leaves no more."""
        with self._lock:
            self._breath = seconds

    def close_for(self, seconds: float) -> None:
        """Nobody's turn comes before so many seconds have passed."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._now() + seconds)


def asked_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """For how many seconds an answer asks to be left alone; `None` when it says nothing that can be understood.

    Moments are compared with the answer's own Date: clocks differ. `now` serves where there is none.
    """
    theirs = _date(headers.get("date", "")) or now
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        return float(after)
    if moment := _date(after):
        return max(0.0, (moment - theirs).total_seconds())
    if headers.get("retry-after") is None and _number(headers, LEFT) not in (None, 0):
        return None  # what ran out is something else than what is counted here
    return until_reset(headers, now)


def until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """In how many seconds calls are counted anew; `None` where nothing is said."""
    reset = _number(headers, RESET)
    if reset is None or reset < MOMENT_FROM:
        return None if reset is None else float(reset)
    # A whole second more: the moment is cut off to one.
    theirs = _date(headers.get("date", "")) or now
    return max(0.0, (EPOCH + timedelta(seconds=reset) - theirs).total_seconds() + 1)


def between(headers: Mapping[str, str], now: datetime, patience: float) -> float:
    """How many seconds to leave between calls so that those that are left last until calls are counted anew.

    0 while half of them are left, and where that moment comes within the patience of one question.
    """
    left, limit, rest = _number(headers, LEFT), _number(headers, LIMIT), until_reset(headers, now)
    if not left or not limit or rest is None or left * 2 > limit or rest <= patience:
        return 0.0
    return min(rest / left, patience / LONGEST_QUEUE)


def used_up(headers: Mapping[str, str], spare: float = 0.0) -> bool:
    """Whether an answer says that no further call is left for now, but for the share that is spared for others."""
    left, limit = _number(headers, LEFT), _number(headers, LIMIT)
    return left is not None and left <= (limit or 0) * spare


def pause_before(attempt: int) -> float:
    """Seconds before the attempt of this number, where nothing was said."""
    return min(FIRST_PAUSE * 2.0 ** (attempt - 2), LONGEST_PAUSE)


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    texts = (headers[name].strip() for name in names if name in headers)
    return next((int(text) for text in texts if text.isdecimal()), None)


def _date(text: str) -> datetime | None:
    """A date of HTTP (RFC 9110, 5.6.7)."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
