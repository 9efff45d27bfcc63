"""Members of answers that AWS may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.resource import unobserved


def told(found: Mapping[str, Any], name: str) -> Any:
    """A member of an answer. It is unobserved where AWS leaves it out, and no documentation says what that means."""
    value = found.get(name)
    return unobserved(f"AWS does not say {name}") if value is None else value
