"""The population both benchmarks work on: accounts with eight fields, nested keys, and some values nobody could see.

The numbers are fixed, so that two runs work on the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core.resource import Observed, Resource, part, resource, unobserved

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
DENIED = "access denied: the role lacks reports:ReadSignIns"


class State(StrEnum):
    """Whether an account may sign in."""

    ENABLED = "enabled"
    LOCKED = "locked"


@part
class Key(Observed):
    """A key of an account."""

    id: str
    active: bool
    created: datetime


@resource("benchmark.account")
class Account(Resource):
    """An account of an identity provider."""

    id: str
    name: str
    state: State
    second_factor: bool
    groups: tuple[str, ...]
    keys: tuple[Key, ...]
    created: datetime
    last_sign_in: datetime | None


@resource("benchmark.group")
class Group(Resource):
    """A group that accounts belong to."""

    id: str
    privileged: bool


def accounts(count: int) -> list[Account]:
    """`count` accounts: a fifth have keys, a tenth hide their last sign-in, a twentieth never signed in."""
    return [_account(number) for number in range(count)]


def groups() -> list[Group]:
    """The 400 groups that the accounts belong to; every fiftieth is privileged."""
    return [Group(id=f"group-{number}", privileged=number % 50 == 0) for number in range(400)]


def _account(number: int) -> Account:
    keys = tuple(
        Key(id=f"key-{number}-{each}", active=each == 0, created=NOW - timedelta(days=number % 500 + each))
        for each in range(2 if number % 5 == 0 else 0)
    )
    last = NOW - timedelta(hours=number % 4000) if number % 20 else None
    return Account(
        id=f"00u{number:08x}",
        name=f"person.{number}@example.org",
        state=State.LOCKED if number % 30 == 0 else State.ENABLED,
        second_factor=number % 7 != 0,
        groups=(f"group-{number % 400}", f"group-{number % 17}"),
        keys=keys,
        created=NOW - timedelta(days=number % 3000),
        last_sign_in=unobserved(DENIED) if number % 10 == 1 else last,
    )
