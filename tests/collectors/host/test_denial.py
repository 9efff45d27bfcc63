"""Take away one answer after the other from a host that answered everything: no verdict may improve, and none vanish.

The host is recorded (`data/rich_host.json`): a Debian 12 that was made for this and thrown away, with hardware and
kernel written in by hand. Whatever is denied, a verdict may only become unknown. Where the lack of a program, or an
empty output, *is* an answer, `ANSWERS` says so, with the reason.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import checks.host
import collectors.host
from collectors.host.facts import Answer, Fact
from core.engine import assess, collect
from core.model import Evidence, Finding, Status
from core.plugins import Check, Collector, discover
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)
RECORDING = Path(__file__).parent / "data" / "rich_host.json"
COLLECTORS = discover([collectors.host], Collector)
CHECKS = discover([checks.host], Check)
FACTS = {fact.name: fact for collector in COLLECTORS.values() for fact in collector.permissions}

Denial = Callable[[Answer], Answer | None]
Verdicts = dict[tuple[str, str], Status]

DENIALS: dict[str, Denial] = {
    "needs root": lambda _: NEEDS_ROOT,
    "missing program": lambda _: MISSING,
    "no time": lambda _: Answer(b"", "", 124),
    "not reached": lambda _: None,
    "failed": lambda _: Answer(b"", "sh: 1: Cannot fork", 2),
    "failed in silence": lambda _: Answer(b"", "", 1),
    "cut off": lambda answer: replace(answer, output=answer.output[: len(answer.output) // 2], truncated=True),
    "garbage": lambda _: Answer(b"\x00\xff{}[] 7f\n:::\x00\nx=\n-\x00y\x00z\x00"),
    "nothing": lambda _: Answer(b""),
}
"""What may become of the answer to a fact; `None` is no answer at all."""

ANSWERS: dict[tuple[str, str], tuple[str, str]] = {}
"""Fact and denial that are an answer: the beginnings of the checks that may change their mind, and why."""


@pytest.mark.parametrize("denial", DENIALS)
def test_one_denied_fact_makes_verdicts_unknown_and_nothing_else(denial: str) -> None:
    wrong = [complaint for fact in recording() for complaint in complaints({fact: denial})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(12))
def test_many_denied_facts_make_verdicts_unknown_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    denied = {
        fact: chance.choice(list(DENIALS)) for fact in sorted(recording()) if chance.random() < 0.1 * (1 + seed % 5)
    }
    wrong = complaints(denied)
    assert not wrong, "\n".join(wrong)


def test_the_recording_answers_every_fact() -> None:
    assert recording().keys() == FACTS.keys()


def test_the_recorded_host_is_rich() -> None:
    """Checks that reach no verdict there could not be seen to lose it."""
    judged = {check for (check, _), status in everything().items() if status in (Status.PASS, Status.FAIL)}
    assert len(judged) > 0.95 * len(CHECKS)


@cache
def recording() -> Mapping[str, Answer]:
    recorded = json.loads(RECORDING.read_text())
    return {name: Answer(a["output"].encode(), a["error"], a["status"]) for name, a in recorded.items()}


@cache
def everything() -> Mapping[tuple[str, str], Status]:
    return judge({}, CHECKS.values())[0]


@cache
def evidence_of(collector: str) -> tuple[Evidence, ...]:
    return tuple(collect(COLLECTORS[collector], host({}), version="0", clock=lambda: AS_OF).evidence)


def host(denied: Mapping[str, str]) -> RecordedHost:
    answers: dict[Fact, str | bytes | Answer] = {}
    for name, answer in recording().items():
        said = DENIALS[denied[name]](answer) if name in denied else answer
        if said is not None:
            answers[FACTS[name]] = said
    return RecordedHost(answers)


def judge(denied: Mapping[str, str], judged_by: Iterable[Check[...]]) -> tuple[Verdicts, list[str]]:
    """Every verdict, and the gaps that are bugs of a collector."""
    asked = host(denied)
    evidence: list[Evidence] = []
    for name, collector in COLLECTORS.items():
        if any(fact.name in denied for fact in collector.permissions):
            evidence += collect(collector, asked, version="0", clock=lambda: AS_OF).evidence
        else:
            evidence += evidence_of(name)
    broken = {gap.reason for each in evidence for gap in each.gaps if " failed with " in gap.reason}
    findings: list[Finding] = []
    for check in judged_by:
        findings += assess(check, evidence, as_of=AS_OF, digest="").findings
    return {(f.check, f.resource): f.verdict.status for f in findings}, sorted(broken)


def complaints(denied: Mapping[str, str]) -> list[str]:
    """What is wrong with the verdicts of the host that denies these facts."""
    touched = {
        kind
        for collector in COLLECTORS.values()
        if any(fact.name in denied for fact in collector.permissions)
        for kind in collector.kinds
    }
    judged_by = [check for check in CHECKS.values() if check.kinds & touched]
    after, broken = judge(denied, judged_by)
    before = {key: status for key, status in everything().items() if CHECKS[key[0]] in judged_by}
    what = ", ".join(f"{fact}: {denial}" for fact, denial in denied.items())
    return [f"{what}: {gap}" for gap in broken] + [
        f"{what}: {check} of {resource} was {was or 'not there'} and is {now or 'not there'}"
        for check, resource in sorted(before.keys() | after.keys())
        if not is_honest(was := before.get((check, resource)), now := after.get((check, resource)))
        and not (now is None and after.get((check, "*")) is Status.UNKNOWN)
        and not is_an_answer(denied, check)
    ]


def is_honest(was: Status | None, now: Status | None) -> bool:
    return now in (was, Status.UNKNOWN)


def is_an_answer(denied: Mapping[str, str], check: str) -> bool:
    return any(
        check.startswith(allowed) for (fact, denial), (allowed, _) in ANSWERS.items() if denied.get(fact) == denial
    )
