"""How a host makes, keeps and checks passwords: PAM and the files it reads."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class PasswordQuality(Observed):
    """A module that refuses weak new passwords, in the stack of one service."""

    service: str
    module: str
    minimum_length: int
    """The shortest password it takes, credits for kinds of characters deducted."""
    minimum_length_from: str
    enforced: bool
    """False when a weak password only causes a warning."""
    common_refused: bool
    """It looks new passwords up in a dictionary of common words."""


@part
class PasswordHistory(Observed):
    """A module that refuses earlier passwords, in the stack of one service."""

    service: str
    module: str
    remembered: int
    remembered_from: str


@part
class LockOut(Observed):
    """A module that locks an account after wrong passwords, in the stack of one service."""

    service: str
    module: str
    attempts: int
    """0 never locks: it was told so, or it stops counting before there are enough."""
    unlock_seconds: int
    """0 locks until an administrator unlocks."""
    counted_seconds: int
    """For how long a wrong password counts; 0 until the right one is given."""
    values_from: str


@resource("host_password_policy")
class PasswordPolicy(Resource):
    """The rules for passwords that PAM enforces on a host. One for each host, with or without PAM."""

    id: str
    uses_pam: bool
    hash_algorithm: str
    """How new passwords are hashed, in lower case; empty when nothing says so."""
    hash_algorithm_from: str
    change_services: tuple[str, ...]
    """PAM services through which a local password is changed."""
    qualities: tuple[PasswordQuality, ...]
    histories: tuple[PasswordHistory, ...]
    password_services: tuple[str, ...]
    """PAM services that accept a local password."""
    empty_password_services: tuple[str, ...]
    """Those among them that accept an empty one (`nullok`)."""
    open_services: tuple[str, ...]
    """Services for signing in that accept anybody, whatever the password."""
    conditional_services: tuple[str, ...]
    """Those for signing in and for becoming somebody else that accept who meets a condition, whatever the password."""
    lock_outs: tuple[LockOut, ...]
    inactive_days: int
    """Days from the end of a password's life until a new account is locked (`useradd`); -1 never."""
