"""How far a host's clock is from ours, measured in the same round trip as everything else."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from collectors.host.source import HOST_TIME, FactError, Host
from core.plugins import collector
from core.resources.host.clock import ClockOffset

Bounds = tuple[float, float]
"""The earliest and the latest it may have been, in seconds since 1970."""


@collector(permissions=(HOST_TIME,))
def clock_offset(host: Host) -> Iterator[ClockOffset]:
    """The difference of two clocks. The way there and back cannot be told apart from it, so it widens what is said."""
    answer = host.answer(HOST_TIME)
    began, ended = parse_moments(answer.output.decode(errors="replace"))
    sent = host.asked_at
    at_least, at_most = offset(began, ended, sent, sent + timedelta(milliseconds=answer.duration_ms))
    yield ClockOffset(
        id=host.name,
        asked_by_itself=host.endpoint == "local",
        at_least=math.floor(at_least),
        at_most=math.ceil(at_most),
    )


def offset(began: Bounds, ended: Bounds, sent: datetime, returned: datetime) -> Bounds:
    """How far the host is ahead: it began after we sent the batch, and ended before the answer was back."""
    return ended[0] - returned.timestamp(), began[1] - sent.timestamp()


def parse_moments(text: str) -> tuple[Bounds, Bounds]:
    """What `date +%s.%N` said before and after; some hosts know no fractions of a second. Raises `FactError`."""
    found = re.fullmatch(r"(\d{1,12})\.(\d{0,9})\D*\n(\d{1,12})\.(\d{0,9})\D*", text)
    if not found:
        raise FactError(HOST_TIME, f"{HOST_TIME.name}: the time was not told before and after the batch")
    began, ended = (_bounds(found[n], found[n + 1]) for n in (1, 3))
    return began, ended


def _bounds(seconds: str, fraction: str) -> Bounds:
    moment = float(f"{seconds}.{fraction or 0}")
    return (moment, moment) if fraction else (moment, moment + 1)
