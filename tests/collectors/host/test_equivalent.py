"""What a host was asked, as a command that a person can paste."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from collectors.host import equivalent
from collectors.host.source import question
from core.model import Exchange, Unit
from runs.plugins import collectors_of
from tests.twins import NOW

FACTS = {fact.name: fact for each in collectors_of("host").values() for fact in each.permissions}


def said(command: str, principal: str = "root") -> str:
    unit = Unit(
        collector="host.c", version="1", source="host/web-1", scope="", principal=principal, started=NOW, finished=NOW
    )
    exchange = Exchange(
        operation="sh",
        parameters={"fact": "a", "command": command},
        response="",
        size=0,
        status="0",
        at=NOW,
        duration_ms=0,
    )
    return equivalent(unit, exchange)


def test_a_command_stands_as_it_was_run() -> None:
    assert said("$SUDO /usr/sbin/sshd -T") == "LC_ALL=C /usr/sbin/sshd -T"
    assert said("uname -r", "ada") == "LC_ALL=C uname -r"


def test_who_is_not_root_needs_sudo() -> None:
    assert said("$SUDO /usr/sbin/sshd -T", "annexa") == "LC_ALL=C sudo -n /usr/sbin/sshd -T"
    assert said("$SUDO cat /a | wc -l", "annexa") == "SUDO='sudo -n' LC_ALL=C sh -c '$SUDO cat /a | wc -l'"
    assert said("$SUDO cat /a | wc -l") == "SUDO='' LC_ALL=C sh -c '$SUDO cat /a | wc -l'"


@pytest.mark.parametrize(
    ("operation", "endpoint", "command"),
    [
        ("ssh", "ssh://ada@web-1:2222 ssh-ed25519 SHA256:x", "ssh-keyscan -p 2222 -- web-1 | ssh-keygen -l -f -"),
        ("ssh", "ssh://ada@[2001:db8::1]:22 through b@c:1", "ssh-keyscan -p 22 -- 2001:db8::1 | ssh-keygen -l -f -"),
        ("ssh", "ssh://ada@$(reboot):22", "ssh-keyscan -p 22 -- '$(reboot)' | ssh-keygen -l -f -"),
        ("ssh", "elsewhere", "ssh-keyscan -p 22 -- '' | ssh-keygen -l -f -"),
        ("inventory", "/etc/ansible/hosts", "annexa hosts list"),
    ],
)
def test_how_a_connection_or_an_inventory_came_about_can_be_seen_again(
    operation: str, endpoint: str, command: str
) -> None:
    unit = Unit(collector="host.c", version="1", source="host/web-1", scope="", principal="", started=NOW, finished=NOW)
    exchange = Exchange(
        operation=operation, parameters={}, response="", size=0, status="0", at=NOW, duration_ms=0, endpoint=endpoint
    )
    assert equivalent(unit, exchange) == command


def test_a_script_is_quoted_as_one_word() -> None:
    script = "for f in /etc/*; do echo \"$f\"; done\nprintf '%s\\n' 'it is'\n"
    assert shlex.split(said(script)) == ["LC_ALL=C", "sh", "-c", script]
    assert said("true; exit") == "LC_ALL=C sh -c 'true; exit'"


@pytest.mark.parametrize("name", FACTS)
def test_the_equivalent_of_every_fact_is_a_shell_command(name: str) -> None:
    """A shell can read it, and finds the same words in it that were asked."""
    command = said(question(FACTS[name])[1]["command"], "annexa")
    subprocess.run(["sh", "-n", "-c", command], check=True, timeout=10)
    words = shlex.split(command)
    assert FACTS[name].command in (words[-1], " ".join(words[1:]).replace("sudo -n", "$SUDO"), command[9:])
