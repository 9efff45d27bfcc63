"""Where access reviews stand: whether they are done in time, and whether what they decided has been done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from core.management.access_judgement import Present, is_confirmed, is_decided, is_removed, is_reviewed
from core.management.access_review import AccessReview, Choice, Decision, HeldAccess
from core.model import Verdict
from management.access_reviews import Access, access, known
from management.sealing import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAccess:
    """A verdict of one of the questions, `is_reviewed`, `is_decided`, `is_removed`, `is_confirmed`, about a place, a
    review or a row, and who answers for it."""

    check: str
    about: str
    owner: str
    verdict: Verdict


def status(desk: Desk) -> list[JudgedAccess]:
    """What is to be said of all reviews now. Raises `BrokenSealError`."""
    settings, today = desk.configuration.management.access_reviews, desk.clock().date()
    now, reviews = access(desk), [each for each in known(desk).values() if not each.withdrawn]
    rows = {row.access.id: row.access for row in now.shown.rows}
    present = Present(rows=rows, blind=now.shown.blind)
    found = [
        _judged("is_reviewed", place, owner, is_reviewed(place, owner, reviews, today, settings.every))
        for place, owner in sorted(now.places.items())
    ]
    found += [_judged("is_decided", each.id, each.asked.owner, is_decided(each, today)) for each in reviews]
    for review, row, decision in _newest(reviews):
        if decision.choice is not Choice.KEEP:
            verdict = is_removed(row, decision.decided, review.id, present, today, settings.removed_within)
            found.append(_judged("is_removed", row.id, review.asked.owner, verdict))
    found += _moved(now, reviews, today)
    return found


def _moved(now: Access, reviews: Iterable[AccessReview], today: date) -> Iterator[JudgedAccess]:
    """What movers hold."""
    for row in now.shown.rows:
        if row.moved is not None and row.moved <= today:
            verdict = is_confirmed(row.access, row.moved, reviews)
            yield _judged("is_confirmed", row.access.id, now.owners[row.access.id], verdict)


def _newest(reviews: Iterable[AccessReview]) -> Iterator[tuple[AccessReview, HeldAccess, Decision]]:
    """The newest decision about each row: who decided again has changed their mind."""
    newest = {
        row.id: (review, row, decision)
        for review in sorted(reviews, key=lambda each: (each.opened, each.id))
        if review.counts
        for row, decision in review.decisions()
    }
    yield from newest.values()


def _judged(check: str, about: str, owner: str, verdict: Verdict) -> JudgedAccess:
    return JudgedAccess(check=check, about=about, owner=owner, verdict=verdict)
