"""The tables about the real hosts are whole, and the comparison with other auditors complains when it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from runs.plugins import all_checks
from tests.hosts import auditors, differential
from tests.hosts.test_hosts import PLANTED

CHECK = "host.sshd.root_cannot_log_in"


def test_every_check_of_hosts_says_what_it_must_find_there() -> None:
    assert [row["check"] for row in PLANTED] == sorted(name for name in all_checks() if name.startswith("host."))
    assert all(row["planted"] and row["weak"] and row["hardened"] for row in PLANTED)
    assert sum(row["weak"] == "fail" for row in PLANTED) >= 100


def test_questions_are_about_checks_there_are() -> None:
    assert {line["check"] for line in differential.read("questions")} <= set(all_checks())


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(differential, "TABLES", tmp_path)
    (tmp_path / "questions.csv").write_text(f"check,about,tool,question\n{CHECK},,openscap,root_*\n")
    (tmp_path / "unasked.csv").write_text("tool,question,reason\n")
    (tmp_path / "reasons.csv").write_text("tool,question,host,check,reason\n")
    return tmp_path


def said(ours: str, theirs: dict[str, str]) -> list[str]:
    answers = {"openscap": theirs}
    rows = differential.compared("weak", {CHECK: [("weak", ours, "PermitRootLogin")]}, answers)
    return differential.complaints(rows, answers)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("pass", "pass"), ("fail", "fail"), ("unknown", "pass"), ("fail", "none")]
)
def test_who_agrees_or_does_not_judge_needs_no_reason(tables: Path, ours: str, theirs: str) -> None:
    assert said(ours, {"root_login": theirs}) == []


def test_who_disagrees_needs_a_reason_and_a_reason_needs_a_disagreement(tables: Path) -> None:
    (wrong,) = said("fail", {"root_login": "pass"})
    assert wrong == f"weak: {CHECK} : we say fail, openscap root_login says pass"
    (tables / "reasons.csv").write_text("tool,question,host,check,reason\nopenscap,root_*,*,*,it reads one file\n")
    assert said("fail", {"root_login": "pass"}) == []
    (wrong,) = said("pass", {"root_login": "pass"})
    assert wrong == "reasons.csv: openscap root_* on * explains nothing"


def test_each_question_of_others_is_mapped_or_set_aside(tables: Path) -> None:
    assert said("pass", {"root_login": "pass", "ttl": "pass"}) == ["openscap ttl: neither a check of ours nor a reason"]
    (tables / "unasked.csv").write_text("tool,question,reason\nopenscap,ttl,nobody needs it\n")
    assert said("pass", {"root_login": "pass", "ttl": "pass"}) == []
    assert said("pass", {"root_login": "pass"}) == ["openscap ttl: it asks no such question"]


class Recorded:
    """A host whose commands say what the other auditors wrote on a real one."""

    def __init__(self, **said: str) -> None:
        self._said = said

    def run(self, script: str, *, seconds: int = 0) -> str:
        return next(text for name, text in self._said.items() if name in script)


def test_answers_of_openscap_are_read() -> None:
    text = "Title\r\tA\nRule\r\txccdf_org.ssgproject.content_rule_a\nResult\r\tpass\n\n"
    text += "Rule\r\txccdf_org.ssgproject.content_rule_b\nResult\r\tnotapplicable\n"
    assert auditors.openscap(Recorded(oscap=text)) == {"a": "pass", "b": "none"}  # type: ignore[arg-type] # stands in


def test_answers_of_lynis_are_read() -> None:
    log = """\
Test: Checking LogLevel in /tmp/lynis.x
Result: Option LogLevel found
Suggestion: Consider hardening SSH configuration
Test: Checking MaxSessions in /tmp/lynis.x
Result: OpenSSH option MaxSessions is configured very well
Result: sysctl key kernel.sysrq has a different value than expected
Result: sysctl key fs.suid_dumpable contains equal expected and current value (0)
Test: checking if file /etc/group has the permissions set to 644 (rw-r--r--) or more restrictive
Outcome: permissions of file /etc/group are not matching expected value (664 != 644)
"""
    report = "warning[]=AUTH-9204|Multiple users|-|-|\ntests_executed=AUTH-9204|AUTH-9208|SSH-7408|\n"
    host = Recorded(audit="", report=report, log=log)
    assert auditors.lynis(host) == {  # type: ignore[arg-type] # stands in
        "AUTH-9204": "fail",
        "AUTH-9208": "pass",
        "SSH-7408:LogLevel": "fail",
        "SSH-7408:MaxSessions": "pass",
        "KRNL-6000:kernel.sysrq": "fail",
        "KRNL-6000:fs.suid_dumpable": "pass",
        "FILE-7524:/etc/group": "fail",
    }
