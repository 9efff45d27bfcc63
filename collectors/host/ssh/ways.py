"""From settings to hops: which hosts to pass, as whom, and which files say what their keys are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from collectors.host.settings import Jump, Member
from collectors.host.ssh.hops import Hop, Login
from core.settings import Secret

AGENT_VARIABLE = "SSH_AUTH_SOCK"
KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
JUMP = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<address>\[[^\]\s]+\]|[^:@\s]+)(?::(?P<port>\d{1,5}))?")


def own_known_hosts(environment: Mapping[str, str]) -> str:
    """The file that `annexa hosts trust` writes: `$XDG_CONFIG_HOME/annexa/known_hosts`, or below ~/.config."""
    return str(Path(environment.get("XDG_CONFIG_HOME") or "~/.config", "annexa", "known_hosts"))


def hops(member: Member, environment: Mapping[str, str]) -> tuple[Hop, ...]:
    """The hosts on the way to a host, and the host itself. Raises `ValueError` for a jump that is none."""
    files = (own_known_hosts(environment), *(member.known_hosts or KNOWN_HOSTS))
    login = Login(
        user=member.user,
        keys=_files(member.key),
        certificate=member.certificate,
        passphrase=member.passphrase,
        agent=_agent(member.agent, environment),
    )
    last = Hop(
        address=member.address or member.name,
        login=login,
        port=member.port,
        known_as=member.known_as,
        known_hosts=files,
        legacy=member.algorithms == "legacy",
    )
    return (*(_jump(each, login, files, environment) for each in member.jump), last)


def parse_jump(text: str) -> Jump:
    """A jump as ssh(1) writes it: `user@address:port`. Raises `ValueError`."""
    found = JUMP.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r:.80} is no host to jump over: write user@address:port")
    return Jump(address=found["address"].strip("[]"), port=int(found["port"] or 22), user=found["user"] or "")


def _jump(given: str | Jump, login: Login, files: tuple[str, ...], environment: Mapping[str, str]) -> Hop:
    jump = parse_jump(given) if isinstance(given, str) else given
    other = bool(jump.key or jump.agent is not None)
    return Hop(
        address=jump.address,
        login=Login(
            user=jump.user or login.user,
            keys=_files(jump.key) if other else login.keys,
            certificate=jump.certificate or ("" if other else login.certificate),
            passphrase=_passphrase(jump, login, other=other),
            agent=_agent(bool(jump.agent), environment) if other else login.agent,
        ),
        port=jump.port,
        known_as=jump.known_as,
        known_hosts=files,
        legacy=jump.algorithms == "legacy",
    )


def _files(given: str | list[str]) -> tuple[str, ...]:
    return tuple(given) if isinstance(given, list) else (given,) if given else ()


def _passphrase(jump: Jump, login: Login, *, other: bool) -> Secret | None:
    return jump.passphrase or (None if other else login.passphrase)


def _agent(wanted: bool, environment: Mapping[str, str]) -> str:
    return environment.get(AGENT_VARIABLE, "") if wanted else ""
