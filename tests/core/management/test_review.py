"""Management reviews: every act in every stage, and that none is followed up while a decision is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.management.events import Event, RefusedActError, read, written
from core.management.review import (
    ACTS,
    MOVES,
    Act,
    Concluded,
    Decided,
    Fate,
    Followed,
    Held,
    Noted,
    Prepared,
    Review,
    ReviewStage,
    Topic,
    after,
    fold,
)

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
DUE = date(2026, 9, 1)
PREPARED = Prepared(begins=date(2026, 1, 1), ends=date(2026, 6, 30))
NOTED = Noted(topic=Topic.FEEDBACK, text="visitors like the doors")
HELD = Held(on=date(2026, 7, 1), attended=("Grace",), digest="ab" * 32)
DECIDED = Decided(topic=Topic.RESOURCES, decision="a second carpenter", owner="Ada", due=DUE)
CONCLUDED = Concluded(conclusion="it is suitable")
FOLLOWED = Followed(decision=1, fate=Fate.DONE, outcome="she began on Monday")
EVERY: dict[str, Act] = {
    "note": NOTED,
    "hold": HELD,
    "decide": DECIDED,
    "conclude": CONCLUDED,
    "follow": FOLLOWED,
}
WAY = (PREPARED, HELD, DECIDED, CONCLUDED, FOLLOWED)
STAGES = {
    ReviewStage.PREPARED: WAY[:1],
    ReviewStage.HELD: WAY[:3],
    ReviewStage.CONCLUDED: WAY[:4],
    ReviewStage.FOLLOWED_UP: WAY,
}
TABLE = {
    #            prepared    held         concluded       followed_up
    "note":     "prepared    held         -               -",
    "hold":     "held        -            -               -",
    "decide":   "-           held         -               -",
    "conclude": "-           concluded    -               -",
    "follow":   "-           -            followed_up     -",
}  # fmt: skip


def event(act: Act, number: int) -> Event[Act]:
    at = BEGINNING + timedelta(hours=number)
    return Event(
        record="MR-0001", number=number, at=at, login="grace", author="Grace", reason="r", act=act, leaf=number
    )


def made(*acts: Act) -> Review:
    found = fold(event(act, number) for number, act in enumerate(acts, start=1))
    assert found is not None
    return found


def then(record: Review, act: Act) -> Review:
    return after(record, event(act, record.events + 1))


@pytest.mark.parametrize(
    ("name", "stage", "expected"),
    [(name, stage, word) for name, row in TABLE.items() for stage, word in zip(ReviewStage, row.split(), strict=True)],
)
def test_every_act_in_every_stage(name: str, stage: ReviewStage, expected: str) -> None:
    record = made(*STAGES[stage])
    assert record.stage is stage
    if expected == "-":
        with pytest.raises(RefusedActError, match="MR-0001: is "):
            then(record, EVERY[name])
    else:
        assert then(record, EVERY[name]).stage == expected


def test_the_table_is_about_every_act() -> None:
    assert {type(act) for act in EVERY.values()} | {Prepared} == set(ACTS.values())
    assert set(MOVES) | {Prepared} == set(ACTS.values())
    for act in (PREPARED, *EVERY.values()):
        assert read(ACTS, *written(act)) == act


def test_a_review_that_went_all_the_way() -> None:
    record = made(PREPARED, NOTED, HELD, DECIDED, CONCLUDED, FOLLOWED)
    assert fold([]) is None
    (note,) = record.notes
    (decision,) = record.decisions
    assert (note.noted, note.author, note.leaf) == (NOTED, "Grace", 2)
    assert (decision.fate, decision.outcome, decision.overdue(date(2027, 1, 1))) == (Fate.DONE, FOLLOWED.outcome, False)
    assert (record.held, record.conclusion, record.concluded_by) == (HELD, "it is suitable", "Grace")
    open_one = made(PREPARED, HELD, DECIDED)
    assert open_one.overdue(DUE) == ()
    assert open_one.overdue(DUE + timedelta(days=1)) == open_one.decisions


def test_without_decisions_there_is_nothing_to_follow() -> None:
    assert made(PREPARED, HELD, CONCLUDED).stage is ReviewStage.FOLLOWED_UP


def test_a_review_begins_once_and_with_being_prepared() -> None:
    with pytest.raises(RefusedActError, match="was prepared already"):
        then(made(PREPARED), PREPARED)
    with pytest.raises(RefusedActError, match="there is no such review"):
        after(None, event(NOTED, 1))
    with pytest.raises(RefusedActError, match="ends before it begins"):
        made(replace(PREPARED, ends=date(2025, 1, 1)))


@pytest.mark.parametrize(
    ("way", "act", "message"),
    [
        (1, replace(NOTED, text=" "), "text is missing"),
        (1, replace(HELD, attended=()), "attended is missing"),
        (1, replace(HELD, digest="soon"), "what was laid before management is not named"),
        (2, replace(DECIDED, owner=""), "owner is missing"),
        (3, replace(CONCLUDED, conclusion=""), "conclusion is missing"),
        (4, replace(FOLLOWED, decision=2), "has no open decision 2"),
        (4, replace(FOLLOWED, fate=Fate.OPEN), "has no open decision 1"),
    ],
)
def test_what_an_act_must_say(way: int, act: Act, message: str) -> None:
    with pytest.raises(RefusedActError, match=message):
        then(made(*WAY[:way]), act)


def test_two_decisions_end_one_after_the_other() -> None:
    record = made(PREPARED, HELD, DECIDED, DECIDED, CONCLUDED, FOLLOWED)
    assert record.stage is ReviewStage.CONCLUDED
    with pytest.raises(RefusedActError, match="has no open decision 1"):
        then(record, FOLLOWED)
    dropped = then(record, replace(FOLLOWED, decision=2, fate=Fate.DROPPED))
    assert dropped.stage is ReviewStage.FOLLOWED_UP
    assert [each.fate for each in dropped.decisions] == [Fate.DONE, Fate.DROPPED]


@given(st.lists(st.sampled_from(sorted(EVERY)), max_size=12))
def test_none_is_followed_up_while_a_decision_is_open(names: list[str]) -> None:
    record = made(PREPARED)
    for name in names:
        try:
            record = then(record, EVERY[name])
        except RefusedActError:
            continue
    if record.stage is ReviewStage.FOLLOWED_UP:
        assert record.held is not None
        assert record.conclusion
        assert all(each.fate is not Fate.OPEN for each in record.decisions)
