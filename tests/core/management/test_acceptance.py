"""Risk acceptances: what they cover, how they end, and that nothing else ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.management.acceptance import (
    ACTS,
    Accepted,
    AcceptedFinding,
    Act,
    Expired,
    RiskAcceptance,
    Standing,
    Withdrawn,
    after,
    fold,
)
from core.management.events import Event, RefusedActError, read, written
from core.management.subject import Subject

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
END = NOON + timedelta(days=30)
FINDING = AcceptedFinding(check="c", source="s", scope="", resource="r", reason="it is wide")
ACCEPTED = Accepted(findings=(FINDING,), risk="somebody may come in", expires=END)


def event(act: Act, number: int, at: datetime = NOON, **said: Any) -> Event[Act]:
    values: dict[str, Any] = {"login": "grace", "author": "Grace", "reason": "because", **said}
    return Event(record="RA-0001", number=number, at=at, act=act, **values)


def accepted(**said: Any) -> RiskAcceptance:
    return after(None, event(ACCEPTED, 1, **said))


def test_an_acceptance_is_in_force_until_it_ends() -> None:
    found = accepted(signature="signed")
    assert (found.id, found.approver, found.login, found.reason, found.signed) == (
        "RA-0001", "Grace", "grace", "because", True,
    )  # fmt: skip
    assert found.in_force(NOON)
    assert found.in_force(END - timedelta(seconds=1))
    assert not found.in_force(END)
    assert (found.over(NOON), found.over(END)) == (False, True)


def test_it_covers_the_very_finding_and_nothing_like_it() -> None:
    assert FINDING.covers(Subject(check="c", source="s", scope="", resource="r"))
    assert not FINDING.covers(Subject(check="c", source="s", scope="", resource="q"))
    assert not FINDING.covers(Subject(check="c", source="t", scope="", resource="r"))


def test_it_ends_by_a_person_or_by_its_time() -> None:
    withdrawn = after(accepted(), event(Withdrawn(), 2))
    assert (withdrawn.standing, withdrawn.ended, withdrawn.ended_by) == (Standing.WITHDRAWN, NOON, "Grace")
    assert not withdrawn.in_force(NOON)
    expired = after(accepted(), event(Expired(nonconformities=("NC-0001",)), 2, END))
    assert (expired.standing, expired.nonconformities) == (Standing.EXPIRED, ("NC-0001",))
    assert not expired.over(END)


def test_before_its_time_it_does_not_expire() -> None:
    with pytest.raises(RefusedActError, match="its time is not over yet"):
        after(accepted(), event(Expired(nonconformities=()), 2))


@pytest.mark.parametrize("act", [Withdrawn(), Expired(nonconformities=())])
def test_what_has_ended_does_not_end_again(act: Act) -> None:
    ended = after(accepted(), event(Withdrawn(), 2))
    with pytest.raises(RefusedActError, match="no such acceptance is in force"):
        after(ended, event(act, 3, END))
    with pytest.raises(RefusedActError, match="no such acceptance is in force"):
        after(None, event(act, 1))


@pytest.mark.parametrize(
    ("act", "said", "message"),
    [
        (Accepted(findings=(), risk="x", expires=END), {}, "accepts nothing"),
        (Accepted(findings=(FINDING,), risk="x", expires=NOON), {}, "accepts nothing"),
        (Accepted(findings=(FINDING,), risk="", expires=END), {}, "risk is missing"),
        (ACCEPTED, {"reason": ""}, "reason is missing"),
        (ACCEPTED, {"author": ""}, "author is missing"),
    ],
)
def test_what_must_be_said_is_asked_for(act: Act, said: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedActError, match=message):
        after(None, event(act, 1, **said))


def test_it_is_accepted_once_and_one_after_the_other() -> None:
    with pytest.raises(RefusedActError, match="was accepted already"):
        after(accepted(), event(ACCEPTED, 2))
    with pytest.raises(RefusedActError, match="somebody else changed it meanwhile"):
        after(accepted(), event(Withdrawn(), 3))


def test_folding() -> None:
    assert fold(()) is None
    assert fold([event(ACCEPTED, 1)]) == accepted()


@pytest.mark.parametrize("act", [ACCEPTED, Withdrawn(), Expired(nonconformities=("NC-0001",))])
def test_what_is_sealed_of_an_act_reads_back(act: Act) -> None:
    assert read(ACTS, *written(act)) == act
