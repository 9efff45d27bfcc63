"""Access reviews: what may be decided by whom, and what follows from what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.management.access_judgement import Present, is_confirmed, is_decided, is_removed, is_reviewed
from core.management.access_review import (
    ACTS,
    AccessReview,
    Choice,
    Decided,
    Decision,
    HeldAccess,
    Opened,
    Withdrawn,
    after,
    as_attestation,
    fold,
)
from core.management.attestation import judge
from core.management.events import Event, RefusedActError, read, written
from core.model import Status, Verdict

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
TODAY, DAY = NOON.date(), timedelta(days=1)
WEEK = 7 * DAY


def row(name: str = "r-1", **changes: Any) -> HeldAccess:
    values: dict[str, Any] = {
        "id": name, "source": "ldap/corp", "right": "ldap/corp:pay", "account": "bo", "holder": "Bo",
        "names": ("Bo", "bo@example.org"), "via": (), "privileged": False, "since": date(2025, 1, 1), "earlier": False,
        "last_used": "", "proposal": Choice.KEEP, "because": "",
    }  # fmt: skip
    return HeldAccess(**{**values, **changes})


OWN = row("r-2", account="ada", holder="Ada", names=("Ada", "ada@example.org"))
OPENED = Opened(owner="ada@example.org", due=TODAY + WEEK, places=("ldap/corp",), gaps=(), rows=(row(), OWN))


def decision(name: str = "r-1", **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "id": name, "choice": Choice.KEEP, "change": "", "reviewer": "ADA@example.org", "decided": TODAY, "comment": "",
    }  # fmt: skip
    return Decision(**{**values, **changes})


BOSS = decision("r-2", reviewer="Grace")
ANSWER = Decided(digest="0" * 64, valid_until=TODAY + WEEK, decisions=(decision(), BOSS))


def event(act: Any, number: int = 1, at: datetime = NOON) -> Event[Any]:
    return Event(record="AR-0001", number=number, at=at, login="ada", author="Ada", reason="because", act=act)


def answered(*decisions: Decision, **changes: Any) -> AccessReview:
    opened = after(None, event(replace(OPENED, **changes)))
    return after(opened, event(replace(ANSWER, decisions=decisions or ANSWER.decisions), 2))


def test_it_is_opened_decided_and_withdrawn() -> None:
    assert fold([]) is None
    events = [event(OPENED), event(ANSWER, 2), event(Withdrawn(), 3)]
    stages = [fold(events[: number + 1]) for number in range(3)]
    assert [each.stage for each in stages if each] == ["opened", "decided", "withdrawn"]
    assert [each.counts for each in stages if each] == [False, True, False]
    assert [list(each.decisions()) for each in stages[:2] if each] == [[], [(row(), decision()), (OWN, BOSS)]]
    assert [read(ACTS, *written(each)) for each in (OPENED, ANSWER, Withdrawn())] == [OPENED, ANSWER, Withdrawn()]
    for before, act in ((stages[2], Withdrawn()), (None, ANSWER), (stages[2], ANSWER)):
        with pytest.raises(RefusedActError, match="is not asked for"):
            after(before, event(act, 4 if before else 1))
    with pytest.raises(RefusedActError, match="is open already"):
        after(stages[0], event(OPENED, 2))
    with pytest.raises(RefusedActError, match="is decided already"):
        after(stages[1], event(ANSWER, 3))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"owner": " "}, "owner is missing"),
        ({"rows": ()}, "there is nothing to decide"),
        ({"rows": (row(), row())}, "the row r-1 is there twice"),
        ({"due": TODAY - DAY}, "was to be decided before it was asked"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedActError, match=problem):
        after(None, event(replace(OPENED, **changes)))


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        ((decision(),), "the row r-2 is not decided exactly once"),
        ((decision(), decision(), BOSS), "the row r-1 is not decided exactly once"),
        ((decision(), BOSS, decision("r-9")), "the row r-9 is not decided exactly once"),
        ((decision(choice=Choice.CHANGE), BOSS), "a change says into what"),
        ((decision(change="read"), BOSS), "a change says into what"),
        ((decision(decided=TODAY + DAY), BOSS), "was decided on 2026-02-01"),
        ((decision(decided=TODAY - DAY), BOSS), "was decided on 2026-01-30"),
        ((decision(reviewer=""), BOSS), "reviewer is missing"),
        ((decision(reviewer="Bo"), BOSS), "the row r-1 is about the access of whoever decides on it"),
        ((decision(), decision("r-2")), "the row r-2 is about the access of whoever decides on it"),
        ((decision(reviewer="Grace"), BOSS), "the row r-1 is decided by somebody who does not answer for it"),
    ],
)
def test_what_cannot_be_decided(decisions: tuple[Decision, ...], problem: str) -> None:
    with pytest.raises(RefusedActError, match=problem):
        answered(*decisions)


@given(st.permutations(["r-1", "r-2", "r-3", "r-4"]), st.lists(st.sampled_from(Choice), min_size=4, max_size=4))
def test_every_row_is_decided_once_whatever_the_order(order: list[str], choices: list[Choice]) -> None:
    rows = tuple(row(name) for name in sorted(order))
    said = [
        decision(name, choice=choice, change="x" if choice is Choice.CHANGE else "")
        for name, choice in zip(order, choices, strict=True)
    ]
    found = answered(*said, rows=rows)
    assert {shown.id: made.choice for shown, made in found.decisions()} == dict(zip(order, choices, strict=True))
    with pytest.raises(RefusedActError, match="exactly once"):
        answered(*said[1:], rows=rows)


def test_names_are_not_compared_again_after_an_erasure() -> None:
    erased = replace(OPENED, owner="erased", rows=(row(names=("erased",)),))
    said = replace(ANSWER, decisions=(decision(reviewer="erased"),))
    found = fold([event(erased), event(said, 2)])
    assert found is not None
    assert found.counts


def test_it_counts_as_an_attestation_while_its_time_lasts() -> None:
    assert as_attestation(after(None, event(OPENED))) is None
    assert as_attestation(answered(places=())) is None
    found = as_attestation(answered())
    assert found is not None
    assert (found.id, found.said.title, found.said.controls) == ("AR-0001", "Access review of ldap/corp", ("A.5.18",))
    assert {each.verdict.status for each in judge(found, NOON)} == {Status.PASS}
    assert judge(found, NOON + 8 * DAY)[0].verdict.status is Status.FAIL
    assert answered(places=()).title == "Access review of single rights"


def said(verdict: Verdict) -> str:
    return f"{verdict.status}: {verdict.reason}"


def test_reviews_in_time() -> None:
    place, ada = "ldap/corp", "ada@example.org"
    seen = "ada@example.org decided in AR-0001 who may hold ldap/corp, as it was on 2026-01-31"
    for owner, reviews, today, expected in (
        ("", [answered()], TODAY, "fail: nobody is named who answers for ldap/corp"),
        (ada, [], TODAY, "fail: nobody has reviewed ldap/corp"),
        (ada, [after(None, event(OPENED))], TODAY, "fail: nobody has reviewed ldap/corp"),
        (ada, [answered(places=("aws/1",))], TODAY, "fail: nobody has reviewed ldap/corp"),
        (ada, [answered()], TODAY + WEEK, f"pass: {seen}"),
        (ada, [answered()], TODAY + 8 * DAY, f"fail: {seen}; the next review was due by 2026-02-07"),
    ):
        assert said(is_reviewed(place, owner, reviews, today, WEEK)) == expected


def test_owners_who_are_asked() -> None:
    opened = after(None, event(OPENED))
    asked = "ada@example.org was asked on 2026-01-31"
    assert said(is_decided(answered(), TODAY)) == f"pass: {asked}, and has decided"
    assert said(is_decided(opened, TODAY + WEEK)) == f"not_applicable: {asked} to decide by 2026-02-07"
    assert said(is_decided(opened, TODAY + 8 * DAY)) == f"fail: {asked} to decide by 2026-02-07, and has not"


def test_removals() -> None:
    what = "bo was to lose ldap/corp:pay by 2026-02-07, as AR-0001 decided on 2026-01-31"
    held, gone = Present(rows={"r-1": row()}, blind={}), Present(rows={}, blind={})
    for present, today, expected in (
        (held, TODAY + WEEK, f"not_applicable: {what}"),
        (held, TODAY + 8 * DAY, f"fail: {what}, and holds it"),
        (gone, TODAY, f"pass: {what}, and has"),
        (replace(gone, blind={"aws/1": "denied"}), TODAY, f"pass: {what}, and has"),
        (
            replace(gone, blind={"ldap/corp": "denied"}), TODAY,
            f"unknown: {what}, and nobody can tell whether it has: denied",
        ),
    ):  # fmt: skip
        assert said(is_removed(row(), TODAY, "AR-0001", present, today, WEEK)) == expected


def test_what_movers_hold() -> None:
    moved = date(2026, 1, 1)
    held = "bo holds ldap/corp:pay since 2025-01-01"
    kept = f"pass: {held}, and ADA@example.org confirmed it on 2026-01-31 in AR-0001"
    for shown, reviews, expected in (
        (row(), [answered()], kept),
        (row(), [after(None, event(OPENED))], f"fail: {held}; Bo has present duties since 2026-01-01, and no review has"),
        (row(), [answered(decision(choice=Choice.REMOVE), BOSS)], f"fail: {held}; Bo"),
        (row("r-7"), [answered()], f"fail: {held}; Bo"),
        (row(earlier=True), [], "fail: bo holds ldap/corp:pay since before 2025-01-01; Bo"),
        (
            row(since=date(2026, 1, 5)), [],
            "not_applicable: bo holds ldap/corp:pay since 2026-01-05, and Bo has present duties since 2026-01-01",
        ),
        (
            row(since=date(2026, 1, 5), earlier=True), [],
            "unknown: bo holds ldap/corp:pay since before 2026-01-05; nobody can tell whether that was before Bo moved",
        ),
        (row(since=None), [], "unknown: Bo has present duties since 2026-01-01; nobody can tell since when bo holds"),
    ):  # fmt: skip
        assert said(is_confirmed(shown, moved, reviews)).startswith(expected)
    late = said(is_confirmed(row(), TODAY + DAY, [answered()]))
    assert late.startswith(f"fail: {held}; Bo has present duties since 2026-02-01")
