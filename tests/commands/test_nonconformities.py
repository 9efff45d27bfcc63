"""Nonconformities and acceptances as people type them."""

from __future__ import annotations

from tests.command_line import Folder, explained
from tests.commands.test_json import document

RECORD = {
    "id", "stage", "title", "statement", "grade", "severity", "due", "subjects", "rule", "external", "raised", "raised_by",
    "changed", "events", "leaf", "owner", "correction", "consequences", "cause", "similar", "found", "actions", "review",
    "closed", "closed_by", "recurrences",
}  # fmt: skip
EVIDENCE = {"says", "failing", "unknown", "clean", "findings", "left", "sentence"}
EVENT = {
    "number", "at", "act", "author", "login", "reason", "content", "signature", "leaf", "who", "verified",
}  # fmt: skip
WHY = ("--reason", "seen in the weekly review")


def failing(folder: Folder) -> list[str]:
    said = folder.annexa("status", "--json").json
    return [each["id"] for each in said["findings"] if each["status"] == "fail"]


def test_a_nonconformity_from_the_command_line(copy: Folder) -> None:
    names = failing(copy)
    (raised,) = document(copy, "nonconformities", "raise", names[0], "--by", "Ada", *WHY)
    assert set(raised) == RECORD
    assert (raised["id"], raised["raised_by"], raised["stage"]) == ("NC-0001", "Ada", "raised")
    editor = "sed -i s/^grade:.*/grade:\\ major/;s/^owner:.*/owner:\\ Ada/;s/^reason:.*/reason:\\ agreed/"
    said = copy.annexa("nonconformities", "edit", "nc-0001", EDITOR=editor)
    assert (said.status, "NC-0001 is assigned" in said.out) == (0, True), said
    said = copy.annexa("nonconformities", "edit", "NC-0001", EDITOR="sed -i s/^grade:.*/grade:\\ awful/")
    assert "Nothing was changed. What you wrote is kept in " in said.out
    assert "grade: input should be 'minor' or 'major'" in explained(said)[0]
    (listed,) = document(copy, "nonconformities", "list")
    assert set(listed) == RECORD | {"overdue", "evidence"}
    assert set(listed["evidence"]) == EVIDENCE
    assert (listed["owner"], listed["grade"], listed["evidence"]["says"]) == ("Ada", "major", "failing")
    shown = document(copy, "nonconformities", "show", "NC-0001")
    assert set(shown) == RECORD | {"evidence", "similar_cases"}
    assert all(set(each) == EVENT for each in shown["events"])
    assert [each["act"] for each in shown["events"]] == ["raised", "amended", "assigned"]
    text = copy.annexa("nonconformities", "show", "NC-0001").out
    for line in ("Evidence: failing", "What was done", "agreed", "asserted"):
        assert line in text
    assert "NC-0001: is assigned, and can be closed only while it is reviewed" in explained(
        copy.annexa("nonconformities", "close", "NC-0001", *WHY)
    )[0]  # fmt: skip
    found = document(copy, "status", status=3)
    assert found["nonconformities"] == {"open": 1, "major": 1, "overdue": 0, "closed": 0}
    assert any(each["nonconformities"] == ["NC-0001"] for each in found["findings"])
    error, hint = explained(copy.annexa("nonconformities", "raise", names[0], *WHY))
    assert error.startswith("NC-0001 is open about ")
    assert hint == "lead that one: annexa nonconformities show NC-0001; or raise another one --anyway"


def test_an_acceptance_from_the_command_line(copy: Folder) -> None:
    names = failing(copy)
    added = copy.annexa(
        "acceptances", "add", *names, "--approver", "Grace", "--risk", "deer", "--expires", "2000-01-01", *WHY
    )
    assert "no risk is accepted until 2000-01-01" in explained(added)[0]
    copy.configure(management={"longest_acceptance": "999999d"})
    (added,) = document(
        copy, "acceptances", "add", *names, "--approver", "Grace", "--risk", "deer", "--expires", "2999-01-01", *WHY
    )  # fmt: skip
    assert (added["id"], added["approver"], added["standing"]) == ("RA-0001", "Grace", "in_force")
    said = copy.annexa("controls", "A.8.13").out
    assert "contradicted (accepted until 2999-01-01)" in said
    assert "RA-0001: in force, until 2999-01-01" in copy.annexa("acceptances", "show", "RA-0001").out
    report = copy.path / "report.html"
    shown = copy.annexa("status", "--report", str(report))
    assert f"Accepted risks: 1 acceptance of {len(names)} failures" in shown.out
    assert "What people answer for" in report.read_text(encoding="utf-8")
    (ended,) = document(copy, "acceptances", "withdraw", "RA-0001", "--approver", "Grace", *WHY)
    assert ended["standing"] == "withdrawn"
    assert document(copy, "acceptances", "list") == []


def test_a_scan_says_what_followed_from_it(copy: Folder) -> None:
    copy.configure({"trees": [{"id": "oak", "fenced": False}]}, management={"rules": [{"name": "high"}]})
    said = copy.annexa("scan")
    assert "NC-0001 was raised (minor, due " in said.out
    assert "Nonconformities: 1 open (0 major, 0 overdue), 0 closed" in said.out
    assert copy.verified().problems == ()
    assert document(copy, "nonconformities", "raise", "--rules") == {
        "reopened": [], "raised": [], "expired": [], "stated": []
    }  # fmt: skip


def test_documents_from_the_command_line(copy: Folder) -> None:
    file = copy.path / "in.yaml"
    file.write_text("nonconformities:\n- {external: A-1, title: no minutes, statement: the review has none}\n")
    assert document(copy, "nonconformities", "import", "in.yaml", *WHY)["raised"][0]["external"] == "A-1"
    assert copy.annexa("nonconformities", "export", "--output", "out.csv").status == 0
    assert (copy.path / "out.csv").read_text(encoding="utf-8").splitlines()[1].startswith("A-1,no minutes,")
    (record,) = document(copy, "nonconformities", "export")
    assert set(record) == RECORD
    assert [each["act"] for each in record["events"]] == ["raised"]
    file.write_text("nonconformities:\n- {external: A-2}\n")
    said = explained(copy.annexa("nonconformities", "import", "in.yaml", *WHY))
    assert said[0].startswith("in.yaml:2: nonconformities[0].")
