"""What people answer for, on the page of a report; text of strangers stays text there, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from core.management.acceptance import Accepted, AcceptedFinding
from core.management.acceptance import after as accepted_after
from core.management.acts import Grade, Raised
from core.management.events import Event
from core.management.nonconformity import after
from core.model import Severity, Status
from exports.html import render
from runs.answers import Answers
from tests.exports.reports import HOSTILE, NOON, finding, report

FAILING = finding(
    1,
    "host.sshd.root_cannot_sign_in",
    Status.FAIL,
    "PermitRootLogin is yes",
    "web-1",
    accepted="RA-0001",
    accepted_until=NOON + timedelta(days=30),
    nonconformities=("NC-0001",),
)


def answers(title: str) -> Answers:
    raised = Raised(
        title=title, statement="x", grade=Grade.MAJOR, severity=Severity.LOW, due=date(2026, 1, 1), subjects=()
    )
    said = {"number": 1, "at": NOON, "login": "x", "author": "Grace", "reason": title}
    one = after(None, Event(record="NC-0001", act=raised, **said))  # type: ignore[arg-type] # the values have the types
    covered = AcceptedFinding(check="c", source="s", scope="", resource="r", reason="x")
    accepted = Accepted(findings=(covered,), risk=title, expires=NOON + timedelta(days=30))
    two = accepted_after(None, Event(record="RA-0001", act=accepted, **said))  # type: ignore[arg-type] # ditto
    late = replace(one, id="NC-0002", recurrences=2, due=date(2026, 9, 1))
    return Answers(at=NOON, nonconformities=(late, one), acceptances=(two,))


def test_a_report_shows_what_people_answer_for() -> None:
    page = render(report([FAILING], answers=answers("the door is wide")))
    assert "2 nonconformities are open, 1 of them overdue; 0 closed. 1 risk acceptance is in force" in page
    assert page.index("<code>NC-0001</code>") < page.index("<code>NC-0002</code>"), "the most urgent first"
    for text in ("overdue", "seen again: 2", "Accepted risks", "by RA-0001", "accepted until"):
        assert text in page
    assert 'href="#answers"' in page


def test_a_report_without_answers_has_no_such_section() -> None:
    page = render(report([replace(FAILING, accepted="", accepted_until=None, nonconformities=())]))
    assert "What people answer for" not in page


def test_hostile_words_of_people_stay_words() -> None:
    page = render(report([FAILING], answers=answers(HOSTILE)))
    assert "<script>alert" not in page
    assert "\u202e" not in page
