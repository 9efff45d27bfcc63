"""Local accounts and groups of a host. Those of a directory (LDAP, Active Directory) are not among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from core.resource import Observed, Resource, missing_fields, part, resource

FIRST_PERSON = 1000
"""The lowest number of a person's account, where the host does not say otherwise."""
NOBODY = 65_534
NOBODY_IN_PARTICULAR = frozenset({
    "admin", "almalinux", "azureuser", "centos", "cloud-user", "debian", "ec2-user", "fedora", "guest", "opc", "pi",
    "rocky", "ubuntu", "user", "vagrant",
})  # fmt: skip
"""Accounts that systems are delivered with: they have a person's number and name no person."""


@part
class PasswordState(Observed):
    """What `passwd -S` says about an account's password. The hash itself is never read."""

    status: Literal["usable", "locked", "none"]
    """`locked`: no password is accepted, though an SSH key may be. `none`: an empty password is accepted."""
    changed: date | None
    """`None` when the day was never recorded; 1 January 1970 when it must be changed at the next login."""
    maximum_days: int | None
    """Days after which it must be changed; `None` when never."""


@resource("host_account")
class Account(Resource):
    """A line of /etc/passwd. The id is the name, made unique when a name is there twice."""

    id: str
    name: str
    uid: int
    gid: int
    shadowing: Literal["shadowed", "empty", "locked", "exposed"]
    """What the second field of /etc/passwd holds: a pointer to /etc/shadow, nothing, a mark that no password fits, or
    anything else, which is a hash that everybody can read."""
    password: PasswordState
    home: str
    shell: str
    system: bool
    """The number is outside the range that /etc/login.defs gives to people."""
    can_log_in: bool
    """The shell is one that lets its user work."""

    def persons(self) -> Iterator[str]:
        person = FIRST_PERSON <= self.uid != NOBODY if "system" in missing_fields(self) else not self.system
        if person and self.uid not in (0, NOBODY) and self.name not in NOBODY_IN_PARTICULAR:
            yield self.name


@resource("host_login")
class Login(Resource):
    """An account whose shell lets its user work, with what matters for such accounts only."""

    id: str
    name: str
    uid: int
    system: bool
    password: PasswordState
    last_login: datetime | None
    """`None` when the host keeps a record of logins and this account is not in it."""
    home: str
    home_exists: bool
    home_mode: int
    """Permission bits; 0 without a home directory."""
    home_owner: int
    """The number of the account that owns it; -1 without a home directory."""


@resource("host_group")
class Group(Resource):
    """A line of /etc/group. The id is the name, made unique when a name is there twice."""

    id: str
    name: str
    gid: int
    members: tuple[str, ...]
    """Accounts named in the group and accounts whose primary group it is, sorted."""
    members_who_log_in: tuple[str, ...]
    """Those that are not local accounts without a login shell."""


@resource("host_account_end")
class AccountEnd(Resource):
    """When a local account ends. The id is its name."""

    id: str
    ends: date | None
    """The day from which nobody can sign in to it; `None` when it never ends."""
