"""Access reviews: an owner is shown who holds what, and decides on each row. Pure.

    export            import
   ────────▶ opened ────────▶ decided
               │                 │ withdraw
               └──────▶ withdrawn ◀┘

What was shown is sealed when it is shown: so nobody can decide on other rows than those, or on rows that say something
else. Nobody decides on access of their own, and nobody but the owner decides on that of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from core.management.attestation import Attestation, Attested
from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap, same_person
from core.management.statements import twice

CONTROL = "A.5.18"
"""Access rights: what a review speaks to."""


class Choice(StrEnum):
    """What is to become of access."""

    KEEP = "keep"
    REMOVE = "remove"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAccess:
    """One row: an account, or a right that it holds, as evidence shows it.

    `right` is `SOURCE:RIGHT`. `holder` is whose the account is, empty when no list of people says so, and `names` all
    that this person is called. `since` is the day from which on it was seen without a break; `earlier` says that it was
    there before as well, when nobody looked or kept what was seen. `proposal` follows from `because`.
    """

    id: str
    source: str
    right: str
    account: str
    holder: str
    names: tuple[str, ...]
    via: tuple[str, ...]
    privileged: bool
    since: date | None
    earlier: bool
    last_used: str
    proposal: Choice
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The `owner` is asked to decide by `due` on these rows.

    `places` are the sources that they show whole, and the privileged rights. `gaps` say where there may be more.
    """

    owner: str
    due: date
    places: tuple[str, ...]
    gaps: tuple[str, ...]
    rows: tuple[HeldAccess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the `reviewer` decided about the row `id` on a day; `change` says into what it is to be changed."""

    id: str
    choice: Choice
    change: str
    reviewer: str
    decided: date
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Everything is decided. `digest` is the SHA-256 of the sheet that said so. It counts until `valid_until`."""

    digest: str
    valid_until: date
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The review does not count, or is not asked for any more."""


Act = Opened | Decided | Withdrawn
KINDS: tuple[type[Act], ...] = (Opened, Decided, Withdrawn)
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReview:
    """A review as its events have made it; `changed` is when anything was done."""

    id: str
    asked: Opened
    opened: datetime
    opened_by: str
    changed: datetime
    changed_by: str
    reason: str
    events: int
    leaf: int
    answer: Decided | None = None
    decided: datetime | None = None
    withdrawn: datetime | None = None
    signed: bool = False

    @property
    def stage(self) -> str:
        if self.withdrawn:
            return "withdrawn"
        return "decided" if self.answer else "opened"

    @property
    def is_asked_for(self) -> bool:
        """Whether its owner is still to decide."""
        return self.stage == "opened"

    @property
    def counts(self) -> bool:
        """Whether it was decided, and was not withdrawn."""
        return self.answer is not None and self.withdrawn is None

    def decisions(self) -> Iterable[tuple[HeldAccess, Decision]]:
        """Each row with what was decided about it; none before that was."""
        found = {each.id: each for each in self.answer.decisions} if self.answer else {}
        return [(row, found[row.id]) for row in self.asked.rows if row.id in found]

    @property
    def title(self) -> str:
        """What it is a review of."""
        return f"Access review of {', '.join(self.asked.places) or 'single rights'}"


def fold(events: Iterable[Event[Act]]) -> AccessReview | None:
    """The review that these events make; `None` for none. Raises `RefusedActError`.

    Who may decide is not asked again: after somebody was erased, names are others than they were.
    """
    found: AccessReview | None = None
    for event in events:
        found = _after(found, event)
    return found


def after(record: AccessReview | None, event: Event[Act]) -> AccessReview:
    """The review after one more event. Raises `RefusedActError` for what may not be done."""
    if record is not None and isinstance(event.act, Decided):
        _refuse_wrong_reviewers(record, event.act)
    return _after(record, event)


def may_not_decide(row: HeldAccess, owner: str, reviewer: str) -> str:
    """Why somebody may not decide on a row; empty when they may."""
    if any(same_person(reviewer, name) for name in row.names):
        return "is about the access of whoever decides on it: somebody else has to"
    if not same_person(reviewer, owner) and not any(same_person(owner, name) for name in row.names):
        return f"is decided by somebody who does not answer for it: {owner} does"
    return ""


def as_attestation(review: AccessReview) -> Attestation | None:
    """The same as an attestation, which counts as evidence until its time is over. `None` where nothing is decided, or
    what was shown was neither a whole source nor privileged: that says too little about who holds what."""
    if review.answer is None or review.decided is None or not review.asked.places:
        return None
    day = review.decided.date()
    return Attestation(
        id=review.id,
        said=Attested(
            title=review.title,
            document="",
            digest=review.answer.digest,
            controls=(CONTROL,),
            owner=review.asked.owner,
            authors=("annexa",),
            reviewer=review.asked.owner,
            reviewed=day,
            valid_from=day,
            valid_until=review.answer.valid_until,
        ),
        attested_by=review.changed_by,
        attested=review.decided,
        reason=review.reason,
        withdrawn=review.withdrawn,
        changed=review.changed,
        events=review.events,
        leaf=review.leaf,
        signed=review.signed,
    )


def _after(record: AccessReview | None, event: Event[Act]) -> AccessReview:
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if isinstance(event.act, Opened):
        if record is not None:
            raise RefusedActError(f"{event.record}: is open already", "export a new review")
        _refuse_opening(event.record, event.act, event.at.date())
        return AccessReview(
            id=event.record, asked=event.act, opened=event.at, opened_by=event.author, changed=event.at,
            changed_by=event.author, reason=event.reason, events=event.number, leaf=event.leaf,
            signed=bool(event.signature),
        )  # fmt: skip
    if record is None or record.withdrawn:
        raise RefusedActError(f"{event.record}: is not asked for", "list reviews: annexa access-review list --all")
    changed = replace(
        record, changed=event.at, changed_by=event.author, reason=event.reason, events=event.number, leaf=event.leaf,
        signed=bool(event.signature),
    )  # fmt: skip
    if isinstance(event.act, Withdrawn):
        return replace(changed, withdrawn=event.at)
    if record.answer is not None:
        raise RefusedActError(f"{event.record}: is decided already", "export a new review")
    _refuse_decisions(record, event.act, event.at.date())
    return replace(changed, answer=event.act, decided=event.at)


def _refuse_opening(record: str, act: Opened, today: date) -> None:
    refuse_empty(record, owner=act.owner)
    if not act.rows:
        raise RefusedActError(f"{record}: there is nothing to decide", "scan first, then export again")
    if double := twice(each.id for each in act.rows):
        raise RefusedActError(f"{record}: the row {double} is there twice", "this is a bug: report it")
    if act.due < today:
        raise RefusedActError(f"{record}: was to be decided before it was asked", "say a later day")


def _refuse_decisions(record: AccessReview, act: Decided, today: date) -> None:
    mine = {row.id for row in record.asked.rows}
    said = [each.id for each in act.decisions]
    if wrong := twice(said) or next(iter(sorted(mine ^ set(said))), ""):
        raise RefusedActError(f"{record.id}: the row {wrong} is not decided exactly once", "decide on each row, once")
    for each in act.decisions:
        if (each.choice is Choice.CHANGE) != bool(each.change.strip()):
            raise RefusedActError(f"{record.id}: {each.id}: a change says into what, and nothing else does", "say it")
        if not record.opened.date() <= each.decided <= today:
            raise RefusedActError(
                f"{record.id}: {each.id}: was decided on {each.decided}, not since it was asked on "
                f"{record.opened.date()}", "say the day on which it was decided",
            )  # fmt: skip


def _refuse_wrong_reviewers(record: AccessReview, act: Decided) -> None:
    rows = {row.id: row for row in record.asked.rows}
    for each in act.decisions:
        refuse_empty(f"{record.id}: {each.id}", reviewer=each.reviewer)
        if each.id in rows and (why := may_not_decide(rows[each.id], record.asked.owner, each.reviewer)):
            raise RefusedActError(f"{record.id}: the row {each.id} {why}", "let whoever may decide do so, by name")
