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
from collectors.host.audit import parse_rules
from core.model import Status
from core.plugins import Check
from core.resources.host.audit import Audit, AuditStorage

GOOD = """\
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-a always,exit -F arch=b64 -S all -F path=/etc/shadow -F perm=wa -F key=identity
-w /etc/gshadow -p wa
-w /etc/sudoers -p wa -k privilege
-a always,exit -S all -F dir=/etc/sudoers.d/ -F perm=wa -F key=privilege
-a always,exit -F arch=b64 -S execve -C uid!=euid -F euid=0 -F key=privilege
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -F key=time
-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -F key=modules
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
    }
    return Audit(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize("check", [audit_is_on, audit_rules_are_locked, *BY_RULES])
def test_where_no_rules_can_be_judged(check: Check[...]) -> None:
    assert check(audit(container="lxc")).status is Status.NOT_APPLICABLE
    assert check(audit(installed=False)).status is Status.FAIL
    assert check(audit(installed=False, other_recorders=("auditbeat",))).status is Status.UNKNOWN


@pytest.mark.parametrize("check", BY_RULES)
def test_rules_cover_what_matters(check: Check[...]) -> None:
    assert check(audit(GOOD)).status is Status.PASS
    assert check(audit("No rules\n")).status is Status.FAIL


def test_a_rule_that_looks_like_it_covers() -> None:
    reads = GOOD.replace("-p wa", "-p r")
    assert changes_of_identities_are_audited(audit(reads)).status is Status.FAIL
    never = GOOD.replace("always,exit", "never,exit")
    assert kernel_modules_are_audited(audit(never)).status is Status.FAIL
    old_calls_only = GOOD.replace("b64", "b32")
    assert changes_of_the_clock_are_audited(audit(old_calls_only)).status is Status.FAIL
    one_user = GOOD.replace("-F key=time", "-F auid=1000 -F key=time")
    assert changes_of_the_clock_are_audited(audit(one_user)).status is Status.FAIL
    other_user = GOOD.replace("euid=0", "euid=33")
    assert use_of_privileges_is_audited(audit(other_user)).status is Status.FAIL


def test_wider_rules_cover_too() -> None:
    assert changes_of_identities_are_audited(audit("-w /etc -p wa")).status is Status.PASS
    assert kernel_modules_are_audited(audit("-a always,exit -S all")).status is Status.PASS
    sudo = "-a always,exit -S all -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=-1 -F key=privileged"
    assert use_of_privileges_is_audited(audit(sudo)).status is Status.PASS


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
