"""Checks of sudo and su."""

from __future__ import annotations

import re

from checks.host.shell_escapes import leads_to_a_shell
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.sudo import Su, Sudo, SudoCommand, SudoGrant

PTY_BY_DEFAULT = (1, 9, 14)
"""The version of sudo from which `use_pty` is on unless it is switched off."""
NO_PASSWORD = ("authenticate", "false")
KEEPING = {("env_reset", "false"): "!env_reset", ("setenv", "true"): "setenv"}
"""Settings that let users choose the environment of what sudo runs."""
LOADING = re.compile(r"\bLD_\w+|\bPYTHON\w+|\bPERL5?\w+|\bRUBY\w+|\bNODE_OPTIONS\b|\bBASH_ENV\b|\bGCONV_PATH\b")
"""Variables that name code which is then run."""
NOT_INSTALLED = not_applicable("sudo is not installed")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def rule_asks_for_a_password(grant: SudoGrant, *, approved: tuple[str, ...] = ("annexa",)) -> Verdict:
    """sudo asks who one is before it runs anything.

    With `NOPASSWD`, an unattended screen or malicious program has the same rights at once. Accounts of automation
    named in the setting `approved` may do without, for commands with fixed arguments only.

    Remediation: Take `NOPASSWD:` out of the rule (`visudo`), or list the exact commands and name the account
    in `approved`.
    """
    if grant.principal == "root":
        return not_applicable("sudo never asks root for a password, and root needs no sudo")
    if grant.needs_password:
        return passed(f"the rule does not spare {grant.principal} the password")
    commands = _allowed(grant)
    if not commands:
        return passed(f"the rule only forbids {grant.principal} commands")
    pinned = all(
        c.program != "ALL" and not c.program.endswith("/") and c.arguments in ("none", "fixed") for c in commands
    )
    reason = f"{grant.principal} runs {_programs(commands)} without a password"
    if grant.principal in approved:
        return passed(f"{reason}, as approved") if pinned else failed(f"{reason}, and chooses the arguments")
    return failed(reason)


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def passwords_are_asked_for_by_default(sudo: Sudo) -> Verdict:
    """No setting of sudo does away with passwords.

    `Defaults !authenticate` has the effect of `NOPASSWD` on every rule it is bound to, far from those rules, and
    `exempt_group` on every rule for the members of a group. With a negative `timestamp_timeout` one password lasts
    until the host starts again.

    Remediation: Remove `!authenticate`, `exempt_group` and a negative `timestamp_timeout` from the `Defaults` of
    /etc/sudoers and /etc/sudoers.d (`visudo`).
    """
    if not sudo.installed:
        return NOT_INSTALLED
    said = {(default.option, default.binding): default.value for default in sudo.defaults}  # the last word wins
    off = [binding or "everybody" for (option, binding), value in said.items() if (option, value) == NO_PASSWORD]
    exempt = [value for (option, _), value in said.items() if option == "exempt_group" and value != "false"]
    lasting = [
        binding or "everybody"
        for (option, binding), value in said.items()
        if option == "timestamp_timeout" and value.startswith("-")
    ]
    if off:
        return failed(f"Defaults !authenticate holds for {', '.join(off)}")
    if exempt:
        return failed(f"Defaults exempt_group spares the group {', '.join(exempt)} the password")
    if lasting:
        return failed(f"a negative timestamp_timeout lets a password count for ever for {', '.join(lasting)}")
    return passed("no Defaults says !authenticate or exempt_group, or lets a password count for ever")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def environment_is_reset(sudo: Sudo) -> Verdict:
    """sudo does not hand the user's environment to the commands it runs.

    Variables such as `LD_PRELOAD` or `PYTHONPATH` make an allowed command run other code, as root.

    Remediation: Remove `!env_reset` and `setenv` from the `Defaults` (`visudo`), and names of libraries and
    interpreters from `env_keep`.
    """
    if not sudo.installed:
        return NOT_INSTALLED
    said = {(default.option, default.binding): default.value for default in sudo.defaults}
    for (option, binding), value in said.items():
        if (option, value) in KEEPING:
            return failed(f"Defaults {KEEPING[option, value]} holds for {binding or 'everybody'}")
    lists = [d.value for d in sudo.defaults if d.option in ("env_keep", "env_check") and "remove" not in d.value]
    if kept := LOADING.findall(" ".join(lists)):
        return failed(f"Defaults env_keep lets {', '.join(kept)} through")
    return passed("no Defaults says !env_reset or setenv, or keeps a variable that names code")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def only_administrators_may_run_everything(
    grant: SudoGrant, *, approved: tuple[str, ...] = ("root", "%sudo", "%wheel", "%admin")
) -> Verdict:
    """Only administrators may run everything with sudo.

    Such a rule is full power. Given to the groups of administrators, it can be seen and reviewed in one place.

    Remediation: List the commands that are needed instead of `ALL`, or move the person to the group sudo; name further
    principals that are approved in the setting `approved`.
    """
    everything = [command for command in _allowed(grant) if command.program == "ALL"]
    if not everything:
        return passed(f"{grant.principal} may run only {_programs(_allowed(grant)) or 'nothing'}")
    reason = f"{grant.principal} may run everything as {', '.join(grant.run_as) or 'root'}"
    if grant.run_as and all(re.fullmatch(r"[a-z_][\w.-]*", user) and user != "root" for user in grant.run_as):
        return passed(f"{reason}, who is not root")
    return passed(f"{reason}, as approved") if grant.principal in approved else failed(reason)


@check(objective="override-tools-are-restricted", severity=Severity.MEDIUM)
def rule_gives_no_way_to_a_shell(grant: SudoGrant) -> Verdict:
    """A rule for single commands does not hand out a shell.

    Editors, pagers, interpreters, and tools such as find or tar with free arguments, start other programs: who may run
    one of them may run everything. So may who can run a whole folder, or what is only excepted from `ALL`.

    Remediation: Fix the arguments in the rule, use `sudoedit` for files, and `NOEXEC:` for pagers.
    """
    commands = _allowed(grant)
    if any(command.program == "ALL" for command in commands):
        return not_applicable(f"{grant.principal} may run everything anyway")
    escapes = [command for command in commands if leads_to_a_shell(command, no_exec=grant.no_exec)]
    if escapes:
        return failed(f"{grant.principal} gets a shell or any file through {_programs(escapes)}")
    return passed(f"{_programs(commands) or 'nothing'} gives {grant.principal} no known way to a shell")


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def commands_run_in_a_terminal_of_their_own(sudo: Sudo) -> Verdict:
    """sudo runs commands in a terminal of their own.

    Else a program started with sudo can stay behind and type into the user's terminal later.

    Remediation: Add `Defaults use_pty` to a file of /etc/sudoers.d (`visudo -f`).
    """
    if not sudo.installed:
        return NOT_INSTALLED
    off = [d.binding for d in sudo.defaults if d.option == "use_pty" and d.binding and d.value != "true"]
    if off:
        return failed(f"Defaults !use_pty holds for {', '.join(off)}")
    said = _setting(sudo, "use_pty")
    if said:
        return passed("Defaults use_pty is set") if said == "true" else failed("Defaults !use_pty is set")
    version = ".".join(map(str, sudo.version))
    if sudo.version < PTY_BY_DEFAULT:
        return failed(f"Defaults use_pty is not set, and is not the default of sudo {version}")
    return passed(f"use_pty is the default of sudo {version}")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def commands_are_logged(sudo: Sudo) -> Verdict:
    """sudo logs the commands that it runs.

    The log says who did what with the power of root. By default sudo tells syslog.

    Remediation: Remove `!syslog` from the `Defaults`, or add `Defaults logfile="/var/log/sudo.log"`.
    """
    if not sudo.installed:
        return NOT_INSTALLED
    silent = [d.binding for d in sudo.defaults if d.binding and (d.option, d.value) == ("log_allowed", "false")]
    if silent or _setting(sudo, "log_allowed") == "false":
        return failed(f"Defaults !log_allowed holds for {', '.join(silent) or 'everybody'}")
    ways = [
        name
        for name in ("logfile", "log_output", "log_input", "log_servers")
        if _setting(sudo, name) not in ("", "false")
    ]
    if ways:
        return passed(f"Defaults {', '.join(ways)} is set")
    if _setting(sudo, "syslog") == "false":
        return failed("Defaults !syslog is set and nothing else logs")
    return passed(f"sudo logs to syslog ({_setting(sudo, 'syslog') or 'as it does by default'})")


@check(objective="override-tools-are-restricted", severity=Severity.MEDIUM)
def su_is_for_a_group(su: Su) -> Verdict:
    """Only members of a group may use su.

    With su, whoever learns a password becomes somebody else, past sudo's rules and its log.

    Remediation: Add `auth required pam_wheel.so use_uid group=sugroup` to /etc/pam.d/su, with a group that is empty.
    """
    if not su.installed:
        return not_applicable("su is not installed")
    if su.restricted:
        return passed(f"pam_wheel lets only the group {su.group or 'wheel'} use su")
    return failed("no pam_wheel in /etc/pam.d/su keeps everybody else out")


def _allowed(grant: SudoGrant) -> list[SudoCommand]:
    return [command for command in grant.commands if not command.forbidden]


def _programs(commands: list[SudoCommand]) -> str:
    return ", ".join(dict.fromkeys(command.program for command in commands))


def _setting(sudo: Sudo, option: str) -> str:
    """What `Defaults` says for everybody: the last word wins."""
    return next((d.value for d in reversed(sudo.defaults) if d.option == option and not d.binding), "")
