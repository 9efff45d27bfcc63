"""What a host must allow us: the lines of sudoers, and the program that a key can be pinned to."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.host.batch import PINNED_PROGRAM, pinned
from collectors.host.facts import Fact
from core.plugins import PluginError

SUDOERS = "/etc/sudoers.d/annexa"


def least_privilege(permissions: Iterable[Fact]) -> str:
    """The sudoers lines an unprivileged user needs, arguments pinned; everything else is readable by anybody."""
    commands = sorted({command for fact in permissions for command in fact.privileged})
    lines = ",\\\n    ".join(_escaped(command) for command in commands)
    return (
        f"# {SUDOERS}: exactly these commands with exactly these arguments (check with: visudo -c -f FILE)\n"
        f"Cmnd_Alias ANNEXA = \\\n    {lines}\n"
        "annexa ALL=(root) NOPASSWD: ANNEXA\n"
    )


def pinned_program(permissions: Iterable[Fact]) -> str:
    """The program for a host that lets our key run nothing else, with how to install it."""
    shebang, _, rest = pinned(named(permissions)).partition("\n")
    return f"""{shebang}
# What Annexa asks a host. It takes a nonce and the names of questions on its standard input, and nothing of either is
# run; the questions are these. As root, on the host:
#
#   install -D -o root -g root -m 0755 FILE {PINNED_PROGRAM}
#
# and one line in ~annexa/.ssh/authorized_keys, with the key that Annexa has:
#
#   restrict,command="{PINNED_PROGRAM}" ssh-ed25519 AAAA... annexa
#
# What needs root it asks through the lines of sudoers that `annexa permissions host` prints ({SUDOERS}).
{rest}"""


PERMISSION_FORMATS = {"sudoers": least_privilege, "pinned": pinned_program}
"""How `annexa permissions host` prints them."""


def named(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in the order of their names. Raises `PluginError` when two different ones share a name."""
    found: dict[str, Fact] = {}
    for fact in facts:
        if found.setdefault(fact.name, fact) != fact:
            raise PluginError(f"two facts about hosts are called {fact.name}", "give each a name of its own")
    return [found[name] for name in sorted(found)]


def _escaped(command: str) -> str:
    """A command as sudoers(5) wants it: special characters escaped, and `""` for "no arguments"."""
    path, _, arguments = command.partition(" ")
    for special in "\\,:=":
        arguments = arguments.replace(special, f"\\{special}")
    return f"{path} {arguments}" if arguments else f'{path} ""'
