"""Nonconformities: every act in every stage, what each asks for, and that no way leads to the end past a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.codec import CodecError
from core.management.acts import (
    ACTS,
    Act,
    Amended,
    Analysed,
    Assigned,
    Closed,
    Corrected,
    Grade,
    Implemented,
    Observed,
    Planned,
    Raised,
    Reopened,
    Reviewed,
)
from core.management.events import Event, RefusedActError, read, same_person, written
from core.management.nonconformity import MOVES, Nonconformity, Stage, after, fold
from core.management.subject import Subject
from core.model import Severity

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
DUE = date(2026, 3, 2)
HERE = Subject(check="doors.narrow", source="house/a")
THERE = Subject(check="doors.narrow", source="house/b")
SEEN = Observed(since=BEGINNING, until=BEGINNING, looks=3, seconds=86400, blind_seconds=0)

RAISED = Raised(
    title="wide", statement="the front door is wide", grade=Grade.MINOR, severity=Severity.HIGH, due=DUE, subjects=(HERE,)
)  # fmt: skip
ASSIGNED = Assigned(owner="Ada", due=DUE)
CORRECTED = Corrected(correction="a narrower door", consequences="nobody came in")
ANALYSED = Analysed(cause="no plan", similar="house b, too", included=(THERE, HERE))
PLANNED = Planned(action="draw a plan", owner="Ada", due=DUE, proportionality="it costs a day")
IMPLEMENTED = Implemented(action=1, outcome="drawn")
EFFECTIVE = Reviewed(effective=True, judgement="it held", isms_changes="none", observed=SEEN)
NOT_EFFECTIVE = Reviewed(effective=False, judgement="it came back", isms_changes="none", observed=SEEN)
AMENDED = Amended(title="wider", statement="both doors are wide", grade=Grade.MAJOR, severity=Severity.LOW)
LATER = date(2026, 9, 1)
REOPENED = Reopened(recurred=False, due=LATER)

EVERY: dict[str, Act] = {
    "assign": ASSIGNED,
    "correct": CORRECTED,
    "cause": ANALYSED,
    "plan": PLANNED,
    "done": IMPLEMENTED,
    "review": EFFECTIVE,
    "not effective": NOT_EFFECTIVE,
    "close": Closed(),
    "reopen": REOPENED,
    "amend": AMENDED,
}
WAY = (RAISED, ASSIGNED, CORRECTED, ANALYSED, PLANNED, IMPLEMENTED, EFFECTIVE, Closed())
"""From the beginning to the end."""

TABLE = {
    #                 raised      assigned    corrected    analysed     planned        implemented   reviewed     closed
    "assign":        "assigned    assigned    corrected    analysed     planned        implemented   reviewed     -",
    "correct":       "-           corrected   corrected    analysed     planned        implemented   reviewed     -",
    "cause":         "-           -           analysed     analysed     -              -             -            -",
    "plan":          "-           -           -            planned      planned        planned       -            -",
    "done":          "-           -           -            -            implemented    -             -            -",
    "review":        "-           -           -            -            -              reviewed      -            -",
    "not effective": "-           -           -            -            -              corrected     -            -",
    "close":         "-           -           -            -            -              -             closed       -",
    "reopen":        "-           -           -            -            -              -             assigned     assigned",
    "amend":         "raised      assigned    corrected    analysed     planned        implemented   reviewed     -",
}  # fmt: skip


def event(act: Act, number: int, author: str = "Grace", *, login: str = "grace", reason: str = "because") -> Event[Act]:
    at = BEGINNING + timedelta(hours=number)
    return Event(
        record="NC-0001", number=number, at=at, login=login, author=author, reason=reason, act=act, leaf=number
    )


def made(*acts: Act) -> Nonconformity:
    found = fold(event(act, number) for number, act in enumerate(acts, start=1))
    assert found is not None
    return found


def then(record: Nonconformity, act: Act, author: str = "Grace", **other: str) -> Nonconformity:
    return after(record, event(act, record.events + 1, author, **other))


def at_stage(stage: Stage) -> Nonconformity:
    return made(*WAY[: list(Stage).index(stage) + 1])


@pytest.mark.parametrize(
    ("name", "stage", "expected"),
    [(name, stage, word) for name, row in TABLE.items() for stage, word in zip(Stage, row.split(), strict=True)],
)
def test_every_act_in_every_stage(name: str, stage: Stage, expected: str) -> None:
    record = at_stage(stage)
    assert record.stage is stage
    if expected == "-":
        with pytest.raises(RefusedActError, match=f"NC-0001: is {stage}"):
            then(record, EVERY[name])
    else:
        assert then(record, EVERY[name]).stage == expected


def test_the_table_is_about_every_act() -> None:
    assert {type(act) for act in EVERY.values()} | {Raised} == set(ACTS.values())
    assert set(MOVES) | {Raised} == set(ACTS.values())


def test_a_record_that_went_all_the_way() -> None:
    record = made(*WAY)
    assert (record.id, record.events, record.leaf, record.open) == ("NC-0001", 8, 8, False)
    assert (record.owner, record.due, record.raised, record.raised_by) == (
        "Ada",
        DUE,
        BEGINNING + timedelta(hours=1),
        "Grace",
    )
    assert (record.correction, record.consequences, record.cause) == ("a narrower door", "nobody came in", "no plan")
    assert record.subjects == (HERE, THERE), "an included case is taken in once"
    (action,) = record.actions
    assert (action.owner, action.outcome, action.done) == ("Ada", "drawn", BEGINNING + timedelta(hours=6))
    assert record.review is not None
    assert (record.review.reviewer, record.review.effective, record.review.observed) == ("Grace", True, SEEN)
    assert (record.closed, record.closed_by) == (BEGINNING + timedelta(hours=8), "Grace")


def test_a_record_begins_once_and_with_being_raised() -> None:
    assert fold(()) is None
    with pytest.raises(RefusedActError, match="was raised already"):
        then(made(RAISED), RAISED)
    with pytest.raises(RefusedActError, match="there is no such nonconformity"):
        after(None, event(ASSIGNED, 1))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_who_did_not_see_the_last_event_is_refused(number: int) -> None:
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        after(made(RAISED), event(ASSIGNED, number))


@pytest.mark.parametrize(
    ("before", "act", "missing"),
    [
        ((), Raised(title=" ", statement="x", grade=Grade.MINOR, severity=Severity.LOW, due=DUE, subjects=()), "title"),
        ((), Raised(title="x", statement="", grade=Grade.MINOR, severity=Severity.LOW, due=DUE, subjects=()), "statement"),
        (WAY[:1], Assigned(owner="", due=DUE), "owner"),
        (WAY[:2], Corrected(correction="", consequences="x"), "correction"),
        (WAY[:2], Corrected(correction="x", consequences=""), "consequences"),
        (WAY[:3], Analysed(cause="", similar="x"), "cause"),
        (WAY[:3], Analysed(cause="x", similar=""), "similar cases"),
        (WAY[:4], Planned(action="", owner="x", due=DUE, proportionality="x"), "action"),
        (WAY[:4], Planned(action="x", owner="", due=DUE, proportionality="x"), "owner"),
        (WAY[:4], Planned(action="x", owner="x", due=DUE, proportionality=""), "proportionality"),
        (WAY[:5], Implemented(action=1, outcome=""), "outcome"),
        (WAY[:6], Reviewed(effective=True, judgement="", isms_changes="x", observed=SEEN), "judgement"),
        (WAY[:6], Reviewed(effective=True, judgement="x", isms_changes="", observed=SEEN), "changes to the ISMS"),
        (WAY[:1], Amended(title="", statement="x", grade=Grade.MINOR, severity=Severity.LOW), "title"),
        (WAY[:1], Amended(title="x", statement="", grade=Grade.MINOR, severity=Severity.LOW), "statement"),
    ],
)  # fmt: skip
def test_what_must_be_said_is_asked_for(before: Sequence[Act], act: Act, missing: str) -> None:
    record = fold(event(each, number) for number, each in enumerate(before, start=1))
    with pytest.raises(RefusedActError, match=f"NC-0001: {missing} is missing"):
        after(record, event(act, len(before) + 1))


@pytest.mark.parametrize("said", [{"reason": " "}, {"author": ""}])
def test_every_act_has_an_author_and_a_reason(said: dict[str, str]) -> None:
    with pytest.raises(RefusedActError, match="is missing"):
        after(made(RAISED), event(ASSIGNED, 2, **said))


def test_it_is_planned_until_every_action_is_done() -> None:
    record = made(*WAY[:5], PLANNED)
    record = then(record, IMPLEMENTED)
    assert record.stage is Stage.PLANNED
    for number in (0, 1, 3):
        with pytest.raises(RefusedActError, match=f"has no action {number} that is still to do"):
            then(record, Implemented(action=number, outcome="done"))
    assert then(record, Implemented(action=2, outcome="done")).stage is Stage.IMPLEMENTED


@pytest.mark.parametrize(
    ("author", "login"), [("Ada", "grace"), ("ada ", "grace"), ("Grace", "ADA"), ("\uff21da", "grace")]
)
def test_who_owns_an_action_does_not_close(author: str, login: str) -> None:
    with pytest.raises(RefusedActError, match="owns one of its actions"):
        then(made(*WAY[:-1]), Closed(), author, login=login)


def test_what_was_not_effective_is_looked_into_again() -> None:
    record = made(*WAY[:6], NOT_EFFECTIVE)
    assert (record.cause, record.similar, record.actions, record.correction) == ("", "", (), "a narrower door")
    assert record.review is not None
    assert not record.review.effective


def test_reopening_begins_another_round() -> None:
    record = made(*WAY, REOPENED)
    assert (record.stage, record.open, record.recurrences) == (Stage.ASSIGNED, True, 0)
    assert (record.correction, record.cause, record.actions, record.review, record.closed, record.closed_by) == (
        "", "", (), None, None, "",
    )  # fmt: skip
    assert (record.owner, record.due) == ("Ada", LATER)
    record = made(*WAY, Reopened(recurred=True, due=LATER), *WAY[2:7], Reopened(recurred=True, due=LATER))
    assert record.recurrences == 2


def test_amending_changes_what_it_is_called() -> None:
    record = made(RAISED, AMENDED)
    assert (record.title, record.statement, record.grade, record.severity) == (
        "wider", "both doors are wide", Grade.MAJOR, Severity.LOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "today", "late"),
    [
        (WAY[:2], DUE, False),
        (WAY[:2], DUE + timedelta(days=1), True),
        (WAY, DUE + timedelta(days=1), False),
        ((*WAY[:2], Assigned(owner="Ada", due=date(2027, 1, 1)), *WAY[2:5]), DUE + timedelta(days=1), True),
        ((*WAY[:2], Assigned(owner="Ada", due=date(2027, 1, 1)), *WAY[2:6]), DUE + timedelta(days=1), False),
    ],
)
def test_overdue_is_what_should_have_been_done(acts: Sequence[Act], today: date, late: bool) -> None:
    assert made(*acts).overdue(today) is late


@pytest.mark.parametrize("act", [RAISED, *EVERY.values()], ids=lambda act: type(act).__name__)
def test_what_is_sealed_of_an_act_reads_back(act: Act) -> None:
    name, content = written(act)
    assert read(ACTS, name, content) == act


def test_an_act_that_nobody_knows_is_none() -> None:
    with pytest.raises(CodecError, match="there is no act named burned"):
        read(ACTS, "burned", {})


def test_people_are_the_same_whatever_the_case_of_their_names() -> None:
    assert same_person("Ada  Lovelace ", "ada lovelace")
    assert not same_person("Ada", "Grace")
    assert not same_person("", "")


@pytest.mark.parametrize(
    ("subject", "covers", "words"),
    [
        (Subject(check="c"), True, "c in all sources"),
        (Subject(check="c", source="s"), True, "c in s"),
        (Subject(check="c", source="t"), False, "c in t"),
        (Subject(check="c", source="s", scope="p"), False, "c in p in s"),
        (Subject(check="c", source="s", resource="r"), True, "c on r in s"),
        (Subject(check="c", resource="q"), False, "c on q"),
        (Subject(check="d"), False, "d in all sources"),
    ],
)
def test_a_subject_covers_what_it_says(subject: Subject, covers: bool, words: str) -> None:
    assert subject.covers(Subject(check="c", source="s", scope="", resource="r")) is covers
    assert str(subject) == words


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(EVERY)), st.sampled_from(["Ada", "Grace", "ada"]), st.sampled_from(["ada", "x"])
        ),
        max_size=40,
    )
)
def test_no_sequence_of_acts_reaches_the_end_past_what_clause_10_2_asks_for(steps: list[tuple[str, str, str]]) -> None:
    record = made(RAISED)
    for name, author, login in [*((each, "Ada", "x") for each in WAY_NAMES[:6]), *steps]:
        try:
            record = then(record, EVERY[name], author, login=login)
        except RefusedActError:
            continue
        if record.stage is Stage.CLOSED:
            assert record.correction
            assert record.consequences
            assert record.cause
            assert record.similar
            assert record.actions
            assert all(each.done and each.outcome and each.proportionality for each in record.actions)
            assert record.review is not None
            assert record.review.effective
            assert not any(same_person(each.owner, name) for each in record.actions for name in (author, login))


WAY_NAMES = ("assign", "correct", "cause", "plan", "done", "review")
