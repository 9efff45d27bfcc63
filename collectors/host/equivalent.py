"""The command that a person can run on a host to see what a fact showed."""

from __future__ import annotations

import re
import shlex

from core.model import Exchange, Unit

SIMPLE = re.compile(r"(?:\$SUDO )?[\w./=:,@+ '%-]+")
"""A command of words alone, before which privilege can simply be written."""
WAY = re.compile(r"ssh://\S*@(?P<address>\[[^\]]+\]|[^@:\s]+):(?P<port>\d+)")


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """The shell command with the privilege it ran with (`core.provider.Equivalent`).

    Who was not root may have had no way to become so; a person who wants to see needs one, so it is `sudo` then.
    """
    if exchange.operation == "inventory":
        return "annexa hosts list"
    if exchange.operation == "ssh":
        return _keys_of(exchange.endpoint)
    command = exchange.parameters.get("command", "")
    sudo = "" if unit.principal == "root" else "sudo -n"
    if SIMPLE.fullmatch(command):
        words = command.replace("$SUDO ", f"{sudo} ".lstrip(), 1)
        return f"LC_ALL=C {words}"
    privilege = f"SUDO={shlex.quote(sudo)} " if "$SUDO" in command else ""
    return f"{privilege}LC_ALL=C sh -c {shlex.quote(command)}"


def _keys_of(endpoint: str) -> str:
    """The command that shows the keys of a host, from the way there: `ssh://annexa@web-1:22 …`."""
    found = WAY.match(endpoint)
    address, port = (found["address"].strip("[]"), found["port"]) if found else ("", "22")
    return f"{shlex.join(['ssh-keyscan', '-p', port, '--', address])} | ssh-keygen -l -f -"
