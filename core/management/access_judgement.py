"""What access reviews say at a moment: whether they are done in time, and whether what they decided was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.management.access_review import AccessReview, Choice, HeldAccess
from core.model import Verdict, failed, not_applicable, passed, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Who holds what now, by row; `blind` says by source why there may be more that nobody could see."""

    rows: Mapping[str, HeldAccess]
    blind: Mapping[str, str]


def is_reviewed(place: str, owner: str, reviews: Iterable[AccessReview], today: date, every: timedelta) -> Verdict:
    """Whoever answers for a source or a privileged right reviewed it lately, counted from when the rows were shown."""
    if not owner:
        return failed(f"nobody is named who answers for {place}")
    shown = [each for each in reviews if each.counts and place in each.asked.places]
    if not shown:
        return failed(f"nobody has reviewed {place}")
    newest = max(shown, key=lambda each: (each.opened, each.id))
    since = f"{newest.asked.owner} decided in {newest.id} who may hold {place}, as it was on {newest.opened.date()}"
    due = (newest.opened + every).date()
    return passed(since) if today <= due else failed(f"{since}; the next review was due by {due}")


def is_decided(review: AccessReview, today: date) -> Verdict:
    """Whoever was asked has decided in time."""
    if review.counts:
        return passed(f"{review.asked.owner} was asked on {review.opened.date()}, and has decided")
    asked = f"{review.asked.owner} was asked on {review.opened.date()} to decide by {review.asked.due}"
    return failed(f"{asked}, and has not") if today > review.asked.due else not_applicable(asked)


def is_removed(
    row: HeldAccess, decided: date, review: str, present: Present, today: date, within: timedelta
) -> Verdict:
    """What was to be removed, or changed, is gone within the agreed time. What is held anew since is not gone."""
    due = decided + within
    what = f"{row.account} was to lose {row.right} by {due}, as {review} decided on {decided}"
    if row.id in present.rows:
        return failed(f"{what}, and holds it") if today > due else not_applicable(what)
    if why := present.blind.get(row.source):
        return unknown(f"{what}, and nobody can tell whether it has: {why}")
    return passed(f"{what}, and has")


def is_confirmed(row: HeldAccess, moved: date, reviews: Iterable[AccessReview]) -> Verdict:
    """What somebody held before they came to their present duties, the owner has confirmed since."""
    if row.since is None:
        return unknown(
            f"{row.holder} has present duties since {moved}; nobody can tell since when {row.account} holds {row.right}"
        )
    if row.since >= moved and not row.earlier:
        return not_applicable(
            f"{row.account} holds {row.right} since {row.since}, and {row.holder} has present duties since {moved}"
        )
    held = f"{row.account} holds {row.right} since {'before ' if row.earlier else ''}{row.since}"
    for review in reviews:
        for shown, decision in review.decisions() if review.counts else ():
            if shown.id == row.id and decision.choice is Choice.KEEP and decision.decided >= moved:
                return passed(f"{held}, and {decision.reviewer} confirmed it on {decision.decided} in {review.id}")
    if row.since >= moved:
        return unknown(f"{held}; nobody can tell whether that was before {row.holder} moved on {moved}")
    return failed(f"{held}; {row.holder} has present duties since {moved}, and no review has confirmed it since then")
