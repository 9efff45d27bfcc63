"""What the configuration says about hosts."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from core.settings import Duration, Secret, StrictModel

NAME = r"^[\w.:-]+$"


class Jump(StrictModel):
    """A host on the way. What is not said is as for the host itself."""

    address: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65_535)
    user: str = ""
    key: str | list[str] = ""
    certificate: str = ""
    passphrase: Secret | None = None
    agent: bool | None = None
    known_as: str = ""
    algorithms: Literal["modern", "legacy"] = "modern"


class Access(StrictModel):
    """How to get to a host over SSH, and as whom."""

    address: str = ""
    port: int = Field(default=22, ge=1, le=65_535)
    user: str = Field(default="annexa", min_length=1)
    key: str | list[str] = ""
    certificate: str = ""
    passphrase: Secret | None = None
    agent: bool = False
    jump: list[str | Jump] = Field(default_factory=list["str | Jump"])
    known_as: str = ""
    known_hosts: list[str] = Field(default_factory=list[str])
    algorithms: Literal["modern", "legacy"] = "modern"
    privilege: Literal["none", "sudo", "pinned"] = "none"

    @field_validator("address", "user", "known_as")
    @classmethod
    def _plain(cls, text: str) -> str:
        if any(character.isspace() or not character.isprintable() for character in text):
            raise ValueError("a name or an address has no spaces")
        return text


class Member(Access):
    """One of several hosts. What it does not say is as for all of them."""

    name: str = Field(pattern=NAME)


class Inventory(StrictModel):
    """Where the names of hosts come from: exactly one of `file`, `ansible`, `ssh_config` and `instances`.

    `instances` says by which of their addresses instances are reached. `include` and `exclude` are patterns of names
    and groups; nothing included means all.
    """

    file: str = ""
    ansible: str = ""
    ssh_config: str = ""
    instances: Literal["", "private", "public"] = ""
    include: list[str] = Field(default_factory=list[str])
    exclude: list[str] = Field(default_factory=list[str])

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(map(bool, (self.file, self.ansible, self.ssh_config, self.instances))) != 1:
            raise ValueError("an inventory comes from exactly one of file, ansible, ssh_config and instances")
        return self

    @property
    def place(self) -> str:
        """Where it lies."""
        return self.file or self.ansible or self.ssh_config or f"instances by their {self.instances} address"


class Settings(Access):
    """One host, or several that are reached in the same way."""

    name: str = Field(default_factory=platform.node, min_length=1, pattern=NAME)
    transport: Literal["local", "ssh"] = "local"
    hosts: list[str | Member] = Field(default_factory=list["str | Member"])
    inventory: Inventory | None = None
    connect_timeout: Duration = timedelta(seconds=10)

    @field_validator("hosts")
    @classmethod
    def _names(cls, hosts: list[str | Member]) -> list[str | Member]:
        for host in hosts:
            if isinstance(host, str):
                Member(name=host)
        return hosts

    @model_validator(mode="after")
    def _ssh_has_a_name(self) -> Self:
        given = self.model_fields_set - {"name", "transport", "privilege"}
        if self.transport == "local" and given:
            raise ValueError(f"{min(given)} is about hosts over SSH: set transport to ssh")
        if self.transport == "local" and self.privilege == "pinned":
            raise ValueError("a program is pinned to a key of SSH: this very machine has none")
        if self.inventory and (self.hosts or self.address):
            raise ValueError("an inventory names the hosts itself: leave hosts and address out")
        if self.transport == "ssh" and "name" not in self.model_fields_set and not self.hosts:
            raise ValueError("a host over SSH needs a name, or there must be a list of hosts")
        return self

    @property
    def members(self) -> tuple[Member, ...]:
        """Every host of this entry, with what holds for it."""
        common = {name: getattr(self, name) for name in self.model_fields_set & set(Access.model_fields)}
        if not self.hosts:
            return (Member(name=self.name, **common),)
        return tuple(self.member(host) for host in self.hosts)

    def member(self, host: str | Member | Mapping[str, Any]) -> Member:
        """A host of this entry; what it says itself goes before what holds for all."""
        common = {name: getattr(self, name) for name in self.model_fields_set & set(Access.model_fields) - {"address"}}
        if isinstance(host, str):
            return Member(name=host, **common)
        own = {name: getattr(host, name) for name in host.model_fields_set} if isinstance(host, Member) else host
        return Member(**{**common, **own})
