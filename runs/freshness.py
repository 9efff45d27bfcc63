"""Evidence ages. Past `stale_after` it is a gap: what was true then says nothing about now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.codec import timestamp
from core.model import CollectionGap, Evidence, Status


def is_stale(collected_at: datetime, now: datetime, stale_after: timedelta) -> bool:
    """Whether evidence is too old to say anything about now.

    Evidence as far in the future was dated by a wrong clock: it would stay fresh for as long as that was ahead.
    """
    return abs(now - collected_at) > stale_after


def stale_reason(collected_at: datetime, now: datetime, what: str = "the newest evidence") -> str:
    """Why stale evidence is not believed. It names the date, not the age, which would change every day."""
    why = "past its freshness target" if collected_at <= now else "which is still to come: a clock was wrong"
    return f"{what} is of {timestamp(collected_at)}, {why}"


def aged(
    status: Status, reason: str, collected_at: datetime, now: datetime, stale_after: timedelta
) -> tuple[Status, str]:
    """A verdict, or `unknown` in its place when some of the evidence it rests on is past its freshness target.

    What counts is the evidence that was judged: the place may have been seen since, and not this check done again; or
    it may have been asked every day since, and not have answered.
    """
    if status is Status.UNKNOWN or not is_stale(collected_at, now, stale_after):
        return status, reason
    return Status.UNKNOWN, f"{stale_reason(collected_at, now, 'its evidence')}; then: {status}: {reason}"


def believed(evidence: Evidence, now: datetime, stale_after: timedelta) -> Evidence:
    """The evidence, or, when it is stale, an empty population with a gap that says so."""
    return disbelieved(evidence, now) if is_stale(evidence.collected_at, now, stale_after) else evidence


def disbelieved(evidence: Evidence, now: datetime) -> Evidence:
    """An empty population, with a gap that says that the evidence is stale."""
    gap = CollectionGap(stale_reason(evidence.collected_at, now), "scan its source again", retryable=True)
    return replace(evidence, resources=(), encoded=(), gaps=(gap,), stale=True)
