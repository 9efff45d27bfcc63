"""Kinds that all identity providers share: one check serves every provider where the question is the same.

A provider fills what its interface tells, and leaves unobserved what it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.resource import Resource, missing_fields, resource


@resource("idp_user")
class User(Resource):
    """An account of a directory or an identity provider, of a person or of a service. The id never changes and is not
    given again; the login may change."""

    id: str
    login: str
    name: str
    """What people call it; empty when nothing is kept."""
    email: str
    service: bool
    """It belongs to a program and not to a person."""
    enabled: bool
    """It is not switched off; a lock after wrong guesses, which ends by itself, does not count."""
    expires: datetime | None
    """From when on it cannot sign in any more; `None` when it has no end."""
    created: datetime
    last_sign_in: datetime | None
    """`None` when no sign-in is recorded."""
    sign_ins_recorded_since: datetime
    """The provider is known to have kept sign-ins from here on: an account without one has not signed in since."""
    password_changed: datetime | None
    """`None` when no change was recorded."""

    def persons(self) -> Iterator[str]:
        if not self.service:
            for field in ("login", "name", "email"):
                if field not in missing_fields(self) and (text := getattr(self, field)):
                    yield text


@resource("idp_group")
class Group(Resource):
    """A group of users. Its members are named as the provider names them, and may be groups again."""

    id: str
    name: str
    members: tuple[str, ...]


@resource("idp_password_policy")
class PasswordPolicy(Resource):
    """What passwords have to be. The one that is `default` holds for whoever has no other."""

    id: str
    name: str
    default: bool
    minimum_length: int
    """In characters; 0 when any length is accepted."""
    history: int
    """How many former passwords are refused; 0 when none is."""
    wrong_guesses: int
    """After how many the account is locked; 0 when it never is."""
    locked_seconds: int
    """For how long it is then locked; 0 when until somebody unlocks it."""
