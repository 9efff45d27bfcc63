"""Hosts, read-only, by one batch of commands in one round trip. Needs nothing there but a POSIX shell and coreutils.

What is asked (`facts.py`), how it gets there (`transport.py`) and what an answer means (the collectors, one file per
subject) are apart, so that a new transport needs no new collector.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from collectors.host.equivalent import equivalent
from collectors.host.facts import Fact
from collectors.host.replayed import replay
from collectors.host.source import Host
from collectors.host.transport import LocalTransport
from core.plugins import Collector, PluginError
from core.recording import Clock

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]


class Settings(BaseModel):
    """One host."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str = Field(default_factory=platform.node, min_length=1, pattern=r"^[\w.:-]+$")
    transport: Literal["local"] = "local"
    privilege: Literal["none", "sudo"] = "none"


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Host]:
    """The configured hosts, each asked once for just what these collectors need."""
    facts = _named(fact for collector in collectors for fact in collector.permissions)
    for host in settings:
        yield Host(host.name, LocalTransport(), facts, clock=clock, sudo=host.privilege == "sudo")


def least_privilege(permissions: Iterable[Fact]) -> str:
    """The sudoers lines an unprivileged user needs, arguments pinned; everything else is readable by anybody."""
    commands = sorted({command for fact in permissions for command in fact.privileged})
    lines = ",\\\n    ".join(_escaped(command) for command in commands)
    return (
        "# /etc/sudoers.d/annexa: exactly these commands with exactly these arguments (check with: visudo -c -f FILE)\n"
        f"Cmnd_Alias ANNEXA = \\\n    {lines}\n"
        "annexa ALL=(root) NOPASSWD: ANNEXA\n"
    )


def _named(facts: Iterable[Fact]) -> list[Fact]:
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
