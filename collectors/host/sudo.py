"""sudo and su. sudo's rules come from `cvtsudoers`, which resolves includes and aliases as sudo does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Literal

from collectors.host.facts import Fact, root_fact
from collectors.host.pam import PAM, PamRule, parse_pam, read_files
from collectors.host.pam_course import IGNORE, action, everything_fits, follow
from collectors.host.source import FactError, Host, MissingProgramError
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.sudo import Su, Sudo, SudoCommand, SudoDefault, SudoGrant

SUDO_INSTALLED = Fact("sudo_installed", "[ ! -e /usr/bin/sudo ] || echo installed")
SU_INSTALLED = Fact("su_installed", "for f in /usr/bin/su /bin/su; do [ ! -e $f ] || echo $f; done")
SUDO_VERSION = Fact("sudo_version", "/usr/bin/sudo -V | head -n 1")
SUDOERS = root_fact("sudoers", "/usr/bin/cvtsudoers -e -f json /etc/sudoers")
ACTS = (
    "condrestart", "daemon-reload", "disable", "enable", "halt", "is-active", "is-enabled", "is-failed", "isolate",
    "kill", "mask", "poweroff", "preset", "reboot", "reload", "reload-or-restart", "reset-failed", "restart", "start",
    "stop", "suspend", "try-restart", "unmask",
)  # fmt: skip
"""The first arguments with which systemctl has nothing to show in a pager."""
MARK = re.compile(r"\[redacted: [^\]]*\]")
"""What redaction leaves of a secret among the arguments: its bracket is no pattern."""
UNREADABLE = "fix /etc/sudoers and the files it includes until `visudo -c` is content"


@collector(permissions=(SUDO_INSTALLED, SUDO_VERSION, SUDOERS))
def sudo(host: Host) -> Iterator[Sudo | SudoGrant]:
    """sudo's settings and every rule of the host's own files that lets somebody run something as somebody else."""
    if not host.text(SUDO_INSTALLED).strip():
        yield Sudo(id=host.name, installed=False, version=(), defaults=())
        return
    try:
        answer = host.answer(SUDOERS)
        if answer.status:  # the first line says where; those after it show the rule itself
            said = answer.error.partition("\n")[0]
            raise FactError(SUDOERS, f"{SUDOERS.name}: cvtsudoers refused them: {said:.200}", UNREADABLE)
        rules = json.loads(answer.output)
        defaults, grants = tuple(parse_defaults(rules)), tuple(parse_grants(rules))
    except MissingProgramError as error:
        hint = "cvtsudoers comes with sudo 1.8.23 and later; sudo-rs has none"
        raise FactError(SUDOERS, "sudo is installed but cvtsudoers, which reads its rules, is not", hint) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FactError(SUDOERS, "cvtsudoers printed something that is not a set of rules", UNREADABLE) from error
    version = host.look(lambda: parse_version(host.text(SUDO_VERSION)))
    yield Sudo(id=host.name, installed=True, version=version, defaults=defaults)
    yield from grants


@collector(permissions=(SU_INSTALLED, PAM))
def su(host: Host) -> Iterator[Su]:
    """Whether PAM lets only members of a group use su."""
    installed = bool(host.text(SU_INSTALLED).strip())
    stacks = parse_pam(read_files(host, PAM)) if installed else {}
    rule = wheel_rule(stacks.get("su", stacks.get("other", ())))
    yield Su(
        id=host.name,
        installed=installed,
        restricted=rule is not None,
        group=rule.arguments.get("group", "") if rule else "",
    )


def wheel_rule(rules: Sequence[PamRule]) -> PamRule | None:
    """The rule that keeps those out who are not in the group, though they know the password.

    Rules that only spare members the password do not, nor do those that come after the password has let one in.
    """

    def says(rule: PamRule) -> str:
        if rule.module == "pam_wheel":  # with `root_only` it has no say about becoming anybody else
            return IGNORE if {"deny", "root_only"} & rule.arguments.keys() else "perm_denied"
        return everything_fits(rule)

    course = follow(rules, "auth", says)
    decisive = (rule for rule in course.asked if action(rule, says(rule)) in ("bad", "die"))
    refusing = (rule for rule in decisive if rule.module == "pam_wheel")
    return None if course.accepted else next(refusing, None)


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers of `Sudo version 1.9.13p3`; the letters of patches do not matter."""
    numbers = re.search(r"version (\d+(?:\.\d+)*)", text)
    unseen: tuple[int, ...] = unobserved("sudo -V names no version")
    return tuple(int(number) for number in numbers[1].split(".")) if numbers else unseen


def parse_defaults(rules: dict[str, Any]) -> Iterator[SudoDefault]:
    """Each `Defaults` entry."""
    for entry in rules.get("Defaults", ()):
        binding = ", ".join(_member(member) for member in entry.get("Binding", ()))
        for options in entry["Options"]:
            for option, value in options.items():
                yield SudoDefault(option=option, value=_text(value), binding=binding)


def parse_grants(rules: dict[str, Any]) -> Iterator[SudoGrant]:
    """Each principal of each rule."""
    for rule in rules.get("User_Specs", ()):
        hosts = tuple(_member(member) for member in rule["Host_List"])
        for specification in rule["Cmnd_Specs"]:
            written = json.dumps([rule["Host_List"], specification], sort_keys=True).encode()
            options = {name: value for each in specification.get("Options", ()) for name, value in each.items()}
            for member in rule["User_List"]:
                principal = _member(member)
                yield SudoGrant(
                    id=f"{principal} {sha256(written).hexdigest()[:12]}",
                    principal=principal,
                    hosts=hosts,
                    run_as=tuple(_member(user) for user in specification.get("runasusers", ())),
                    needs_password=options.get("authenticate", True) is not False,
                    no_exec=options.get("noexec", False) is True,
                    commands=tuple(parse_command(command) for command in specification["Commands"]),
                )


def parse_command(command: dict[str, Any]) -> SudoCommand:
    """What a rule lets one run, without the arguments."""
    program, _, arguments = MARK.sub("-", str(command["command"])).partition(" ")
    kind, words = _arguments(arguments), arguments.split()
    acts = program.endswith("/systemctl") and words[:1] != [] and words[0] in ACTS
    return SudoCommand(
        program=program,
        arguments=kind,
        forbidden=bool(command.get("negated")),
        keeps_off_pagers=kind == "fixed" and ("--no-pager" in words or acts),
    )


def _arguments(arguments: str) -> Literal["any", "none", "fixed", "pattern"]:
    if not arguments:
        return "any"
    if arguments == '""':
        return "none"
    return "pattern" if arguments.startswith("^") or any(sign in arguments for sign in "*?[") else "fixed"


def _member(member: dict[str, Any]) -> str:
    """Somebody or something in a list, as sudoers writes it."""
    signs = {
        "usergroup": "%",
        "usergid": "%#",
        "userid": "#",
        "netgroup": "+",
        "nonunixgroup": "%:",
        "nonunixgid": "%:#",
    }
    ((kind, value),) = [pair for pair in member.items() if pair[0] != "negated"]
    return f"{'!' if member.get('negated') else ''}{signs.get(kind, '')}{value}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
