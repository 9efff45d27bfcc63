"""The kernel's audit, from answers written after auditctl(8); the settings are those Debian 12 ships."""

from __future__ import annotations

import pytest

from collectors.host.audit import (
    AUDIT_RULES,
    AUDIT_SETTINGS,
    AUDIT_STATUS,
    audit,
    exempts_processes,
    parse_rules,
    parse_status,
    parse_storage,
    storage,
)
from collectors.host.facts import Answer
from collectors.host.source import FactError, NeedsRootError
from collectors.host.system import CONTAINMENT, PROCESSES
from core.resource import missing_fields
from core.resources.host.audit import Audit, AuditStorage
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

OWN_KERNEL = "pid:[4026531836]\nuts:[4026531838]\n"
STATUS = "enabled 1\nfailure 1\npid 512\nrate_limit 0\nbacklog_limit 8192\nlost 0\nbacklog 0\nloginuid_immutable 0 unlocked\n"
DEBIAN = "# comment\nlog_file = /var/log/audit/audit.log\nmax_log_file = 8\nnum_logs = 5\nmax_log_file_action = ROTATE\nspace_left_action = SYSLOG\nadmin_space_left_action = SUSPEND\ndisk_full_action = SUSPEND\n"


def test_a_host_with_auditd() -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: "auditd\nfalco\n",
            AUDIT_STATUS: STATUS,
            AUDIT_RULES: "-w /etc/passwd -p wa -k identity\n",
        }
    )
    (seen,) = audit(host)
    assert isinstance(seen, Audit)
    assert (seen.installed, seen.enabled, seen.daemon_runs, seen.other_recorders) == (True, 1, True, ("falco",))
    assert len(seen.rules) == 1


def test_a_host_without_and_one_that_hides_its_rules() -> None:
    base = {CONTAINMENT: OWN_KERNEL, PROCESSES: "sh\n"}
    (seen,) = audit(RecordedHost({**base, AUDIT_STATUS: MISSING}))
    assert isinstance(seen, Audit)
    assert (seen.installed, seen.rules) == (False, ())
    (seen,) = audit(RecordedHost({**base, AUDIT_STATUS: STATUS, AUDIT_RULES: Answer(b"", "denied", 1)}))
    assert isinstance(seen, Audit)
    assert list(missing_fields(seen)) == ["rules", "processes_are_exempt"]
    (seen,) = audit(RecordedHost({**base, AUDIT_STATUS: NEEDS_ROOT, AUDIT_RULES: NEEDS_ROOT}))
    assert isinstance(seen, Audit)
    assert seen.installed
    assert list(missing_fields(seen)) == ["enabled", "daemon_runs", "rules", "processes_are_exempt"]


def test_status_of_old_and_new() -> None:
    assert parse_status("AUDIT_STATUS: enabled=2 flag=1 pid=0 rate_limit=0") == {"enabled": 2, "pid": 0}
    with pytest.raises(FactError):
        parse_status("You must be root")


def test_rules() -> None:
    rules = parse_rules(
        "-w /etc/sudoers.d/ -p aw -k x\n-a exit,always -F arch=b64 -S execve -S open -F euid=0 -F key=y\n"
        "-a always,exit -S all -F dir=/etc -F perm=w\n-a never,exit -F arch=b64 -S open\n-a always,exclude -F msgtype=CWD\n"
        "No rules\n-D\n-w /\n"
    )
    assert [(r.path, r.permissions, r.syscalls, r.architecture, r.narrowed_by) for r in rules] == [
        ("/etc/sudoers.d", "aw", (), "", ()),
        ("", "arwx", ("execve", "open"), "b64", ("euid=0",)),
        ("/etc", "w", (), "", ()),
        ("/", "arwx", (), "", ()),
    ]


@pytest.mark.parametrize(
    ("rules", "exempt"),
    [
        ("-a never,task", True),
        ("-w /etc/passwd -p wa\n-a task,never -F key=quiet", True),
        ("-a never,task -F auid=993", False),
        ("-a never,exit -F arch=b64 -S open", False),
        ("No rules", False),
    ],
)
def test_a_rule_that_lets_every_process_go_unwatched(rules: str, *, exempt: bool) -> None:
    assert exempts_processes(f"{rules}\n") is exempt


def test_storage_as_debian_ships_it() -> None:
    (seen,) = storage(RecordedHost({AUDIT_SETTINGS: DEBIAN}))
    assert isinstance(seen, AuditStorage)
    assert (seen.file_full_action, seen.file_megabytes, seen.files) == ("rotate", 8, 5)
    assert (seen.space_left_action, seen.defaulted) == ("syslog", ())


def test_storage_of_other_hosts() -> None:
    assert list(storage(RecordedHost({AUDIT_SETTINGS: MISSING}))) == []
    (seen,) = storage(RecordedHost({AUDIT_SETTINGS: "space_left_action = exec /usr/local/bin/tell somebody\n"}))
    assert isinstance(seen, AuditStorage)
    assert (seen.file_full_action, seen.space_left_action) == ("ignore", "exec")
    assert "max_log_file_action" in seen.defaulted
    with pytest.raises(FactError):
        parse_storage("num_logs = many")
    with pytest.raises(NeedsRootError):
        list(storage(RecordedHost({AUDIT_SETTINGS: NEEDS_ROOT})))
