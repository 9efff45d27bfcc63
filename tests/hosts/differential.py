"""The differential table: what Annexa, OpenSCAP and Lynis say about the same two hosts, question by question.

`python -m tests.hosts.differential` (as root, or `make differential`) writes docs/sources/hosts-differential.md. It fails
when two answer a question differently and `differential/reasons.csv` has no reason, when a question of another tool is
neither mapped to a check (`questions.csv`) nor set aside with a reason (`unasked.csv`), and when a written reason explains
nothing any more.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from collectors.host.source import Host
from core.engine import assess, collect
from core.model import Evidence
from runs.clock import now
from runs.plugins import all_checks, collectors_of
from tests.hosts import auditors
from tests.hosts.estate import SETTINGS, running
from tests.hosts.machines import Machine
from tests.hosts.trees import with_auditors

TABLES = Path(__file__).parent / "differential"
PAGE = Path(__file__).parents[2] / "docs" / "sources" / "hosts-differential.md"
WORST_FIRST = ("error", "fail", "unknown", "pass", "not_applicable", "none")
ANSWERS = ("pass", "fail")

Verdicts = Mapping[str, Sequence[tuple[str, str, str]]]
"""Resource, status and reason of every finding, by check."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question that a check of ours and another tool both ask, and what each of them says about a host."""

    host: str
    check: str
    about: str
    tool: str
    question: str
    ours: str
    theirs: str
    reason: str = ""

    @property
    def compared(self) -> bool:
        return self.ours in ANSWERS and self.theirs in ANSWERS

    @property
    def differs(self) -> bool:
        return self.compared and self.ours != self.theirs


class Inside:
    """Asks a host as root, as the other tools do. How the batch gets there is not the question here."""

    endpoint = "inside"
    waited = 0.0

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        shell = [*self._machine.inside, "/bin/sh", "-s"]
        said = subprocess.run(
            shell, input=program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
        return said.stdout[:limit]


def read(name: str) -> list[dict[str, str]]:
    """A table of this folder."""
    return list(csv.DictReader((TABLES / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def verdicts(machine: Machine) -> Verdicts:
    """What every check says about a host."""
    # How a host was reached and who else was asked are not about the host: those collectors want the agent's own source.
    found_collectors = collectors_of("host").items()
    collectors = [each for name, each in found_collectors if not name.startswith(("host.ssh.", "host.inventory."))]
    facts = {fact.name: fact for collector in collectors for fact in collector.permissions}
    host = Host(machine.name, Inside(machine), [facts[name] for name in sorted(facts)], clock=now)
    evidence: list[Evidence] = [
        each for collector in collectors for each in collect(collector, host, version="", clock=now).evidence
    ]
    found: dict[str, list[tuple[str, str, str]]] = {}
    for name, check in all_checks().items():
        if name.startswith("host."):
            judged = assess(check, evidence, as_of=now(), digest="", settings=SETTINGS.get(name))
            found[name] = [(f.resource, f.verdict.status.value, f.verdict.reason) for f in judged.findings]
    return found


def compared(host: str, ours: Verdicts, theirs: Mapping[str, auditors.Answers]) -> list[Row]:
    """Every question that both ask, with the reason where one is written."""
    rows, reasons = [], read("reasons")
    for line in read("questions"):
        said = [status for resource, status, reason in ours[line["check"]] if line["about"] in f"{resource} {reason}"]
        answer = min(said, key=WORST_FIRST.index, default="none")
        for question, other in theirs[line["tool"]].items():
            if fnmatchcase(question, line["question"]):
                rows.append(Row(host, line["check"], line["about"], line["tool"], question, answer, other))
    return [_explained(row, reasons) for row in rows]


def _explained(row: Row, reasons: Iterable[Mapping[str, str]]) -> Row:
    reason = next((each["reason"] for each in reasons if row.differs and _is_about(each, row)), "")
    return Row(row.host, row.check, row.about, row.tool, row.question, row.ours, row.theirs, reason)


def _is_about(reason: Mapping[str, str], row: Row) -> bool:
    return reason["tool"] == row.tool and all(
        fnmatchcase(value, reason[name])
        for name, value in (("host", row.host), ("check", row.check), ("question", row.question))
    )


def complaints(rows: Sequence[Row], theirs: Mapping[str, auditors.Answers]) -> list[str]:
    """What is wrong with the tables."""
    wrong = [
        f"{row.host}: {row.check} {row.about}: we say {row.ours}, {row.tool} {row.question} says {row.theirs}"
        for row in rows
        if row.differs and not row.reason
    ]
    known = [(line["tool"], line["question"]) for line in (*read("questions"), *read("unasked"))]
    for tool, answers in theirs.items():
        patterns = [question for name, question in known if name == tool]
        wrong += [
            f"{tool} {question}: neither a check of ours nor a reason"
            for question in answers
            if not any(fnmatchcase(question, pattern) for pattern in patterns)
        ]
        wrong += [
            f"{tool} {pattern}: it asks no such question"
            for pattern in patterns
            if not any(fnmatchcase(question, pattern) for question in answers)
        ]
    return wrong + [
        f"reasons.csv: {reason['tool']} {reason['question']} on {reason['host']} explains nothing"
        for reason in read("reasons")
        if not any(row.differs and _is_about(reason, row) for row in rows)
    ]


def page(rows: Sequence[Row], theirs: Mapping[str, auditors.Answers], versions: str, checks: Sequence[str]) -> str:
    """The page for people."""
    compared_rows = [row for row in rows if row.compared]
    differing = [row for row in rows if row.differs]
    asked = {row.check for row in rows}
    lines = [
        "# Hosts: what other auditors say",
        "",
        "Annexa, OpenSCAP and Lynis were asked about the same two hosts, as root: one weak by planted faults, one hardened",
        "through drop-in files (`tests/hosts/`). `make differential` makes the hosts, asks all three, and writes this page;",
        "it fails when two disagree without a reason written here, or when another tool asks something that is neither",
        "mapped to a check nor set aside with a reason.",
        "",
        f"- asked: {', '.join(versions.split())}",
        f"- OpenSCAP: the profile CIS level 2 (server) for Debian 12, without {len(auditors.WHOLE_DISK)} rules that walk every disk",
        f"- {len(compared_rows)} answers to compare: {len(compared_rows) - len(differing)} agree, {len(differing)} differ",
        f"- {len(rows) - len(compared_rows)} times one of the two gave no judgement (not applicable, unknown, not there)",
        f"- {len(checks) - len(asked)} of our {len(checks)} checks ask what neither of the others asks",
        "",
        "Not verified here: the kernel's audit, clock steering, disk encryption and mandatory access control, which the",
        "hosts share with the machine they run on. Settings of the kernel are laid over the true ones (decision 0031).",
        "",
        "## Where they differ",
        "",
        "| Host | Check | Ours | Other | Says | Why |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row.host} | `{row.check}`{_about(row)} | {row.ours} | {row.tool} `{row.question}` | {row.theirs} | {row.reason} |"
            for row in differing
        ),
        "",
        "## Where they agree",
        "",
        "| Check | Other | weak | hardened |",
        "|---|---|---|---|",
        *_agreements(rows),
        "",
        "## What others ask and we do not",
        "",
        "| Tool | Questions | Why not |",
        "|---|---|---|",
        *(
            f"| {line['tool']} | `{line['question']}` ({_count(theirs[line['tool']], line['question'])}) | {line['reason']} |"
            for line in read("unasked")
        ),
        "",
        "## States that others plant",
        "",
        "ComplianceAsCode comes with scripts that plant a state for one rule and say whether it passes. Where we say something",
        "else about such a state, this is why.",
        "",
        "| State | They say | We say | Why |",
        "|---|---|---|---|",
        *(f"| {' | '.join(line.values())} |" for line in read("planted_by_others")),
        "",
        "## What only Annexa asks",
        "",
        ", ".join(f"`{check}`" for check in checks if check not in asked) + ".",
        "",
    ]
    return "\n".join(lines)


def _about(row: Row) -> str:
    return f" ({row.about.strip()})" if row.about else ""


def _agreements(rows: Sequence[Row]) -> list[str]:
    said: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        said.setdefault((row.check, row.about, f"{row.tool} `{row.question}`"), {})[row.host] = row
    return [
        f"| `{check}`{f' ({about.strip()})' if about else ''} | {question} | {_said(hosts, 'weak')} | {_said(hosts, 'hardened')} |"
        for (check, about, question), hosts in said.items()
        if not any(row.differs for row in hosts.values())
    ]


def _said(hosts: Mapping[str, Row], host: str) -> str:
    row = hosts.get(host)
    if row is None:
        return ""
    return row.ours if row.compared else f"{row.ours} / {row.theirs}"


def _count(answers: auditors.Answers, pattern: str) -> int:
    return sum(fnmatchcase(question, pattern) for question in answers)


def main() -> int:
    """Make the hosts, ask everybody, write the page. 1 when something is not explained."""
    rows: list[Row] = []
    theirs: dict[str, dict[str, str]] = {"openscap": {}, "lynis": {}}
    with tempfile.TemporaryDirectory() as folder, running(with_auditors(), Path(folder)) as machines:
        for name, machine in machines.items():
            # Ours first: Lynis leaves files behind.
            ours = verdicts(machine)
            answers = {"openscap": auditors.openscap(machine), "lynis": auditors.lynis(machine)}
            rows += compared(name, ours, answers)
            for tool, said in answers.items():
                theirs[tool].update(said)
        versions = auditors.versions(machines["weak"])
    PAGE.write_text(page(rows, theirs, versions, sorted(n for n in all_checks() if n.startswith("host."))), "utf-8")
    wrong = complaints(rows, theirs)
    print("\n".join(wrong) or f"{PAGE.name}: {len(rows)} questions, all agreed or explained")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
