"""Hops: the hosts on the way to a host, the last of which is the host itself; and what a connection came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.settings import Secret


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are there, and how we prove it: files of keys, each with its certificate if it has one, and the agent."""

    user: str
    keys: tuple[str, ...] = ()
    certificate: str = ""
    passphrase: Secret | None = None
    agent: str = ""
    """The socket of an agent; empty for none."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One host to connect to. `known_as` is what it is called among the known hosts."""

    address: str
    login: Login
    port: int = 22
    known_as: str = ""
    known_hosts: tuple[str, ...] = ()
    legacy: bool = False

    @property
    def host_name(self) -> str:
        return self.known_as or self.address

    @property
    def port_name(self) -> int:
        """The port that the name is looked up with: OpenSSH leaves it out where another name is given."""
        return 22 if self.known_as else self.port

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.login.user}@{address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what: a connection, the host's greeting and keys, our login, and signs of life between."""

    connect: timedelta = timedelta(seconds=10)
    handshake: timedelta = timedelta(seconds=15)
    login: timedelta = timedelta(seconds=15)
    keep_alive: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Connection:
    """What was negotiated with a host, and why we believe that it is the one we mean.

    `server` is the version it announces. `authority`, `key_id`, `serial` and `expires` are those of its certificate;
    `legacy` says that old algorithms were allowed, `client_key` is the fingerprint of the key we logged in with.
    """

    hop: str
    through: tuple[str, ...]
    server: str
    kex: str
    cipher: str
    mac: str
    host_key_type: str
    fingerprint: str
    known_from: str
    authority: str = ""
    key_id: str = ""
    serial: str = ""
    expires: datetime | None = None
    legacy: bool = False
    client_key: str = ""
    strict: bool = True

    @property
    def endpoint(self) -> str:
        """Which way an exchange went, in one line."""
        through = f" through {', '.join(self.through)}" if self.through else ""
        agreed = f"{self.host_key_type} {self.fingerprint} {self.kex} {self.cipher} {self.mac}"
        return f"ssh://{self.hop} {agreed}{through}"


def way(hops: Sequence[Hop]) -> str:
    """The way to a host before anything was negotiated."""
    through = f" through {', '.join(map(str, hops[:-1]))}" if hops[:-1] else ""
    return f"ssh://{hops[-1]}{through}"
