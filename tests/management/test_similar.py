"""Similar cases: the same check elsewhere, failing or out of sight, other checks of the objective, other records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from core.management.acts import Grade, Raised
from core.management.events import Event
from core.management.nonconformity import Nonconformity, after
from core.management.subject import Subject
from core.model import DescribedCheck, Severity, Status
from management.similar import similar_cases
from tests.management.test_following import finding

AT = datetime(2026, 1, 31, tzinfo=UTC)
CHECKS = {
    name: DescribedCheck(
        id=name, title=name, rationale="", remediation="", objective=objective, severity=Severity.LOW, kind="k"
    )
    for name, objective in (
        ("doors.narrow", "entry"),
        ("doors.locked", "entry"),
        ("doors.shut", "entry"),
        ("lamps.on", "light"),
    )
}


def record(name: str, *subjects: Subject) -> Nonconformity:
    act = Raised(
        title=f"{name}!", statement="x", grade=Grade.MINOR, severity=Severity.LOW, due=date(2026, 3, 1), subjects=subjects
    )  # fmt: skip
    return after(None, Event(record=name, number=1, at=AT, login="x", author="x", reason="x", act=act))


def test_what_is_alike_is_proposed_the_most_alike_first() -> None:
    one = record("NC-1", Subject(check="doors.narrow", source="house/a"))
    others = [
        one,
        record("NC-2", Subject(check="lamps.on"), Subject(check="doors.narrow", source="house/c")),
        record("NC-3", Subject(check="doors.locked")),
        record("NC-4", Subject(check="lamps.on")),
        record("NC-5", Subject(check="doors.gone")),
    ]
    findings = [
        finding(1),
        finding(2, source="house/b", accepted="RA-1"),
        finding(3, source="house/b"),
        finding(4, source="house/c", status=Status.ERROR),
        finding(5, source="house/d", status=Status.PASS),
        finding(6, check="doors.locked"),
        finding(7, check="doors.shut", status=Status.PASS),
        finding(8, check="lamps.on"),
        finding(9, check="doors.gone"),
    ]
    found = similar_cases(one, findings, CHECKS, others)
    assert [(str(each.subject), each.status, each.count, each.because) for each in found] == [
        ("doors.narrow in house/b", "fail", 2, "the same check fails there (1 of 2 accepted)"),
        ("doors.narrow in house/c", "unknown", 1, "the same check could not be judged there"),
        ("doors.locked in all sources", "fail", 1, "fails for the same objective: entry"),
        ("doors.narrow in house/c", "raised", 1, "NC-2 is about the same check: NC-2!"),
        ("doors.locked in all sources", "raised", 1, "NC-3 is about the same objective: NC-3!"),
    ]


def test_a_record_about_nothing_that_is_checked_has_no_similar_cases() -> None:
    assert similar_cases(record("NC-1"), [finding(1)], CHECKS, []) == []


def test_what_a_check_was_for_is_not_known_for_ever() -> None:
    gone = replace(record("NC-1"), subjects=(Subject(check="doors.gone", source="house/a"),))
    found = similar_cases(gone, [finding(1, check="doors.gone", source="house/b"), finding(2)], CHECKS, [])
    assert [str(each.subject) for each in found] == ["doors.gone in house/b"]
