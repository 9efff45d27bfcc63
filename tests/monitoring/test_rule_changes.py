"""What evidence is judged and read by, and how that differs between two moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.model import Control, DescribedCheck, Framework, Link, Severity
from evidence_store.questions.verdict_changes import JudgingChange
from evidence_store.records import ScanStarted
from monitoring.rule_changes import RuleChange, rule_changes
from runs.rules import Rules

CHECK = DescribedCheck(
    id="doors.shut",
    title="Doors are shut.",
    rationale="why",
    remediation="shut them",
    objective="doors-are-shut",
    severity=Severity.HIGH,
    kind="door",
)
LINK = Link("doors-are-shut", "most", "a door that is shut keeps people out")
CONTROL = Control("A.7.1", "Perimeters", "physical", "partial", (LINK,))
FRAMEWORK = Framework("standard", "A standard", (CONTROL,))
RULES = Rules(checks={CHECK.id: CHECK}, frameworks=(FRAMEWORK,), objectives={}, stale_after=timedelta(days=2))
BEGAN = ScanStarted(
    salt="",
    agent="a",
    agent_version="1.0",
    login="",
    trigger="",
    configuration="",
    narrowed=False,
    left_out=(),
    died=(),
    clock="",
)


def changes(after: Rules = RULES, *judging: JudgingChange, began: ScanStarted | None = BEGAN) -> list[RuleChange]:
    return list(rule_changes((RULES, after), [BEGAN, began], judging))


def test_the_same_rules_are_no_change() -> None:
    assert changes() == []


def test_versions_and_freshness() -> None:
    assert changes(began=replace(BEGAN, agent_version="1.1")) == [
        RuleChange(what="agent_version", before="1.0", after="1.1")
    ]
    assert changes(began=None) == [RuleChange(what="agent_version", before="1.0", after=None)]
    assert changes(replace(RULES, stale_after=timedelta(hours=1))) == [
        RuleChange(what="freshness", name="stale_after_seconds", before=172_800, after=3_600)
    ]


def test_checks_and_what_they_are_made_with() -> None:
    assert changes(replace(RULES, checks={})) == [RuleChange(what="check", check=CHECK.id, before="on", after=None)]
    other = replace(CHECK, objective="doors-are-watched")
    assert changes(replace(RULES, checks={CHECK.id: other})) == [
        RuleChange(what="objective", check=CHECK.id, before="doors-are-shut", after="doors-are-watched")
    ]
    digest = JudgingChange(check=CHECK.id, what="check_digest", before="0" * 64, after="1" * 64)
    settings = JudgingChange(
        check=CHECK.id, what="settings", before={"most": 1, "same": 2}, after={"least": 3, "same": 2}
    )
    assert changes(RULES, digest, settings) == [
        RuleChange(what="check_digest", check=CHECK.id, before="0" * 64, after="1" * 64),
        RuleChange(what="setting", check=CHECK.id, name="least", before=None, after=3),
        RuleChange(what="setting", check=CHECK.id, name="most", before=1, after=None),
    ]


def test_mappings_control_by_control() -> None:
    some = replace(CONTROL, links=(replace(LINK, share="some"),))
    new = replace(CONTROL, id="A.7.2")
    after = replace(RULES, frameworks=(replace(FRAMEWORK, controls=(some, new)), replace(FRAMEWORK, id="another")))
    assert changes(after) == [
        RuleChange(what="mapping", name="another", before=None, after="another"),
        RuleChange(
            what="mapping", name="standard:A.7.1", before=["doors-are-shut (most)"], after=["doors-are-shut (some)"]
        ),
        RuleChange(what="mapping", name="standard:A.7.2", before=None, after=["doors-are-shut (most)"]),
    ]
    assert changes(replace(RULES, frameworks=())) == [RuleChange(what="mapping", name="standard", before="standard")]
