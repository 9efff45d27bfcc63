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
COLLECTORS = {
    name: each for name, each in discover([collectors.host], Collector).items() if issubclass(RecordedHost, each.source)
}
KINDS = {kind for each in COLLECTORS.values() for kind in each.kinds}
CHECKS = {name: each for name, each in discover([checks.host], Check).items() if each.kinds <= KINDS}
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

FILE = "it prints a file: what is in there, and that it is absent, is what we asked"
ANSWERS: dict[str, dict[str, tuple[str, str]]] = {
    "missing program": {
        "apt_verification": ("host.software.", "apt-config comes with apt: without it there is no apt"),
        "audit_settings": ("host.audit.", "without auditd nothing keeps records"),
        "audit_status": ("host.audit.", "without auditctl no rule can have been loaded"),
        "automatic_settings": ("host.updates.security_updates_install_themselves", "the same as without apt"),
        "nft_rules": ("host.network.firewall_", "without any program of a packet filter none can have been loaded"),
        "openssl_version": ("host.cryptography.", "its library may be there, but nobody asks who links it"),
    },
    "garbage": {
        "audit_settings": ("host.audit.", FILE),
        "login_defs": ("host.sessions.", FILE),
        "processes": ("host.", "a program may have any name"),
        "useradd": ("host.passwords.", FILE),
    },
    "nothing": {
        "apparmor_profiles": ("host.kernel.programs_are_confined", "AppArmor may be on without a profile"),
        "apt_indexes": ("host.updates.security_updates_are_offered", "apt may never have fetched a list"),
        "apt_sources": ("host.software.package_source_", FILE),
        "audit_settings": ("host.audit.", FILE),
        "authorized_keys": ("host.authorized_keys.", "nobody may have an SSH key"),
        "automatic_settings": ("host.updates.security_updates_install_themselves", "nothing may be set"),
        "certificates": ("host.certificates.", "no service may have a certificate"),
        "clamav": ("host.protection.malware_signatures_are_fresh", "the folder of signatures may be empty"),
        "ipv6_addresses": ("host.network.firewall_denies_ipv6_by_default", "the kernel may have no IPv6"),
        "log_files": ("host.files.logs_", "/var/log may be empty"),
        "login_defs": ("host.sessions.", FILE),
        "logrotate": ("host.logging.rotated_logs_are_kept", FILE),
        "nft_rules": ("host.network.firewall_", "no ruleset may be loaded"),
        "pam": ("host.", "a host may have no PAM; a folder that may not be listed is told apart"),
        "pam_settings": ("host.passwords.", FILE),
        "rsyslog": ("host.logging.", FILE),
        "shared_folders": ("host.storage.", "none of the folders may be there"),
        "shell_files": ("host.sessions.", "no line may say anything about umask or TMOUT"),
        "ssh_host_keys": ("host.ssh_cryptography.host_key_ host.fleet.host_key_", "no host key may have been made"),
        "sshd_files": ("host.sshd.files_are_protected", "/etc/ssh may be absent"),
        "su_installed": ("host.sudo.su_is_for_a_group", "su may be absent"),
        "sudo_installed": ("host.sudo. host.fleet_sudo.", "sudo may be absent"),
        "system_identity": ("host.system.machine_identity_is_unique", "/etc/machine-id may be absent"),
        "timers": ("host.backup.", "no timer may be loaded"),
        "update_manager": ("host.updates.", "a host may have none of the package managers that we know"),
        "useradd": ("host.passwords.", FILE),
    },
}
"""Denials of facts that are an answer: how the checks begin that may change their mind then (several are apart
by a space), and why."""


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


@pytest.mark.parametrize(("denial", "fact"), [(denial, fact) for denial, facts in ANSWERS.items() for fact in facts])
def test_what_is_declared_an_answer_is_needed(denial: str, fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ANSWERS", {})
    assert complaints({fact: denial})


def test_the_recording_answers_every_fact() -> None:
    assert recording().keys() == FACTS.keys()


def test_the_recorded_host_is_rich() -> None:
    """Checks that reach no verdict there could not be seen to lose it."""
    judged = {check for (check, _), status in everything().items() if status in (Status.PASS, Status.FAIL)}
    alone = {check for check in CHECKS if not check.startswith("host.fleet")}  # one host cannot be compared with others
    assert len(judged) > 0.95 * len(alone)


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
    allowed = (ANSWERS.get(denial, {}).get(fact, ("-", ""))[0] for fact, denial in denied.items())
    return check.startswith(tuple(" ".join(allowed).split()))
