"""Parts of answers that may not have come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.resource import Unobserved


def part_of(whole: Any, read: Callable[[Any], Any]) -> Any:
    """What `read` finds in an answer; the whole of it where it is unobserved, for then its parts are as well."""
    return whole if isinstance(whole, Unobserved) else read(whole)
