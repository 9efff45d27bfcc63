"""Old evidence says nothing about now, and says so with a date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.model import CollectionGap, Evidence
from runs.clock import now
from runs.freshness import believed, is_stale, stale_reason

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVIDENCE = Evidence(kind="k", source="s", scope="", collected_at=AT, resources=(), gaps=(CollectionGap("fog"),))


def test_evidence_is_stale_past_its_target_and_not_before() -> None:
    assert not is_stale(AT, AT + DAY, DAY)
    assert is_stale(AT, AT + DAY + timedelta(milliseconds=1), DAY)


def test_evidence_of_a_clock_that_was_ahead_is_not_fresh_until_then() -> None:
    assert not is_stale(AT, AT - DAY, DAY)
    assert is_stale(AT, AT - DAY - timedelta(milliseconds=1), DAY)
    ahead = believed(EVIDENCE, AT - 2 * DAY, DAY)
    assert ahead.gaps[0].reason == (
        "the newest evidence is of 2026-01-31T12:00:00Z, which is still to come: a clock was wrong"
    )


def test_fresh_evidence_is_believed_as_it_is() -> None:
    assert believed(EVIDENCE, AT, DAY) is EVIDENCE


def test_stale_evidence_is_an_empty_population_with_a_gap() -> None:
    old = believed(EVIDENCE, AT + 2 * DAY, DAY)
    assert (old.resources, old.encoded, old.complete) == ((), (), False)
    assert old.gaps[0].reason == stale_reason(AT, AT + 2 * DAY)
    assert old.gaps[0].retryable


def test_the_reason_is_the_same_on_every_day() -> None:
    sentence = "the newest evidence is of 2026-01-31T12:00:00Z, past its freshness target"
    assert [stale_reason(AT, AT + days * DAY) for days in (2, 3)] == [sentence, sentence]


def test_the_clock_says_utc_to_the_millisecond() -> None:
    moment = now()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0
