"""How people call what AWS gives an id to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def name_of(found: Mapping[str, Any]) -> str:
    """The tag `Name`, which the console shows; empty where nobody set one."""
    return next((str(tag["Value"]) for tag in found.get("Tags", ()) if tag["Key"] == "Name"), "")
