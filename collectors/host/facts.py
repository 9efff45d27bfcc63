"""Facts: the fixed commands a host is asked. Literals only; nothing that was read ever becomes part of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Fact:
    """One question to a host.

    `command` is run by a POSIX shell with `LC_ALL=C`. `$SUDO` stands in it before each program that needs root; such
    programs are named with absolute path and all arguments in `privileged`, from which the sudoers lines are made.
    `$AS_NOBODY` stands before one that writes caches or logs where it may: run by root, it has the rights of nobody.
    `seconds` and `limit` (bytes of output) bound it; more output than `limit` makes the answer unobserved.
    """

    name: str
    command: str
    privileged: tuple[str, ...] = ()
    seconds: int = 10
    limit: int = 262_144

    @property
    def digest(self) -> str:
        """By which an answer shows what was asked: a program that is pinned on a host may be older than we are."""
        return sha256(f"{self.command}\0{self.seconds}\0{self.limit}".encode()).hexdigest()[:16]


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
