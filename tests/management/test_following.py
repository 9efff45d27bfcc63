"""What follows from scans by itself: rules raise, what comes back is reopened, what is accepted no longer is raised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from core.conclusions import ControlResult
from core.errors import AnnexaError
from core.management.acceptance import Standing
from core.management.events import RefusedActError
from core.management.nonconformity import Nonconformity, Stage
from core.model import Conclusion, Severity, Status
from management import acceptances as accepting
from management import nonconformities as leading
from management.accepted import GONE, listed, look
from management.following import Followed, follow
from management.nonconformities import known, one
from management.rules import due, recurred
from management.sealing import Desk
from runs.management_settings import RuleSettings
from runs.report import FindingState
from tests.management.conftest import ADA, DAY, EFFECTIVE, GRACE, NORTH, SOUTH, Office
from tests.runs.farm import LOW

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CONTROL = "A.8.17"
"""Which clocks that agree, as these checks say, speak to."""


def followed(office: Office) -> Followed:
    with office.desk() as desk:
        return follow(desk)


def rules(office: Office, *texts: str) -> None:
    office.farm.text = office.farm.text.replace(
        "management: {", f"management: {{rules: [{', '.join('{' + each + '}' for each in texts)}], "
    )


def accept(office: Office, *names: str, days: int = 30) -> str:
    with office.desk() as desk:
        until = office.farm.now + days * DAY
        return accepting.accept(desk, names or office.failing(), "it may break", until, GRACE).id


def control(office: Office) -> ControlResult:
    report = office.farm.report()
    return next(each for each in report.frameworks[0].controls if each.control.id == CONTROL)


def finding(number: int = 1, **said: Any) -> FindingState:
    values: dict[str, Any] = {
        "id": str(number),
        "check": "doors.narrow",
        "status": Status.FAIL,
        "reason": "wide",
        "resource": f"door-{number}",
        "source": "house/a",
        "scope": "",
        "severity": Severity.HIGH,
        "since": NOW - 3 * DAY,
        "as_of": NOW,
        "collected_at": NOW,
        "leaf": 1,
        "evidence": (),
    }
    return FindingState(**{**values, **said})


@pytest.mark.parametrize(
    ("rule", "findings", "subjects"),
    [
        ({}, [finding()], ["doors.narrow in all sources"]),
        ({}, [finding(), finding(2, source="house/b")], ["doors.narrow in all sources"]),
        (
            {"together": "source"},
            [finding(), finding(2), finding(3, source="house/b")],
            ["doors.narrow in house/a", "doors.narrow in house/b"],
        ),
        ({}, [finding(severity=Severity.MEDIUM)], []),
        ({"severity": "medium"}, [finding(severity=Severity.MEDIUM)], ["doors.narrow in all sources"]),
        ({}, [finding(status=Status.UNKNOWN), finding(2, status=Status.PASS)], []),
        ({"age": 3 * DAY}, [finding()], ["doors.narrow in all sources"]),
        ({"age": 4 * DAY}, [finding()], []),
        ({"resources": 2}, [finding()], []),
        ({"resources": 2}, [finding(), finding(2)], ["doors.narrow in all sources"]),
        ({"checks": ["doors"]}, [finding()], ["doors.narrow in all sources"]),
        ({"checks": ["windows"]}, [finding()], []),
        ({"sources": ["house/*"]}, [finding()], ["doors.narrow in all sources"]),
        ({"sources": ["barn/*"]}, [finding()], []),
        ({"controls": [CONTROL]}, [finding()], []),
        ({}, [finding(accepted="RA-0001")], []),
        ({}, [], []),
    ],
)
def test_a_rule_asks_for_what_it_says(rule: dict[str, Any], findings: list[FindingState], subjects: list[str]) -> None:
    asked = due([RuleSettings(name="r", **rule)], findings, {}, [], NOW)
    assert [str(each.subject) for each in asked] == subjects


def test_two_rules_ask_for_one_record() -> None:
    asked = due([RuleSettings(name="one"), RuleSettings(name="two")], [finding()], {}, [], NOW)
    assert [each.rule.name for each in asked] == ["one"]


def test_a_rule_about_a_control_that_there_is_not_is_an_error() -> None:
    with pytest.raises(AnnexaError, match=r"no control A\.99"):
        due([RuleSettings(name="r", controls=["A.99"])], [finding()], {}, [], NOW)


def test_nothing_follows_from_nothing(office: Office) -> None:
    before = office.farm.rows("SELECT count(*) FROM leaf")
    assert followed(office) == Followed()
    assert office.farm.rows("SELECT count(*) FROM leaf") == before


def test_a_rule_raises_once_and_the_record_follows(office: Office) -> None:
    rules(office, f"name: high, controls: [{CONTROL}], grade: major", "name: low, severity: low")
    found = followed(office)
    (record,) = found.raised
    assert (record.rule, record.grade, record.raised_by, record.severity) == ("high", "major", "annexa", "high")
    assert [str(each) for each in record.subjects] == [f"{LOW} in all sources"]
    assert found.sentences == ("NC-0001 was raised (major, due 2026-03-02): Not so: Every flower is low",)
    office.farm.world.flowers["south"]["elm"] = 60
    office.farm.scan()
    assert followed(office).raised == ()
    assert {each.nonconformities for each in office.farm.report().findings if each.status == "fail"} == {("NC-0001",)}
    assert [each.id for each in office.farm.report().answers.about(control(office))] == ["NC-0001"]


def test_what_is_seen_again_is_reopened_and_counted(office: Office) -> None:
    name = office.implemented()
    office.mow()
    office.days(3)
    with office.desk() as desk:
        leading.review(desk, [name], EFFECTIVE, GRACE)
        leading.close(desk, [name], GRACE)
    assert followed(office).reopened == ()
    office.farm.world.flowers["north"]["lily"] = 30
    office.days(1)
    found = followed(office)
    (record,) = found.reopened
    assert (record.stage, record.recurrences, record.owner) == (Stage.ASSIGNED, 1, "Ada")
    assert record.due == (office.farm.now + 30 * DAY).date(), "it is due anew"
    assert found.sentences == ("NC-0001 was seen again, time 1: Not so: Every flower is low",)
    with office.desk() as desk:
        leading.correct(desk, [name], "mown", "none", ADA)
    assert followed(office).reopened == (), "it is open, and still fails"
    office.verified()


def test_what_fails_before_the_review_is_no_recurrence(office: Office) -> None:
    with office.desk() as desk:
        record = one(desk, office.raised())
    assert list(recurred([record], [finding(check=LOW)])) == []


def test_accepted_failures_stay_failures_and_say_so(office: Office) -> None:
    assert control(office).sentence.startswith("contradicted; ")
    name = accept(office)
    assert (control(office).conclusion, control(office).accepted, control(office).failures) == (
        Conclusion.CONTRADICTED, 1, 2,
    )  # fmt: skip
    assert "contradicted (1 of 2 failures accepted until 2026-03-02)" in control(office).sentence
    accept(office, *office.failing(SOUTH), days=10)
    assert "contradicted (accepted until 2026-02-10)" in control(office).sentence
    failing = [each for each in office.farm.report().findings if each.status == "fail"]
    assert [(each.accepted, each.source) for each in failing] == [(name, NORTH), ("RA-0002", SOUTH)]
    office.verified()


def test_an_acceptance_hides_nothing_that_is_like_it(office: Office) -> None:
    name = accept(office)
    office.farm.world.flowers["north"]["iris"] = 40
    office.farm.scan()
    with office.desk() as desk:
        told = look(desk, name)
    assert (told.state, told.elsewhere, [each.now for each in told.findings]) == ("in force", 2, ["fail"])
    record = office.raised(*office.failing(SOUTH))
    with office.desk() as desk:
        similar = leading.proposed(desk, one(desk, record))
    assert [(each.subject.source, each.count, each.because) for each in similar] == [
        (NORTH, 2, "the same check fails there (1 of 2 accepted)")
    ]


def test_what_was_accepted_may_say_something_else_by_now(office: Office) -> None:
    name = accept(office)
    office.farm.world.flowers["north"]["lily"] = 90
    office.farm.scan()
    with office.desk() as desk:
        (covered,) = look(desk, name).findings
    assert (covered.now, covered.said, covered.changed, covered.finding.reason) == (
        "fail", "lily is 90 high", True, "lily is 20 high",
    )  # fmt: skip
    del office.farm.world.flowers["north"]["lily"]
    office.farm.scan()
    with office.desk() as desk:
        (covered,) = look(desk, name).findings
        assert (covered.now, covered.changed) == (GONE, False)
        assert [row.failing for row in listed(desk)[0]] == [0]


def test_an_acceptance_that_ends_raises_what_still_fails(office: Office) -> None:
    name = accept(office, *office.failing(), *office.failing(SOUTH), days=2)
    rules(office, "name: high")
    assert followed(office).raised == (), "a rule asks for nothing that is accepted"
    office.days(2)
    office.farm.now += timedelta(hours=1)
    assert any(f"{name} expired" in each for each in office.farm.report().warnings)
    found = followed(office)
    assert [each.id for each in found.raised] == ["NC-0001"]
    assert [(each.standing, each.nonconformities) for each in found.expired] == [(Standing.EXPIRED, ("NC-0001",))]
    assert {each.resource for each in found.raised[0].subjects} == {"lily", "oak"}
    assert found.sentences[0] == f"the risk acceptance {name} expired: NC-0001"
    assert control(office).accepted == 0
    assert followed(office) == Followed()
    assert not any("expired" in each for each in office.farm.report().warnings)
    office.verified()


def test_an_acceptance_that_ends_leads_to_the_record_that_is_there(office: Office) -> None:
    record = office.raised()
    accept(office, days=1)
    office.days(2)
    found = followed(office)
    assert (found.raised, found.expired[0].nonconformities) == ((), (record,))


def test_an_acceptance_of_what_was_mended_ends_quietly(office: Office) -> None:
    accept(office, days=1)
    office.mow()
    office.days(2)
    assert followed(office).sentences == ("the risk acceptance RA-0001 expired: nothing of it fails",)


def test_an_acceptance_is_withdrawn_by_a_person(office: Office) -> None:
    name = accept(office)
    with office.desk() as desk:
        leaf = accepting.known(desk)[name].leaf
        (ended,) = accepting.withdraw(desk, [name.lower()], ADA)
        assert (ended.standing, ended.ended_by) == (Standing.WITHDRAWN, "Ada")
        assert listed(desk)[0] == []
        assert [row.state for row in listed(desk, ended=True)[0]] == ["withdrawn"]
        rows, past = listed(desk, str(leaf))
        assert ([row.state for row in rows], past is not None) == (["in force"], True)
        with pytest.raises(RefusedActError, match="no such acceptance is in force"):
            accepting.withdraw(desk, [name], ADA)
        with pytest.raises(AnnexaError, match="there is no risk acceptance RA-0002, did you mean RA-0001"):
            accepting.withdraw(desk, ["RA-0002"], ADA)
    assert control(office).accepted == 0


@pytest.mark.parametrize(
    ("days", "message"), [(0, "no risk is accepted until 2026-01-31"), (366, "within 365 days"), (-1, "no risk")]
)
def test_an_acceptance_ends_and_not_too_late(office: Office, days: int, message: str) -> None:
    with pytest.raises(AnnexaError, match=message):
        accept(office, days=days)


def test_only_a_failure_is_accepted(office: Office) -> None:
    passing = next(each.id for each in office.farm.report().findings if each.status == "pass")
    with pytest.raises(AnnexaError, match="does not fail: it is pass: rose is 5 high"):
        accept(office, passing)
    office.farm.now += 5 * DAY
    stale = next(each.id for each in office.farm.report().findings)
    with pytest.raises(AnnexaError, match="does not fail: it is unknown: its evidence is of"):
        accept(office, stale)


def test_accepted_or_not_what_comes_back_is_reopened(office: Office) -> None:
    with office.desk() as desk:
        record = one(desk, office.implemented())
    assert record.review is None
    office.mow()
    office.days(3)
    with office.desk() as desk:
        leading.review(desk, [record.id], EFFECTIVE, GRACE)
    office.farm.world.flowers["north"]["lily"] = 30
    office.days(1)
    accept(office)
    assert [each.id for each in followed(office).reopened] == [record.id]


def test_a_record_that_was_not_effective_does_not_recur(office: Office) -> None:
    with office.desk() as desk:
        record = one(desk, office.implemented())
        (judged,) = leading.review(desk, [record.id], replace(EFFECTIVE, effective=False), GRACE)
        everything: list[Nonconformity] = list(known(desk).values())
    assert judged.stage is Stage.CORRECTED
    later = finding(check=LOW, source=NORTH, since=office.farm.now + DAY)
    assert list(recurred(everything, [later])) == []


def test_two_scans_that_end_at_once_raise_one_record(office: Office) -> None:
    rules(office, "name: high")
    together = Barrier(2)

    def one_of_two(_: int) -> Followed:
        with office.farm.store() as store:
            together.wait()
            return follow(Desk(office.farm.configuration, store, office.farm.clock))

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one_of_two, range(2)))
    assert sum(len(each.raised) for each in found) == 1
    office.verified()
