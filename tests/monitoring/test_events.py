"""What is worth telling besides what changed about findings: alarms, and risks that are accepted no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.management.acceptance import AcceptedFinding, RiskAcceptance, Standing
from core.management.attestation import Attestation, Attested, after
from core.management.events import Event
from core.model import ALARM, DescribedCheck, Severity
from evidence_store.questions.states import PublicationState, Seal
from monitoring.changes import Change, ChangedResource
from monitoring.drift import VerdictDrift
from monitoring.events import ending, events, expired
from monitoring.fields import ABSENT, Field, FieldChange
from monitoring.resource_events import MOST_FIELDS, resource_event
from monitoring.rule_changes import RuleChange
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


def test_who_judges_otherwise_is_told_of() -> None:
    setting = RuleChange(what="setting", check=CHECK.id, name="most", before=10, after=99)
    gone = RuleChange(what="check", check="doors.locked", before="on", after=None)
    mapping = RuleChange(what="mapping", name="iso27001_2022:A.7.1", before=["a"], after=None)
    found = list(events(replace(NOTHING, changed_rules=(setting, gone, mapping)), None))
    assert [each.sentence for each in found] == [
        "setting doors.shut most: 10 -> 99",
        'check doors.locked: "on" -> null',
        'mapping iso27001_2022:A.7.1: ["a"] -> null',
    ]
    assert [each.severity for each in found] == [Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM]
    assert found[0].checks == (CHECK.id,)
    assert found[0].objectives == {"doors-are-shut"}
    assert len({each.name for each in found}) == 3


def test_a_risk_that_is_accepted_no_longer_is_told_once() -> None:
    (event,) = expired([ACCEPTANCE], NOON, NOON + DAY, RULES)
    assert event.sentence == "RA-1: expired at 2026-02-01T12:00:00Z, 1 finding"
    assert (event.severity, event.detail) == (Severity.HIGH, "see the nonconformities NC-1")
    assert event.objectives == {"doors-are-shut"}
    assert "somebody" not in str(event)
    unnoticed = replace(ACCEPTANCE, standing=Standing.IN_FORCE, nonconformities=())
    (same,) = expired([unnoticed], NOON, NOON + DAY, RULES)
    assert same.name == event.name
    assert not list(expired([ACCEPTANCE], NOON + DAY, NOON + 2 * DAY, RULES))
    assert not list(expired([replace(ACCEPTANCE, standing=Standing.WITHDRAWN)], NOON, NOON + DAY, RULES))


@pytest.mark.parametrize(
    ("since", "now", "change"),
    [
        (0, 9, ""),
        (9, 11, "attestation_ends"),
        (11, 39, ""),
        (39, 41, "attestation_ended"),
        (9, 41, "attestation_ended"),
        (41, 42, ""),
    ],
)
def test_an_attestation_is_told_of_before_it_ends_and_when_it_did(since: int, now: int, change: str) -> None:
    given = _attested(valid_until=(NOON + 39 * DAY).date())
    found = list(ending([given], 30 * DAY, NOON + since * DAY, NOON + now * DAY))
    assert [each.change for each in found] == ([change] if change else [])
    for each in found:
        assert "Ada" not in str(each)
        assert each.command == "annexa attest renew AT-0001"
        assert each.controls == ("A.5.1",)
    assert not list(ending([replace(given, withdrawn=NOON)], 30 * DAY, NOON + since * DAY, NOON + now * DAY))


def test_what_is_attested_for_a_short_term_is_told_of_at_once() -> None:
    given = replace(_attested(valid_until=(NOON + 9 * DAY).date()), attested=NOON + DAY)
    review = replace(given, id="AR-0001", said=replace(given.said, document=""))
    (event,) = ending([review], 30 * DAY, NOON, NOON + 2 * DAY)
    assert event.command == "annexa access-review export"
    (event,) = ending([given], 30 * DAY, NOON, NOON + 2 * DAY)
    assert event.sentence == "AT-0001 holds until 2026-02-09; it speaks to A.5.1"


def test_a_resource_is_told_with_its_fields_as_far_as_there_is_room_and_they_are_known() -> None:
    fields = tuple(FieldChange(f"hinge{n}", ABSENT, Field(n)) for n in range(1, MOST_FIELDS + 3))
    unseen = FieldChange("bolt", Field(unseen="fog"), Field(["a"]))
    door = ChangedResource(
        change=Change.CHANGED,
        kind="door",
        resource="front",
        source="house/a",
        scope="x",
        fields=(unseen, *fields),
        since=7,
    )
    event = resource_event(door, (CHECK.id,), RULES, 6)
    assert event.sentence == (
        'front in house/a, x: bolt: (could not be seen: fog) -> ["a"]; hinge1: (none) -> 1; hinge2: (none) -> 2; '
        "hinge3: (none) -> 3; hinge4: (none) -> 4; and 3 more"
    )
    assert (event.severity, event.subject) == (Severity.HIGH, "door")
    assert event.objectives == {"doors-are-shut"}
    assert event.command == "annexa drift --from 5 --source house/a"
    disposed = resource_event(replace(door, told=False, fields=()), (), RULES, 6)
    assert disposed.sentence.endswith("it is configured otherwise; what it was was disposed of")
    assert (disposed.severity, disposed.name) == (Severity.MEDIUM, event.name)
    assert resource_event(replace(door, since=9), (), RULES, 6).name != event.name


def _attested(valid_until: date) -> Attestation:
    said = Attested(
        title="Ada's policy", document="p", digest="", controls=("A.5.1",), owner="Ada", authors=("Ada",), reviewer="",
        reviewed=None, valid_from=NOON.date(), valid_until=valid_until,
    )  # fmt: skip
    done: Event[Any] = Event(
        record="AT-0001", number=1, at=NOON - DAY, login="ada", author="Ada", reason="because", act=said
    )
    return after(None, done)
