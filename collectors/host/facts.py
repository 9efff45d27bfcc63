"""Facts: the fixed commands a host is asked. Literals only; nothing that was read ever becomes part of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fact:
    """One question to a host.

    `command` is run by a POSIX shell with `LC_ALL=C`. `$SUDO` stands in it before each program that needs root; such
    programs are named with absolute path and all arguments in `privileged`, from which the sudoers lines are made.
    `seconds` and `limit` (bytes of output) bound it; more output than `limit` makes the answer unobserved.
    """

    name: str
    command: str
    privileged: tuple[str, ...] = ()
    seconds: int = 10
    limit: int = 262_144


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fact's command said: its redacted output and errors, and its exit status.

    Statuses that mean something to everybody: 124 it ran out of time, 126 it may not be run, 127 it is not there.
    """

    output: bytes
    error: str = ""
    status: int = 0
    truncated: bool = False
    duration_ms: int = 0
    redactions: Mapping[str, int] = field(default_factory=dict[str, int])


def root_fact(name: str, program: str, *, seconds: int = 10, limit: int = 262_144) -> Fact:
    """A fact that is one privileged program: `root_fact("sshd", "/usr/sbin/sshd -T")`."""
    return Fact(name, f"$SUDO {program}", (program,), seconds, limit)
