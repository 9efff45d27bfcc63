"""How far an identity can see: which actions it is allowed in the whole of a subscription.

Resource Graph, and some listings, leave out what the caller may not read, without a word. So a listing is all there is
only where a role that allows reading it was assigned at the subscription or above, and nothing denies it at, above or
below. Pure: what was granted and denied is what Azure said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

EVERYBODY = "00000000-0000-0000-0000-000000000000"
"""The principal of a deny assignment that is about everybody."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Some actions, with `*` for any text, without some others."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]

    def covers(self, action: str) -> bool:
        """Whether it speaks of all of an action."""
        return any(_matches(each, action) for each in self.actions) and not any(
            _overlaps(each, action) for each in self.not_actions
        )

    def touches(self, action: str) -> bool:
        """Whether it speaks of an action, or of a part of what the action means."""
        return any(_overlaps(each, action) for each in self.actions) and not any(
            _matches(each, action) for each in self.not_actions
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of one subscription: `blind` says why nothing is, empty when something is. Resource Graph is asked
    about those that are visible."""

    subscription: str
    granted: tuple[Permission, ...] = ()
    denied: tuple[Permission, ...] = ()
    blind: str = ""
    visible: bool = True

    def lacks(self, action: str) -> str:
        """Why a listing that needs this action may leave something out here; empty when it cannot."""
        if self.blind:
            return self.blind
        if not any(each.covers(action) for each in self.granted):
            return f"{action} is not allowed in the whole subscription"
        if any(each.touches(action) for each in self.denied):
            return f"a deny assignment speaks of {action}"
        return ""


@dataclass(frozen=True, slots=True)
class Extent:
    """All that is to be looked at, by subscription. `blind` says why there may be more; empty when there is not."""

    reaches: tuple[Reach, ...]
    blind: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """The ids of the subscriptions that Resource Graph is asked about."""
        return tuple(each.subscription for each in self.reaches if each.visible)

    def lacks(self, action: str, subscription: str = "") -> tuple[str, ...]:
        """Where and why a listing that needs this action may leave something out, in one subscription or in all."""
        found = [
            f"subscription {each.subscription}: {why}"
            for each in self.reaches
            if subscription in ("", each.subscription) and (why := each.lacks(action))
        ]
        return (*found, *([self.blind] if self.blind and not subscription else []))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE)


@cache
def _matches(wider: str, action: str) -> bool:
    """Whether a pattern means everything that an action (which may be a pattern itself) means."""
    return _pattern(wider).fullmatch(action) is not None


@cache
def _overlaps(one: str, other: str) -> bool:
    """Whether two patterns may mean the same action. Where both have a `*` they are taken to, unless the text before
    or behind theirs already differs."""
    if "*" not in one or "*" not in other:
        return _matches(one, other) or _matches(other, one)
    left, right = one.lower(), other.lower()
    begins = _agree(left.partition("*")[0], right.partition("*")[0])
    return begins and _agree(left.rpartition("*")[2][::-1], right.rpartition("*")[2][::-1])


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
