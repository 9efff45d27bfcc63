"""The page of what changed: all of it, as text, and nothing that runs or is loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.management.organization import Organization
from core.management.statements import Version
from core.model import Conclusion, Severity, Status
from evidence_store.questions.past import Past
from exports.drift import render, write
from exports.words import CHANGES
from monitoring.changes import AgedVerdicts, Change, ChangedFinding, ChangedResource
from monitoring.control_changes import ChangedControl
from monitoring.drift import Drift
from monitoring.fields import ABSENT, Field, FieldChange
from monitoring.rule_changes import RuleChange
from monitoring.sight_changes import ChangedGap, ChangedPlace
from tests.exports.reports import HOSTILE, NOON

DRIFT = Drift(
    start=Past(size=6, moment=NOON),
    end=Past(size=12, moment=datetime(2026, 2, 1, 12, tzinfo=UTC)),
    findings=(
        ChangedFinding(
            change=Change.NEW_FAILURE,
            id="0123456789ab",
            check="host.sshd.passwords_are_refused",
            severity=Severity.HIGH,
            status=Status.FAIL,
            reason=HOSTILE,
            was_status=Status.PASS,
            was_reason="it was shut",
            resource=HOSTILE,
            source="host/web-1",
            scope="",
            because=("a setting of the check changed",),
            since=8,
            leaf=8,
            controls=("A.8.5",),
        ),
    ),
    aged=(
        AgedVerdicts(
            change=Change.BECAME_UNKNOWN,
            source="aws/1",
            scope="eu-west-1",
            collected_at=NOON,
            count=3,
            checks=("aws.s3.bucket_is_private",),
        ),
    ),
    resources=(
        ChangedResource(
            change=Change.CHANGED,
            kind="host.sshd",
            resource="web-1",
            source="host/web-1",
            scope="",
            fields=(
                FieldChange("options.port", Field(22), Field(2222)),
                FieldChange("options.banner", Field(unseen="fog"), ABSENT),
            ),
        ),
        ChangedResource(
            change=Change.CHANGED, kind="host.sshd", resource="web-2", source="host/web-2", scope="", told=False
        ),
    ),
    gaps=(
        ChangedGap(
            change=Change.BECAME_UNKNOWN,
            source="host/web-1",
            scope="",
            collector="host.audit",
            kinds=("host.audit",),
            reason="denied",
            hint="ask the owner",
        ),
    ),
    places=(ChangedPlace(change=Change.LEFT_OUT, source="host/web-9", scope=""),),
    rules=(RuleChange(what="setting", check="host.sshd.x", name="most", before=1, after=2),),
    controls=(
        ChangedControl(
            framework="iso27001_2022",
            control="A.8.5",
            title="Secure authentication",
            was=Conclusion.SUPPORTED,
            conclusion=Conclusion.CONTRADICTED,
            was_sentence="supported (most), 1 of 1 objectives",
            sentence="contradicted; 0 of 1 objectives supported",
        ),
    ),
    warnings=("a clock was wrong",),
)


def test_the_page_has_all_of_it_and_strangers_text_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "drift.html"
    write(DRIFT, file, NOON)
    page = file.read_text(encoding="utf-8")
    assert page == render(DRIFT, NOON)
    assert file.stat().st_mode & 0o077 == 0
    for part in (
        "new failure", "<code>A.8.5</code>", "iso27001_2022", "before it passed: it was shut", "options.port", "<td>22</td><td>2222</td>", "could not be seen: fog",
        "<td>none</td>", "cannot be read any more", "host/web-9", "3 verdicts of 1 check", "ask the owner",
        "a clock was wrong", "annexa show 0123456789ab", "a setting of the check changed",
    ):  # fmt: skip
        assert part in page, part
    assert "<script" not in page
    assert "\x1b" not in page
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in page


def test_whom_it_is_about_stands_at_the_head() -> None:
    said = Organization(name="Willow", scope_statement="All orchards")
    stated = Version(
        id="ORGANIZATION", said=said, events=2, at=NOON, author="Ada", login="ada", reason="as agreed", leaf=7
    )
    head = render(replace(DRIFT, organization=stated), NOON).partition("<nav")[0]
    assert "Willow" in head
    assert "All orchards" in head
    assert "Organization" not in render(DRIFT, NOON).partition("<nav")[0]


def test_an_empty_drift_says_so() -> None:
    page = render(Drift(start=DRIFT.start, end=DRIFT.end), NOON)
    for part in ("No verdict changed.", "As before.", "None came, went or changed.", "The same checks, settings"):
        assert part in page


def test_a_page_that_a_browser_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.drift.MOST", 1)
    assert render(replace(DRIFT, findings=DRIFT.findings * 3), NOON).count("1 more are not listed here") == 1
    assert "2 more are not listed here" in render(replace(DRIFT, findings=DRIFT.findings * 3), NOON)


def test_every_change_has_words() -> None:
    assert list(CHANGES) == list(Change)
    assert all(sign.symbol and sign.word and sign.meaning for sign in CHANGES.values())
