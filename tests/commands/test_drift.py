"""`annexa drift` and `annexa alerts`: what people and programs are told."""

from __future__ import annotations

import json
import re

import pytest

from tests.command_line import Folder, explained
from tests.commands.conftest import ORCHARD
from tests.commands.test_terminal import on_a_terminal

DRIFT = {
    "from", "to", "organization", "counts", "findings", "aged", "resources", "gaps", "places", "rules", "controls",
    "warnings",
}  # fmt: skip
FINDING = {
    "change", "id", "check", "severity", "status", "reason", "was_status", "was_reason", "resource", "source", "scope",
    "because", "since", "leaf", "controls",
}  # fmt: skip


def test_what_changed_since_the_scan_before(scanned: Folder) -> None:
    said = scanned.annexa("drift", "--json")
    found = said.json
    assert said.status == 0
    assert set(found) == DRIFT
    assert all(set(each) == FINDING for each in found["findings"])
    assert found["counts"]["new_failure"] == 3
    gate = next(each for each in found["findings"] if each["resource"] == "gate")
    assert (gate["change"], gate["was_status"], gate["status"]) == ("new_failure", "pass", "fail")
    changed = {each["resource"]: each for each in found["resources"]}
    assert changed["gate"]["fields"] == [{"path": "locked", "before": {"value": True}, "after": {"value": False}}]
    assert {"framework", "control", "title", "was", "conclusion", "was_sentence", "sentence"} == set(
        found["controls"][0]
    )


def test_people_read_it_on_a_terminal_and_as_a_page(scanned: Folder) -> None:
    said = scanned.annexa("drift", "--output", "drift.html", "--from", "5")
    assert said.status == 0
    assert "✕ new failure" in said.out
    assert "locked: true -> false" in said.out
    assert "○ gone" in said.out
    assert "Page: drift.html\n" in said.out
    assert "\x1b" not in said.out
    assert "<h1>What changed</h1>" in (scanned.path / "drift.html").read_text(encoding="utf-8")
    wide = on_a_terminal(scanned, "drift", COLUMNS="80")
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", wide).splitlines())) <= 80
    as_json = scanned.annexa("drift", "--json", "--output", "drift.json")
    assert as_json.out == ""
    assert set(json.loads((scanned.path / "drift.json").read_text(encoding="utf-8"))) == DRIFT


def test_a_part_of_it_and_a_moment_that_is_none(scanned: Folder) -> None:
    found = scanned.annexa("drift", "--check", "orchard.gate_is_locked", "--source", "orchard/north", "--json").json
    assert {each["check"] for each in found["findings"]} == {"orchard.gate_is_locked"}
    assert {each["kind"] for each in found["resources"]} <= {"orchard.gate", "orchard.tree"}
    error, hint = explained(scanned.annexa("drift", "--from", "2020-01-01"))
    assert error.startswith("no scan had finished by 2020-01-01")
    assert hint


def test_a_scan_ends_with_what_changed_since_the_one_before(copy: Folder) -> None:
    copy.configure({**ORCHARD, "locked": True})
    out = copy.annexa("scan").out
    assert "Since the scan before: 1 resolved, 1 resource came, went or changed\n" in out
    assert "Since the scan before: nothing changed" in copy.annexa("scan").out


def test_alerts_without_channels(scanned: Folder) -> None:
    assert "Channels: none is configured" in scanned.annexa("alerts").out
    assert scanned.annexa("alerts", "test").out == "No channel is configured: name one in alerts.channels.\n"


@pytest.fixture
def alerting(copy: Folder) -> Folder:
    """A channel whose address leads nowhere: nobody listens at port 1."""
    copy.configure({**ORCHARD, "locked": False}, alerts={"channels": {"operations": {"file": "channel"}}})
    (copy.path / "channel").write_text("json://127.0.0.1:1/secret-of-the-hook", encoding="utf-8")
    return copy


def test_alerts_that_nobody_takes_are_told_and_change_no_exit_status(alerting: Folder) -> None:
    said = alerting.annexa("scan")
    assert said.status == 3
    assert "! operations did not take a message: " in said.out
    assert "secret-of-the-hook" not in said.out + said.err
    found = alerting.annexa("alerts", "--json").json
    assert set(found) == {"channels", "looked", "waiting", "given_up"}
    assert [(each["title"], each["attempts"]) for each in found["waiting"]] == [("Annexa: alerts begin", 1)]
    dry = alerting.annexa("alerts", "send", "--dry-run")
    assert (dry.status, dry.out) == (0, "0 messages would be sent\n")
