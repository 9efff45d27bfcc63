"""The kernel's audit: whether it is on, which rules are loaded, and how auditd keeps what it records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.system import CONTAINMENT, PROCESSES, container, running
from core.plugins import collector
from core.resources.host.audit import Audit, AuditRule, AuditStorage

AUDIT_STATUS = Fact(
    "audit_status", "[ -e /usr/sbin/auditctl ] || exit 127\n$SUDO /usr/sbin/auditctl -s", ("/usr/sbin/auditctl -s",)
)
AUDIT_RULES = Fact(
    "audit_rules",
    "[ -e /usr/sbin/auditctl ] || exit 127\n$SUDO /usr/sbin/auditctl -l",
    ("/usr/sbin/auditctl -l",),
    limit=1_048_576,
)
AUDIT_SETTINGS = Fact(
    "audit_settings",
    "[ -e /usr/sbin/auditd ] || exit 127\n$SUDO /bin/cat /etc/audit/auditd.conf",
    ("/bin/cat /etc/audit/auditd.conf",),
)

RECORDERS = ("auditd", "auditbeat", "go-audit", "laurel", "osqueryd", "falco", "tetragon")

# auditd starts from these; auditd.conf(5) and its source agree.
DEFAULTS = {
    "max_log_file_action": "ignore",
    "max_log_file": "0",
    "num_logs": "0",
    "space_left_action": "ignore",
    "admin_space_left_action": "ignore",
    "disk_full_action": "ignore",
}


@collector(permissions=(CONTAINMENT, PROCESSES, AUDIT_STATUS, AUDIT_RULES))
def audit(host: Host) -> Iterator[Audit]:
    """Whether the kernel audits, who takes its records, and the loaded rules."""
    others = tuple(name for name in running(host, RECORDERS) if name != "auditd")
    where = container(host)
    try:
        host.answer(AUDIT_STATUS)
    except MissingProgramError:
        yield Audit(
            id=host.name,
            container=where,
            installed=False,
            enabled=0,
            daemon_runs=False,
            other_recorders=others,
            rules=(),
            processes_are_exempt=False,
        )
        return
    except FactError:  # the fields say so
        pass
    yield Audit(
        id=host.name,
        container=where,
        installed=True,
        enabled=host.look(lambda: parse_status(host.text(AUDIT_STATUS))["enabled"]),
        daemon_runs=host.look(lambda: parse_status(host.text(AUDIT_STATUS))["pid"] > 0),
        other_recorders=others,
        rules=host.look(lambda: parse_rules(host.text(AUDIT_RULES))),
        processes_are_exempt=host.look(lambda: exempts_processes(host.text(AUDIT_RULES))),
    )


@collector(permissions=(AUDIT_SETTINGS,))
def storage(host: Host) -> Iterator[AuditStorage]:
    """What auditd does when its files or the disk are full, where auditd is installed."""
    try:
        text = host.text(AUDIT_SETTINGS)
    except MissingProgramError:
        return
    settings = parse_storage(text)
    values = {**DEFAULTS, **settings}
    yield AuditStorage(
        id=host.name,
        file_full_action=values["max_log_file_action"],
        file_megabytes=int(values["max_log_file"]),
        files=int(values["num_logs"]),
        space_left_action=values["space_left_action"],
        admin_space_left_action=values["admin_space_left_action"],
        disk_full_action=values["disk_full_action"],
        defaulted=tuple(sorted(DEFAULTS.keys() - settings.keys())),
    )


def parse_status(text: str) -> dict[str, int]:
    """`enabled` and `pid` of `auditctl -s`, which has one pair a line. Raises `FactError` when one is missing."""
    found = {name: int(value) for name, value in re.findall(r"\b(enabled|pid)[ =](\d{1,9})\b", text)}
    if found.keys() != {"enabled", "pid"}:
        raise FactError(AUDIT_STATUS, f"{AUDIT_STATUS.name}: it does not tell enabled and pid")
    return found


def parse_rules(text: str) -> tuple[AuditRule, ...]:
    """The rules of `auditctl -l` that record; exceptions (`never`) and filters of messages are left out.

    Raises `FactError` for a line that is no rule.
    """
    lines = text.splitlines()
    strange = [line for line in lines if not re.match(r"(?:-[aAwD] |-D$|No rules$)", line)]
    if strange or not lines:
        raise FactError(AUDIT_RULES, f"{AUDIT_RULES.name}: {(strange or [''])[0]!r:.80} is no rule")
    return tuple(rule for line in text.splitlines() if (rule := _rule(line.split())))


def exempts_processes(text: str) -> bool:
    """Whether a rule of `auditctl -l` lets every new process go unwatched: distributions ship `-a task,never`."""
    return bool(re.search(r"^-[aA] (?:task,never|never,task)(?: -S all| -F key=\S+| -k \S+)*\s*$", text, re.MULTILINE))


def _rule(words: list[str]) -> AuditRule | None:
    options = [(option, *value.partition("=")) for option, value in pairwise(words)]
    given = {option: name for option, name, _, _ in options}
    fields = {name: value for option, name, _, value in options if option == "-F"}
    flow = set(given.get("-a", given.get("-A", "")).split(","))
    if ("-w" not in given and "always" not in flow) or flow & {"exclude", "user"}:
        return None
    path = given.get("-w") or fields.get("path") or fields.get("dir") or ""
    calls = [call for option, name, _, _ in options if option == "-S" for call in name.split(",")]
    return AuditRule(
        path=path.rstrip("/") or path,
        permissions="".join(sorted(given.get("-p") or fields.get("perm") or "rwxa")),
        syscalls=tuple(call for call in calls if call != "all" or not path),
        architecture=fields.get("arch", ""),
        narrowed_by=tuple(
            name + equals + value
            for option, name, equals, value in options
            if option in ("-F", "-C") and not (equals and name in ("arch", "path", "dir", "perm", "key"))
        ),
    )


def parse_storage(text: str) -> dict[str, str]:
    """The settings of auditd.conf(5) that we read, in lower case. Raises `FactError` for a number that is none."""
    settings: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = (part.strip().lower() for part in line.partition("="))
        if equals and name in DEFAULTS and value:
            if DEFAULTS[name] == "0" and not re.fullmatch(r"\d{1,9}", value):
                raise FactError(AUDIT_SETTINGS, f"{AUDIT_SETTINGS.name}: {name} is not a number")
            # `exec /path` and its arguments: the word says enough.
            settings[name] = value.split()[0]
    return settings
