"""Truth tables of the checks of the kernel's audit, from rules as auditctl lists them."""

from __future__ import annotations

import pytest

from checks.host.audit import (
    a_full_audit_disk_is_noticed,
    audit_is_on,
    audit_rules_are_locked,
    changes_of_identities_are_audited,
    changes_of_privileges_are_audited,
    changes_of_the_clock_are_audited,
    kernel_modules_are_audited,
    old_audit_records_are_kept,
    use_of_privileges_is_audited,
)
from collectors.host.audit import exempts_processes, parse_rules
from core.model import Status
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError
from core.resources.host.audit import Audit, AuditStorage
from core.resources.host.system import System
from tests.checks.host.test_system import system
from tests.twins import population

GOOD = """\
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-a always,exit -F arch=b64 -S all -F path=/etc/shadow -F perm=wa -F key=identity
-a always,exit -F arch=b32 -S all -F path=/etc/shadow -F perm=wa -F key=identity
-w /etc/gshadow -p wa
-w /etc/sudoers -p wa -k privilege
-a always,exit -S all -F dir=/etc/sudoers.d/ -F perm=wa -F key=privilege
-a always,exit -F arch=b64 -S execve -C uid!=euid -F euid=0 -F key=privilege
-a always,exit -F arch=b32 -S execve -C uid!=euid -F euid=0 -F key=privilege
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -F key=time
-a always,exit -F arch=b32 -S adjtimex,settimeofday,clock_settime -F key=time
-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -F key=modules
-a always,exit -F arch=b32 -S init_module,finit_module,delete_module -F key=modules
"""
BY_RULES = (
    changes_of_identities_are_audited,
    changes_of_privileges_are_audited,
    use_of_privileges_is_audited,
    changes_of_the_clock_are_audited,
    kernel_modules_are_audited,
)


def audit(rules: str = "No rules\n", **changes: object) -> Audit:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "installed": True,
        "enabled": 1,
        "daemon_runs": True,
        "other_recorders": (),
        "rules": parse_rules(rules),
        "processes_are_exempt": exempts_processes(rules),
    }
    return Audit(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def judge(check: Check[...], seen: Audit, architecture: str = "x86_64") -> Status:
    return check(seen, *((population(system(architecture=architecture)),) if check in BY_RULES else ())).status


@pytest.mark.parametrize("check", [audit_is_on, audit_rules_are_locked, *BY_RULES])
def test_where_no_rules_can_be_judged(check: Check[...]) -> None:
    assert judge(check, audit(container="lxc")) is Status.NOT_APPLICABLE
    assert judge(check, audit(installed=False)) is Status.FAIL
    assert judge(check, audit(installed=False, other_recorders=("auditbeat",))) is Status.UNKNOWN


@pytest.mark.parametrize("check", BY_RULES)
def test_rules_cover_what_matters(check: Check[...]) -> None:
    assert judge(check, audit(GOOD)) is Status.PASS
    assert judge(check, audit("No rules\n")) is Status.FAIL


@pytest.mark.parametrize("check", BY_RULES)
def test_processes_that_the_kernel_does_not_look_at(check: Check[...]) -> None:
    assert judge(check, audit(f"{GOOD}-a never,task\n")) is Status.FAIL
    assert judge(check, audit(f"-a task,never -F key=quiet\n{GOOD}")) is Status.FAIL
    assert judge(check, audit(f"-a never,task -F auid=993\n{GOOD}")) is Status.PASS


@pytest.mark.parametrize(
    ("architecture", "gone", "status"),
    [
        ("x86_64", "b32", Status.FAIL),
        ("x86_64", "b64", Status.FAIL),
        ("aarch64", "b32", Status.PASS),
        ("aarch64", "b64", Status.FAIL),
        ("i686", "b64", Status.PASS),
        ("i686", "b32", Status.FAIL),
    ],
)
def test_calls_of_programs_with_other_words(architecture: str, gone: str, status: Status) -> None:
    rules = "".join(line for line in GOOD.splitlines(keepends=True) if gone not in line)
    for check in (changes_of_identities_are_audited, use_of_privileges_is_audited, changes_of_the_clock_are_audited):
        assert judge(check, audit(rules), architecture) is status
    # Without a word about it, a name stands for a number, which is another call's for other programs.
    bare = audit(rules.replace(" -F arch=b32", "").replace(" -F arch=b64", ""))
    assert judge(kernel_modules_are_audited, bare, architecture) is (
        Status.FAIL if architecture == "x86_64" else Status.PASS
    )


def test_a_machine_we_know_nothing_about() -> None:
    nothing: Population[System] = population(kind=System.kind)
    assert kernel_modules_are_audited(audit(GOOD), nothing).status is Status.UNKNOWN
    assert judge(kernel_modules_are_audited, audit(GOOD), "sh4") is Status.UNKNOWN
    with pytest.raises(NotObservedError):
        kernel_modules_are_audited(audit(GOOD), population(kind=System.kind, missing="denied"))


def test_a_rule_that_looks_like_it_covers() -> None:
    reads = GOOD.replace("-p wa", "-p r")
    assert judge(changes_of_identities_are_audited, audit(reads)) is Status.FAIL
    never = GOOD.replace("always,exit", "never,exit")
    assert judge(kernel_modules_are_audited, audit(never)) is Status.FAIL
    one_user = GOOD.replace("-F key=time", "-F auid=1000 -F key=time")
    assert judge(changes_of_the_clock_are_audited, audit(one_user)) is Status.FAIL
    other_user = GOOD.replace("euid=0", "euid=33")
    assert judge(use_of_privileges_is_audited, audit(other_user)) is Status.FAIL


def test_wider_rules_cover_too() -> None:
    assert judge(changes_of_identities_are_audited, audit("-w /etc -p wa")) is Status.PASS
    assert judge(kernel_modules_are_audited, audit("-a always,exit -S all")) is Status.PASS
    sudo = "-a always,exit -S all -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=-1 -F key=privileged"
    assert judge(use_of_privileges_is_audited, audit(sudo)) is Status.PASS
    assert judge(use_of_privileges_is_audited, audit(f"{sudo} -F auid=1000")) is Status.FAIL


def test_audit_is_on() -> None:
    assert audit_is_on(audit()).status is Status.PASS
    assert audit_is_on(audit(enabled=0)).status is Status.FAIL
    assert audit_is_on(audit(daemon_runs=False)).status is Status.FAIL


def test_rules_are_locked() -> None:
    assert audit_rules_are_locked(audit(enabled=2)).status is Status.PASS
    assert audit_rules_are_locked(audit()).status is Status.FAIL


@pytest.mark.parametrize(
    ("full", "space_left", "kept", "noticed"),
    [
        ("keep_logs", "email", Status.PASS, Status.PASS),
        ("rotate", "syslog", Status.FAIL, Status.PASS),
        ("ignore", "ignore", Status.FAIL, Status.FAIL),
    ],
)
def test_records_are_kept(full: str, space_left: str, kept: Status, noticed: Status) -> None:
    storage = AuditStorage(
        id="web-1",
        file_full_action=full,
        file_megabytes=8,
        files=5,
        space_left_action=space_left,
        admin_space_left_action="halt",
        disk_full_action="halt",
        defaulted=("max_log_file_action",) if full == "ignore" else (),
    )
    verdict = old_audit_records_are_kept(storage)
    assert verdict.status is kept
    assert ("(the default)" in verdict.reason) is (full == "ignore")
    assert a_full_audit_disk_is_noticed(storage).status is noticed
