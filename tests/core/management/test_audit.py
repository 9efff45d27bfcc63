"""Internal audits: every act in every stage, what each asks for, and that no way leads past an independent auditor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.management.audit import (
    ACTS,
    MOVES,
    Act,
    Audit,
    AuditProgramme,
    AuditStage,
    Cancelled,
    Closed,
    Kind,
    Linked,
    Observed,
    Planned,
    Reported,
    Sampled,
    after,
    fold,
)
from core.management.events import Event, RefusedActError, read, written

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = date(2026, 2, 1)
PLANNED = Planned(
    programme="2026",
    title="Doors",
    scope="all doors",
    areas=("A.7.2",),
    criteria="the policy of doors",
    auditors=("Ada",),
    owners=("Grace",),
    begins=DAY,
    ends=DAY,
)
SAMPLED = Sampled(population="12 doors", method="every fourth", items=("door 4", "door 8"))
OBSERVED = Observed(kind=Kind.CONFORMS, area="A.7.2", observation="narrow", evidence=("door 4",))
WIDE = Observed(kind=Kind.NONCONFORMITY, area="A.7.2", observation="wide", evidence=("door 8",))
LINKED = Linked(observation=1, nonconformity="NC-0001")
REPORTED = Reported(conclusion="one is wide", recipients=("Grace",))
EVERY: dict[str, tuple[Act, str]] = {
    "plan": (PLANNED, "Grace"),
    "sample": (SAMPLED, "Ada"),
    "observe": (OBSERVED, "Ada"),
    "link": (LINKED, "Grace"),
    "report": (REPORTED, "Ada"),
    "close": (Closed(), "Grace"),
    "cancel": (Cancelled(), "Grace"),
}
WAYS: dict[AuditStage, tuple[str, ...]] = {
    AuditStage.PLANNED: ("plan",),
    AuditStage.UNDER_WAY: ("plan", "sample", "observe"),
    AuditStage.REPORTED: ("plan", "sample", "observe", "report"),
    AuditStage.CLOSED: ("plan", "sample", "observe", "report", "close"),
    AuditStage.CANCELLED: ("plan", "cancel"),
}
TABLE = {
    #           planned      under_way    reported   closed   cancelled
    "plan":    "planned      -            -          -        -",
    "sample":  "under_way    under_way    -          -        -",
    "observe": "under_way    under_way    -          -        -",
    "link":    "-            under_way    -          -        -",
    "report":  "-            reported     -          -        -",
    "close":   "-            -            closed     -        -",
    "cancel":  "cancelled    cancelled    -          -        -",
}  # fmt: skip


def event(act: Act, number: int, author: str, login: str = "ada") -> Event[Act]:
    at = BEGINNING + timedelta(hours=number)
    return Event(record="IA-0001", number=number, at=at, login=login, author=author, reason="r", act=act, leaf=number)


def then(record: Audit | None, act: Act, author: str, login: str = "somebody") -> Audit:
    return after(record, event(act, record.events + 1 if record else 1, author, login))


def made(*names: str) -> Audit:
    record: Audit | None = None
    for name in names:
        record = then(record, *EVERY[name])
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("name", "stage", "expected"),
    [(name, stage, word) for name, row in TABLE.items() for stage, word in zip(AuditStage, row.split(), strict=True)],
)
def test_every_act_in_every_stage(name: str, stage: AuditStage, expected: str) -> None:
    record = made(*WAYS[stage])
    assert record.stage is stage
    if expected == "-":
        with pytest.raises(RefusedActError, match="IA-0001: is "):
            then(record, *EVERY[name])
    else:
        assert then(record, *EVERY[name]).stage == expected


def test_the_table_is_about_every_act() -> None:
    assert {type(act) for act, _ in EVERY.values()} == set(ACTS.values()) == set(MOVES)
    for act, _ in EVERY.values():
        assert read(ACTS, *written(act)) == act


def test_an_audit_that_went_all_the_way() -> None:
    record = made(*WAYS[AuditStage.CLOSED])
    way = WAYS[AuditStage.CLOSED]
    assert fold([]) is None
    assert fold(event(EVERY[name][0], n, EVERY[name][1]) for n, name in enumerate(way, start=1)) == record
    assert (record.open, record.closed_by, record.reported_by) == (False, "Grace", "Ada")
    assert (record.samples, record.observations, record.report) == ((SAMPLED,), (OBSERVED,), REPORTED)
    assert (record.nonconformities, record.overdue(date(2027, 1, 1))) == ((), False)
    planned = made("plan")
    assert (planned.open, planned.overdue(DAY), planned.overdue(DAY + timedelta(days=1))) == (True, False, True)


def test_an_audit_begins_with_a_plan() -> None:
    with pytest.raises(RefusedActError, match="there is no such audit"):
        then(None, SAMPLED, "Ada")


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (replace(PLANNED, auditors=()), "nobody audits"),
        (replace(PLANNED, auditors=("Ada", " ")), "nobody audits"),
        (replace(PLANNED, ends=date(2026, 1, 1)), "ends before it begins"),
        (replace(PLANNED, criteria=" "), "criteria is missing"),
        (replace(PLANNED, owners=("ADA ",)), "Ada answers for what is audited"),
    ],
)
def test_a_plan_that_is_none(plan: Planned, message: str) -> None:
    with pytest.raises(RefusedActError, match=message):
        then(None, plan, "Grace")


def test_only_auditors_say_what_they_saw() -> None:
    for act in (SAMPLED, OBSERVED):
        with pytest.raises(RefusedActError, match="Grace is none of its auditors"):
            then(made("plan"), act, "Grace")
    with pytest.raises(RefusedActError, match="none of its auditors"):
        then(made("plan", "sample", "observe"), REPORTED, "Grace")


def test_who_audits_does_not_take_note_as_well() -> None:
    reported = made(*WAYS[AuditStage.REPORTED])
    for author, login in (("ada", "x"), ("Grace", "Ada")):
        with pytest.raises(RefusedActError, match="cannot take note"):
            then(reported, Closed(), author, login)


def test_a_result_follows_from_something() -> None:
    with pytest.raises(RefusedActError, match="nothing was sampled"):
        then(made("plan", "observe"), REPORTED, "Ada")
    with pytest.raises(RefusedActError, match="nothing was observed"):
        then(made("plan", "sample"), REPORTED, "Ada")
    wide = then(made("plan", "sample"), WIDE, "Ada")
    with pytest.raises(RefusedActError, match="observation 1 does not conform, and no nonconformity was raised"):
        then(wide, REPORTED, "Ada")
    linked = then(then(wide, LINKED, "Grace"), OBSERVED, "Ada")
    linked = then(linked, replace(LINKED, observation=2, nonconformity="NC-0002"), "Grace")
    assert linked.nonconformities == ("NC-0001", "NC-0002")
    assert then(linked, REPORTED, "Ada").stage is AuditStage.REPORTED
    with pytest.raises(RefusedActError, match="has no observation 3"):
        then(linked, replace(LINKED, observation=3), "Grace")


def test_two_who_act_at_once() -> None:
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        after(made("plan"), event(SAMPLED, 1, "Ada"))


@given(
    st.lists(st.tuples(st.sampled_from(sorted(EVERY)), st.sampled_from(["Ada", "ada", "Grace", "Eve"])), max_size=12)
)
def test_no_way_leads_past_an_independent_auditor(tries: list[tuple[str, str]]) -> None:
    record: Audit | None = None
    done: list[tuple[str, str]] = []
    for name, author in [("plan", "Grace"), *tries]:
        try:
            record = then(record, EVERY[name][0], author)
        except RefusedActError:
            continue
        done.append((name, author))
    assert record is not None
    if record.stage is AuditStage.CLOSED:
        names = [name for name, _ in done]
        assert {"sample", "observe", "report"} <= set(names[: names.index("close")])
        assert all(author.lower() == "ada" for name, author in done if name in ("sample", "observe", "report"))
        assert done[-1][1].lower() != "ada"


PROGRAMME = AuditProgramme(
    title="2026",
    begins=DAY,
    ends=date(2026, 12, 31),
    frequency="yearly",
    methods="samples",
    owner="Grace",
    areas=("A.7",),
)


@pytest.mark.parametrize(
    ("programme", "wrong"),
    [
        (PROGRAMME, ""),
        (replace(PROGRAMME, ends=date(2026, 1, 1)), "ends before it begins"),
        (replace(PROGRAMME, methods=" "), "does not say its methods"),
        (replace(PROGRAMME, areas=()), "names nothing to look at"),
    ],
)
def test_a_programme_says_what_it_must(programme: AuditProgramme, wrong: str) -> None:
    assert wrong in programme.wrong
    assert bool(programme.wrong) == bool(wrong)
