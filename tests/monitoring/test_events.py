"""What is worth telling besides what changed about findings: alarms, and risks that are accepted no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.management.acceptance import AcceptedFinding, RiskAcceptance, Standing
from core.model import ALARM, DescribedCheck, Severity
from evidence_store.questions.states import PublicationState, Seal
from monitoring.changes import Change
from monitoring.drift import VerdictDrift
from monitoring.events import events, expired
from monitoring.sight_changes import ChangedGap
from runs.rules import Rules

NOON, DAY = datetime(2026, 1, 31, 12, tzinfo=UTC), timedelta(days=1)
CHECK = DescribedCheck(
    id="doors.shut",
    title="Doors are shut.",
    rationale="why",
    remediation="shut them",
    objective="doors-are-shut",
    severity=Severity.HIGH,
    kind="door",
)
RULES = Rules(checks={CHECK.id: CHECK}, frameworks=(), objectives={}, stale_after=DAY)
NOTHING = VerdictDrift(start=6, findings=(), aged=(), gaps=(), rules=RULES)
ACCEPTANCE = RiskAcceptance(
    id="RA-1",
    standing=Standing.EXPIRED,
    findings=(AcceptedFinding(check=CHECK.id, source="house/a", scope="", resource="front", reason="open"),),
    risk="thieves",
    reason="until spring",
    approver="somebody",
    login="somebody",
    accepted=NOON,
    expires=NOON + DAY,
    events=2,
    leaf=9,
    nonconformities=("NC-1",),
)


def test_a_checkpoint_that_cannot_be_of_this_log_is_an_alarm() -> None:
    fine = PublicationState(folder="/mnt/one", size=6)
    wrong = PublicationState(folder="/mnt/two", size=6, alarm="checkpoint 9 there is not of this log")
    seal = Seal(origin="o", size=6, root="", note="", public_key="", publications=(fine, wrong))
    (event,) = events(NOTHING, seal)
    assert (event.change, event.severity, event.sentence) == ("alarm", Severity.CRITICAL, wrong.alarm)
    assert not list(events(NOTHING, None))


def test_a_source_that_may_be_another_one_is_an_alarm_each_time_it_shows() -> None:
    gap = ChangedGap(
        change=Change.BECAME_UNKNOWN,
        source="host/web-1",
        scope="x",
        collector="c",
        kinds=(),
        reason=f"{ALARM}its key is another one",
        hint="ask its owner",
    )
    others = (replace(gap, reason="denied"), replace(gap, change=Change.COULD_LOOK_AGAIN))
    found = replace(NOTHING, gaps=(gap, *others))
    (event,) = events(found, None)
    assert event.sentence == "host/web-1, x: its key is another one"
    assert event.detail == "ask its owner"
    (later,) = events(replace(found, start=12), None)
    assert later.name != event.name


def test_a_risk_that_is_accepted_no_longer_is_told_once() -> None:
    (event,) = expired([ACCEPTANCE], NOON, NOON + DAY, RULES)
    assert event.sentence == "RA-1: expired at 2026-02-01T12:00:00Z, 1 findings"
    assert (event.severity, event.detail) == (Severity.HIGH, "see the nonconformities NC-1")
    assert event.objectives == {"doors-are-shut"}
    assert "somebody" not in str(event)
    unnoticed = replace(ACCEPTANCE, standing=Standing.IN_FORCE, nonconformities=())
    (same,) = expired([unnoticed], NOON, NOON + DAY, RULES)
    assert same.name == event.name
    assert not list(expired([ACCEPTANCE], NOON + DAY, NOON + 2 * DAY, RULES))
    assert not list(expired([replace(ACCEPTANCE, standing=Standing.WITHDRAWN)], NOON, NOON + DAY, RULES))
