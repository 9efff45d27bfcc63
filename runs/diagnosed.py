"""What `annexa doctor` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: `good`, `warning` (works, but) or `bad` (a scan would fail or mean nothing)."""

    subject: str
    state: Literal["good", "warning", "bad"]
    finding: str
    remedy: str = ""
