"""Does the kernel's audit record what matters, and are its records kept?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.audit import Audit, AuditRule, AuditStorage
from core.resources.host.system import System

LOCKED = 2
IDENTITY_FILES = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")
PRIVILEGE_FILES = ("/etc/sudoers", "/etc/sudoers.d")
CLOCK_CALLS = ("adjtimex", "settimeofday", "clock_settime")
MODULE_CALLS = ("init_module", "finit_module", "delete_module")
WORDS = {
    "x86_64": ("b64", "b32"),
    **dict.fromkeys(("aarch64", "loongarch64", "ppc64", "ppc64le", "riscv64", "s390x"), ("b64",)),
    **dict.fromkeys(("armv6l", "armv7l", "i386", "i586", "i686"), ("b32",)),
}
"""The sizes of words with which programs of a machine call the kernel, the kernel's own first.

A rule for one size does not see calls of the other.
"""
WARNS = ("email", "exec", "syslog", "single", "halt")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def audit_is_on(audit: Audit) -> Verdict:
    """The kernel's audit is switched on and a daemon takes its records.

    It is the only record of who did what that a program cannot leave out.

    Remediation: `apt-get install auditd` and `systemctl enable --now auditd`; add `audit=1` to the kernel's command
    line so that it starts before everything else.
    """
    if excused := _excused(audit):
        return excused
    if not audit.enabled:
        return failed("the kernel's audit is switched off (enabled 0)")
    if not audit.daemon_runs:
        return failed(f"the kernel's audit is on (enabled {audit.enabled}), but no daemon takes its records")
    return passed(f"the kernel's audit is on (enabled {audit.enabled}) and a daemon takes its records")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def changes_of_identities_are_audited(audit: Audit, systems: Population[System]) -> Verdict:
    """Changes of accounts and groups are audited.

    A hidden account is how intruders stay.

    Remediation: In /etc/audit/rules.d add `-w /etc/passwd -p wa -k identity`, and the same for /etc/group,
    /etc/shadow and /etc/gshadow; load with `augenrules --load`.
    """
    return _of_rules(audit, systems, lambda words: _watched(audit, IDENTITY_FILES, words))


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def changes_of_privileges_are_audited(audit: Audit, systems: Population[System]) -> Verdict:
    """Changes of the sudo rules are audited.

    Who may act as root decides about every other control of the host.

    Remediation: In /etc/audit/rules.d add `-w /etc/sudoers -p wa -k privilege` and
    `-w /etc/sudoers.d -p wa -k privilege`; load with `augenrules --load`.
    """
    return _of_rules(audit, systems, lambda words: _watched(audit, PRIVILEGE_FILES, words))


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def use_of_privileges_is_audited(audit: Audit, systems: Population[System]) -> Verdict:
    """Programs that run with root's rights for an ordinary user are audited.

    What administrators do is what an investigation asks for first.

    Remediation: In /etc/audit/rules.d add `-a always,exit -F arch=b64 -C uid!=euid -F euid=0 -S execve -k privilege`
    and the same with `arch=b32`; load with `augenrules --load`.
    """

    def judge(words: tuple[str, ...]) -> Verdict:
        by_root = [rule for rule in audit.rules if _records_root(rule)]
        if all(any(_calls(rule, "execve", word, words) for rule in by_root if not rule.path) for word in words):
            return passed("a rule records execve by root")
        if any(rule.path.endswith("/sudo") and "x" in rule.permissions for rule in by_root):
            return passed("a rule records each use of sudo")
        return failed(
            f"the {len(audit.rules)} loaded rules record neither every execve by root ({' and '.join(words)}) "
            "nor the use of sudo"
        )

    return _of_rules(audit, systems, judge)


@check(objective="administration-is-logged", severity=Severity.LOW)
def changes_of_the_clock_are_audited(audit: Audit, systems: Population[System]) -> Verdict:
    """Changes of the clock are audited.

    Whoever moves the clock forges the order of events in every log.

    Remediation: In /etc/audit/rules.d add
    `-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -k time` (and b32); load with
    `augenrules --load`.
    """
    return _of_rules(audit, systems, lambda words: _called(audit, CLOCK_CALLS, words))


@check(objective="administration-is-logged", severity=Severity.LOW)
def kernel_modules_are_audited(audit: Audit, systems: Population[System]) -> Verdict:
    """Loading and removing kernel modules is audited.

    A module runs with more rights than root and can hide anything.

    Remediation: In /etc/audit/rules.d add
    `-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules` (and b32); load with
    `augenrules --load`.
    """
    return _of_rules(audit, systems, lambda words: _called(audit, MODULE_CALLS, words))


@check(objective="logs-are-protected", severity=Severity.LOW)
def audit_rules_are_locked(audit: Audit) -> Verdict:
    """The audit rules cannot be changed before the next boot.

    Else an intruder with root's rights switches the audit off first.

    Remediation: End the last file in /etc/audit/rules.d with `-e 2`; load with `augenrules --load`.
    """
    if excused := _excused(audit):
        return excused
    if audit.enabled == LOCKED:
        return passed("the rules are locked until the next boot (enabled 2)")
    return failed(f"the rules can be changed (enabled {audit.enabled}, not 2)")


@check(objective="logs-are-kept", severity=Severity.LOW)
def old_audit_records_are_kept(storage: AuditStorage) -> Verdict:
    """Old audit records are not overwritten.

    A burst of events, which an intruder can cause, would push out the records of the break-in.

    Remediation: Set `max_log_file_action = keep_logs` in /etc/audit/auditd.conf, and move old files away in time.
    """
    action = f"max_log_file_action is {storage.file_full_action}{_default('max_log_file_action', storage)}"
    if storage.file_full_action == "keep_logs":
        return passed(action)
    if storage.file_full_action == "rotate":
        return failed(f"{action}: of {storage.files} files with {storage.file_megabytes} MB each the oldest is deleted")
    return failed(f"{action}: old files are not set aside")


@check(objective="logs-are-kept", severity=Severity.LOW)
def a_full_audit_disk_is_noticed(storage: AuditStorage) -> Verdict:
    """Somebody is told before the disk with the audit records is full.

    When it is full, nothing is recorded any more.

    Remediation: Set `space_left_action = email` (or `syslog`) and `admin_space_left_action = single` or `halt` in
    /etc/audit/auditd.conf.
    """
    action = f"space_left_action is {storage.space_left_action}{_default('space_left_action', storage)}"
    return passed(action) if storage.space_left_action in WARNS else failed(f"{action}: nobody is told")


def _excused(audit: Audit) -> Verdict | None:
    """The verdict where no rules can be judged."""
    if audit.container:
        return not_applicable(f"the kernel of this container ({audit.container}) is audited by its host")
    if audit.installed:
        return None
    if audit.other_recorders:
        return unknown(f"{', '.join(audit.other_recorders)} runs, but without auditctl nobody can see what is recorded")
    return failed("auditd is not installed")


def _of_rules(audit: Audit, systems: Population[System], judge: Callable[[tuple[str, ...]], Verdict]) -> Verdict:
    """The verdict on rules that have an effect, for the sizes of words of this machine's programs."""
    if excused := _excused(audit):
        return excused
    if audit.processes_are_exempt:
        return failed("the rule never,task keeps the kernel from recording what any process does")
    system = systems.get(audit.id)
    architecture = system.architecture if system else ""
    if architecture not in WORDS:
        return unknown(f"which rules a machine of the kind {architecture or '(not told)'} needs is not known here")
    return judge(WORDS[architecture])


def _watched(audit: Audit, paths: Iterable[str], words: tuple[str, ...]) -> Verdict:
    missing = [
        path
        for path in paths
        if not all(any(_watches(rule, path) and rule.architecture in ("", w) for rule in audit.rules) for w in words)
    ]
    if missing:
        return failed(f"none of the {len(audit.rules)} loaded rules watches {', '.join(missing)} for writing")
    return passed(f"rules watch {', '.join(paths)} for writing")


def _watches(rule: AuditRule, path: str) -> bool:
    inside = path == rule.path or path.startswith(rule.path.rstrip("/") + "/")
    return bool(rule.path) and inside and "w" in rule.permissions and not rule.narrowed_by


def _called(audit: Audit, calls: Iterable[str], words: tuple[str, ...]) -> Verdict:
    wide = [rule for rule in audit.rules if not rule.path and not rule.narrowed_by]
    missing = [
        f"{call} ({word})"
        for word in words
        for call in calls
        if not any(_calls(rule, call, word, words) for rule in wide)
    ]
    if missing:
        return failed(f"none of the {len(audit.rules)} loaded rules records every {', '.join(missing)}")
    return passed(f"rules record {', '.join(calls)}")


def _calls(rule: AuditRule, call: str, word: str, words: tuple[str, ...]) -> bool:
    """Whether a rule sees a call of programs with words of one size.

    Without `arch` the name of a call stands for its number among the kernel's own, which is another one's in others.
    """
    if "all" in rule.syscalls:
        return rule.architecture in ("", word)
    return call in rule.syscalls and rule.architecture in ((word, "") if word == words[0] else (word,))


def _records_root(rule: AuditRule) -> bool:
    """A rule without condition, or with conditions that only leave out what is not root acting for somebody."""
    usual = {"euid=0", "uid!=euid", "auid>=1000", "auid!=-1", "auid!=unset", "auid!=4294967295"}
    return set(rule.narrowed_by) <= usual


def _default(name: str, storage: AuditStorage) -> str:
    return " (the default)" if name in storage.defaulted else ""
