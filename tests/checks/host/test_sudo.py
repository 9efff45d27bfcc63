from __future__ import annotations

from typing import Literal

import pytest

from checks.host import sudo as checks
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.host.sudo import Su, Sudo, SudoCommand, SudoDefault, SudoGrant

Arguments = Literal["any", "none", "fixed", "pattern"]


def command(
    program: str, arguments: Arguments = "any", *, forbidden: bool = False, keeps_off_pagers: bool = False
) -> SudoCommand:
    return SudoCommand(program=program, arguments=arguments, forbidden=forbidden, keeps_off_pagers=keeps_off_pagers)


def grant(
    *commands: SudoCommand,
    principal: str = "alice",
    needs_password: bool = True,
    no_exec: bool = False,
    run_as: tuple[str, ...] = (),
) -> SudoGrant:
    return SudoGrant(
        id=principal,
        principal=principal,
        hosts=("ALL",),
        run_as=run_as,
        needs_password=needs_password,
        no_exec=no_exec,
        commands=commands,
    )


def settings(*defaults: tuple[str, str, str], version: tuple[int, ...] = (1, 9, 13)) -> Sudo:
    return Sudo(
        id="web-1",
        installed=True,
        version=version,
        defaults=tuple(SudoDefault(option=o, value=v, binding=b) for o, v, b in defaults),
    )


@pytest.mark.parametrize(
    ("rule", "status", "reason"),
    [
        (grant(command("ALL")), "pass", "the rule does not spare alice the password"),
        (
            grant(command("ALL"), principal="root"),
            "not_applicable",
            "sudo never asks root for a password, and root needs no sudo",
        ),
        (grant(command("ALL"), needs_password=False), "fail", "alice runs ALL without a password"),
        (
            grant(command("/bin/x", forbidden=True), needs_password=False),
            "pass",
            "the rule only forbids alice commands",
        ),
        (
            grant(command("/sbin/sshd", "fixed"), command("/bin/y", "none"), principal="annexa", needs_password=False),
            "pass",
            "annexa runs /sbin/sshd, /bin/y without a password, as approved",
        ),
        (
            grant(command("/sbin/sshd"), principal="annexa", needs_password=False),
            "fail",
            "annexa runs /sbin/sshd without a password, and chooses the arguments",
        ),
        (
            grant(command("/usr/bin/", "none"), principal="annexa", needs_password=False),
            "fail",
            "annexa runs /usr/bin/ without a password, and chooses the arguments",
        ),
    ],
)
def test_passwords(rule: SudoGrant, status: str, reason: str) -> None:
    verdict = checks.rule_asks_for_a_password(rule)
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("rule", "status", "reason"),
    [
        (
            grant(command("ALL"), principal="%sudo", run_as=("ALL",)),
            "pass",
            "%sudo may run everything as ALL, as approved",
        ),
        (grant(command("ALL")), "fail", "alice may run everything as root"),
        (grant(command("/bin/x")), "pass", "alice may run only /bin/x"),
        (grant(command("ALL", forbidden=True)), "pass", "alice may run only nothing"),
    ],
)
def test_everything(rule: SudoGrant, status: str, reason: str) -> None:
    verdict = checks.only_administrators_may_run_everything(rule)
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("program", "arguments", "no_exec", "escapes"),
    [
        ("/usr/bin/vim.tiny", "fixed", False, True),
        ("/usr/bin/less", "fixed", False, True),
        ("/usr/bin/less", "any", True, False),
        ("/usr/bin/systemctl", "any", True, True),
        ("/usr/bin/systemctl", "fixed", False, True),
        ("/usr/bin/vim", "any", True, True),
        ("/usr/bin/python3.11", "any", False, True),
        ("/usr/bin/python3.11", "fixed", False, False),
        ("/bin/bash", "none", False, True),
        ("/usr/bin/tar", "pattern", False, True),
        ("/usr/bin/tar", "none", False, False),
        ("/usr/bin/find", "fixed", False, False),
        ("/usr/bin/", "any", False, True),
        ("/usr/bin/a*", "fixed", False, True),
        ("/usr/sbin/nginx", "any", False, False),
        ("sudoedit", "fixed", False, False),
    ],
)
def test_ways_to_a_shell(program: str, arguments: Arguments, no_exec: bool, escapes: bool) -> None:
    verdict = checks.rule_gives_no_way_to_a_shell(grant(command(program, arguments), no_exec=no_exec))
    if escapes:
        assert (verdict.status, verdict.reason) == (Status.FAIL, f"alice gets a shell or any file through {program}")
    else:
        assert (verdict.status, verdict.reason) == (Status.PASS, f"{program} gives alice no known way to a shell")


def test_who_may_run_everything_needs_no_way_to_a_shell() -> None:
    verdict = checks.rule_gives_no_way_to_a_shell(grant(command("ALL"), command("/bin/su", forbidden=True)))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "alice may run everything anyway")


@pytest.mark.parametrize(
    ("check", "sudo", "status", "reason"),
    [
        (
            checks.passwords_are_asked_for_by_default,
            settings(("authenticate", "true", "")),
            "pass",
            "no Defaults says !authenticate or exempt_group, or lets a password count for ever",
        ),
        (
            checks.passwords_are_asked_for_by_default,
            settings(("authenticate", "false", ""), ("authenticate", "false", "alice")),
            "fail",
            "Defaults !authenticate holds for everybody, alice",
        ),
        (
            checks.commands_run_in_a_terminal_of_their_own,
            settings(("use_pty", "true", "")),
            "pass",
            "Defaults use_pty is set",
        ),
        (
            checks.commands_run_in_a_terminal_of_their_own,
            settings(("use_pty", "true", ""), ("use_pty", "false", "")),
            "fail",
            "Defaults !use_pty is set",
        ),
        (
            checks.commands_run_in_a_terminal_of_their_own,
            settings(("use_pty", "true", ""), ("use_pty", "false", "alice")),
            "fail",
            "Defaults !use_pty holds for alice",
        ),
        (
            checks.commands_run_in_a_terminal_of_their_own,
            settings(),
            "fail",
            "Defaults use_pty is not set, and is not the default of sudo 1.9.13",
        ),
        (
            checks.commands_run_in_a_terminal_of_their_own,
            settings(version=(1, 9, 16)),
            "pass",
            "use_pty is the default of sudo 1.9.16",
        ),
        (checks.commands_are_logged, settings(), "pass", "sudo logs to syslog (as it does by default)"),
        (checks.commands_are_logged, settings(("syslog", "auth", "")), "pass", "sudo logs to syslog (auth)"),
        (
            checks.commands_are_logged,
            settings(("syslog", "false", ""), ("logfile", "/var/log/sudo.log", "")),
            "pass",
            "Defaults logfile is set",
        ),
        (
            checks.commands_are_logged,
            settings(("syslog", "false", "")),
            "fail",
            "Defaults !syslog is set and nothing else logs",
        ),
        (
            checks.commands_are_logged,
            settings(("log_allowed", "false", "")),
            "fail",
            "Defaults !log_allowed holds for everybody",
        ),
        (
            checks.commands_are_logged,
            settings(("log_allowed", "false", "alice")),
            "fail",
            "Defaults !log_allowed holds for alice",
        ),
    ],
)
def test_settings(check: Check[...], sudo: Sudo, status: str, reason: str) -> None:
    verdict = check(sudo)
    assert (verdict.status, verdict.reason) == (status, reason)
    absent = check(Sudo(id="web-1", installed=False, version=(), defaults=()))
    assert (absent.status, absent.reason) == (Status.NOT_APPLICABLE, "sudo is not installed")


def test_the_default_of_a_version_that_was_not_observed_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.commands_run_in_a_terminal_of_their_own(settings(version=unobserved("sudo -V names no version")))


@pytest.mark.parametrize(
    ("su", "status", "reason"),
    [
        (
            Su(id="web-1", installed=True, restricted=True, group="sugroup"),
            "pass",
            "pam_wheel lets only the group sugroup use su",
        ),
        (
            Su(id="web-1", installed=True, restricted=True, group=""),
            "pass",
            "pam_wheel lets only the group wheel use su",
        ),
        (
            Su(id="web-1", installed=True, restricted=False, group=""),
            "fail",
            "no pam_wheel in /etc/pam.d/su keeps everybody else out",
        ),
        (Su(id="web-1", installed=False, restricted=False, group=""), "not_applicable", "su is not installed"),
    ],
)
def test_su(su: Su, status: str, reason: str) -> None:
    verdict = checks.su_is_for_a_group(su)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_group_that_is_exempt_needs_no_password() -> None:
    verdict = checks.passwords_are_asked_for_by_default(settings(("exempt_group", "admins", "")))
    assert (verdict.status, verdict.reason) == (
        Status.FAIL,
        "Defaults exempt_group spares the group admins the password",
    )


@pytest.mark.parametrize("program", ["/usr/bin/systemctl", "/usr/bin/journalctl"])
def test_a_command_that_shows_nothing_in_a_pager_gives_no_shell(program: str) -> None:
    rule = grant(command(program, "fixed", keeps_off_pagers=True))
    assert checks.rule_gives_no_way_to_a_shell(rule).status is Status.PASS


@pytest.mark.parametrize(
    ("defaults", "status"),
    [
        ((("authenticate", "false", ""), ("authenticate", "true", "")), Status.PASS),
        ((("exempt_group", "admins", ""), ("exempt_group", "false", "")), Status.PASS),
        ((("timestamp_timeout", "15", ""),), Status.PASS),
        ((("timestamp_timeout", "-1", ""),), Status.FAIL),
        ((("timestamp_timeout", "-1", "alice"), ("timestamp_timeout", "5", "")), Status.FAIL),
    ],
)
def test_the_last_word_about_passwords_counts(defaults: tuple[tuple[str, str, str], ...], status: Status) -> None:
    assert checks.passwords_are_asked_for_by_default(settings(*defaults)).status is status


# As cvtsudoers prints a list that is added to.
ADDED = "[{'operation': 'list_add', 'value': '%s'}]"


@pytest.mark.parametrize(
    ("defaults", "status", "reason"),
    [
        (
            (("env_reset", "true", ""),),
            "pass",
            "no Defaults says !env_reset or setenv, or keeps a variable that names code",
        ),
        ((("env_reset", "false", ""),), "fail", "Defaults !env_reset holds for everybody"),
        ((("env_reset", "false", ""), ("env_reset", "true", "")), "pass", ""),
        ((("setenv", "true", "alice"),), "fail", "Defaults setenv holds for alice"),
        ((("env_keep", ADDED % "http_proxy LD_PRELOAD", ""),), "fail", "Defaults env_keep lets LD_PRELOAD through"),
        ((("env_keep", ADDED % "DISPLAY OLD_PWD", ""),), "pass", ""),
        ((("env_keep", (ADDED % "LD_PRELOAD").replace("add", "remove"), ""),), "pass", ""),
    ],
)
def test_the_environment(defaults: tuple[tuple[str, str, str], ...], status: str, reason: str) -> None:
    verdict = checks.environment_is_reset(settings(*defaults))
    assert verdict.status == status
    assert verdict.reason.startswith(reason)
    assert (
        checks.environment_is_reset(Sudo(id="a", installed=False, version=(), defaults=())).status == "not_applicable"
    )


@pytest.mark.parametrize(
    ("run_as", "status"),
    [
        ((), "fail"),
        (("root",), "fail"),
        (("ALL", "!root"), "fail"),
        (("%adm",), "fail"),
        (("postgres", "backup"), "pass"),
    ],
)
def test_everything_as_somebody_who_is_not_root_is_not_everything(run_as: tuple[str, ...], status: str) -> None:
    assert checks.only_administrators_may_run_everything(grant(command("ALL"), run_as=run_as)).status == status
