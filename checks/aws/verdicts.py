"""Verdicts that many checks reach in the same way: about a moment in the past, and about several things at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.model import Verdict, failed, passed, unknown
from core.resources.aws.ec2_instances import MetadataOptions

WORST_FIRST = ("fail", "unknown", "pass")


def lately(reason: str, when: datetime, as_of: datetime, days: int) -> Verdict:
    """A pass when something happened within so many days, and a failure when that is longer ago."""
    if when >= as_of - timedelta(days=days):
        return passed(reason)
    return failed(f"{reason}, more than {days} days before")


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict about several things: a failure outweighs what is unknown, and that a pass."""
    first = min(verdicts, key=lambda each: WORST_FIRST.index(each.status))
    return Verdict(first.status, "; ".join(each.reason for each in verdicts if each.status is first.status))


def metadata_need_a_token(name: str, metadata: MetadataOptions, service: str) -> Verdict:
    """Whether a machine hands out its metadata only by version 2 of their service, after what `service` says of it."""
    if metadata.endpoint == "disabled":
        return passed(f"{name} hands out no metadata")
    match metadata.tokens:
        case "required":
            return passed(f"{name} hands out metadata by version 2 only")
        case "optional":
            return failed(f"{name} hands out metadata by version 1 as well")
        case said:
            return unknown(f"{service} says of {name} that tokens are {said or 'nothing'}")
