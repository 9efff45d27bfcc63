"""`--json` of each command is one document with the documented fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.command_line import Folder
from tests.commands.conftest import HOSTILE

FINDING = {
    "id", "check", "status", "reason", "resource", "source", "scope", "severity", "since", "as_of",
    "collected_at", "leaf", "evidence", "change", "accepted", "accepted_until", "nonconformities",
}  # fmt: skip
SCAN = {
    "id", "trigger", "started", "finished", "status", "agent_version", "sources", "left_out", "died", "clock",
    "first_leaf", "last_leaf", "units", "exchanges",
}  # fmt: skip
CONTROL = {
    "framework", "control", "title", "theme", "potential", "conclusion", "strength", "reservations", "objectives",
    "failures", "accepted", "accepted_until", "nonconformities", "stated", "attestations", "risks",
}  # fmt: skip
CHECK = {
    "id", "title", "rationale", "remediation", "objective", "severity", "subject", "whole_population", "joins",
    "settings", "controls", "enabled",
}  # fmt: skip
REPORT = {
    "organization", "scan", "findings", "gaps", "controls", "nonconformities", "acceptances", "coverage", "checkpoint", "warnings",
}  # fmt: skip


def document(folder: Folder, *arguments: str, status: int = 0) -> Any:
    """The one JSON document that a command printed, and nothing else, on standard output."""
    said = folder.annexa(*arguments, "--json")
    assert said.status == status, said
    assert said.out.endswith("\n")
    return said.json


def test_status(scanned: Folder) -> None:
    found = document(scanned, "status", status=3)
    assert set(found) == REPORT
    assert set(found["scan"]) == SCAN
    assert all(set(each) == FINDING for each in found["findings"])
    assert all(set(each) == CONTROL for each in found["controls"])
    assert len(found["controls"]) == 93 + 114
    assert {"origin", "size", "root", "note", "public_key"} <= set(found["checkpoint"])
    by_resource = {(f["check"], f["resource"]): f["status"] for f in found["findings"]}
    assert by_resource["orchard.tree_is_fenced", HOSTILE] == "fail"
    assert by_resource["orchard.tree_is_fenced", "birch"] == "unknown"
    assert by_resource["orchard.tree_is_fenced", "seedling"] == "not_applicable"
    assert by_resource["orchard.tree_is_fenced", "apple"] == "pass"


def test_scan(copy: Folder) -> None:
    found = document(copy, "scan", status=3)
    assert set(found) == REPORT
    assert found["scan"]["sources"] == ["orchard/north"]
    assert found["scan"]["trigger"] == "command line"
    since = document(copy, "scan", "--since-last", status=3)
    assert set(since) == {*REPORT, "ended"}
    assert (since["findings"], since["ended"]) == ([], [])


def test_checks(scanned: Folder) -> None:
    found = document(scanned, "checks")
    assert all(set(each) == CHECK for each in found)
    assert [each["id"] for each in found] == sorted(each["id"] for each in found)
    (low,) = (each for each in found if each["id"] == "orchard.tree_is_low")
    assert low["settings"] == {"most_cm": 500}
    assert low["title"] == "Every tree can be reached."
    assert low["enabled"]
    assert document(scanned, "explain", "orchard.tree_is_low") == low


def test_a_disabled_check_says_so(folder: Folder) -> None:
    folder.configure(checks={"disabled": ["orchard.tree_is_low"]})
    assert not document(folder, "explain", "orchard.tree_is_low")["enabled"]
    assert "orchard.tree_is_low (disabled)" in folder.annexa("checks").out


def test_controls(scanned: Folder) -> None:
    found = document(scanned, "controls")
    assert len(found) == 93
    assert all(set(each) == CONTROL for each in found)
    assert len(document(scanned, "controls", "--framework", "iso27001_2013")) == 114
    (one,) = document(scanned, "controls", "A.8.13")
    assert one["conclusion"] == "contradicted"
    assert {"objective", "share", "because", "conclusion", "checks", "passes", "fails"} <= set(one["objectives"][0])


def test_permissions(scanned: Folder) -> None:
    found = document(scanned, "permissions", "orchard")
    assert found["document"] == "may look at gates\nmay look at trees\n"
    assert [each["id"] for each in found["collectors"]] == ["orchard.gates", "orchard.trees"]


def test_verify(scanned: Folder) -> None:
    found = document(scanned, "verify")
    assert found["verified"] is True
    assert found["problems"] == []
    assert found["pending"] == 0
    assert found["leaves"] > 0


def test_doctor(scanned: Folder) -> None:
    found = document(scanned, "doctor")
    assert all(set(each) == {"subject", "state", "finding", "remedy"} for each in found)
    assert {each["state"] for each in found} <= {"good", "warning"}


@pytest.mark.parametrize("command", ["scan", "status", "checks", "controls", "verify"])
def test_errors_never_reach_standard_output(folder: Folder, command: str) -> None:
    folder.configure({"nmae": "x"})
    said = folder.annexa(command, "--json")
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith("error: config.yaml:")


def test_strangers_text_survives_json_escaped(scanned: Folder) -> None:
    said = scanned.annexa("status", "--json")
    assert "\x1b" not in said.out
    assert any(finding["resource"] == HOSTILE for finding in said.json["findings"])
