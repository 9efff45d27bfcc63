"""Users of caches in memory, and which of them anybody can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NO_PASSWORD = "no-password"  # noqa: S105 - a kind of sign-in, no password


def without_password(users: Iterable[Mapping[str, Any]], *, lists: str, name: str) -> dict[str, tuple[str, ...]]:
    """For each list of users, those who come in without a password: switched on, and with some right.

    `lists` and `name` are the members of an answer that say in which lists a user is, and what he is called. Who is
    neither `on` nor `off` is off (ElastiCache User Guide, *Role-Based Access Control*).
    """
    found: dict[str, list[str]] = {}
    for user in users:
        rights = user["AccessString"].split()
        can_act = "on" in rights and any(each.startswith("+") or each == "allcommands" for each in rights)
        if can_act and user["Authentication"]["Type"].startswith(NO_PASSWORD):
            for each in user.get(lists, ()):
                found.setdefault(each, []).append(user[name])
    return {each: tuple(sorted(names)) for each, names in found.items()}
