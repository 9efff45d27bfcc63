"""Whether the networks of everybody reach a service, as several services of Azure say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from checks.cloud.addresses import is_everywhere
from core.model import Verdict, failed, passed, unknown


class Reachable(Protocol):
    """What has an address on the internet that can be closed, and rules for who may come."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> bool: ...
    @property
    def default_action(self) -> str: ...
    @property
    def ranges(self) -> Sequence[str]: ...


def closed_unless_allowed(store: Reachable) -> Verdict:
    """A pass for what nobody reaches whom no rule lets in."""
    name = store.name
    if not store.public:
        return passed(f"{name} does not answer public networks")
    match store.default_action.lower():
        case "deny" if wide := wide_ones(store.ranges):
            return failed(f"the rules of {name} let in {', '.join(wide)}")
        case "deny":
            return passed(f"{name} answers only the networks that its rules name")
        case "allow":
            return failed(f"{name} answers all networks")
        case said:
            return unknown(f"Azure says of {name} that the default action is {said}")


def wide_ones(ranges: Sequence[str]) -> list[str]:
    """Those ranges of addresses that are as large as a part of the internet."""
    return [each for each in ranges if _is_wide(each)]


def _is_wide(text: str) -> bool:
    """Whether a range is as large as a part of the internet. So is one that nobody understands."""
    try:
        return is_everywhere(text)
    except ValueError:
        return True
