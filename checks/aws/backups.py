"""Whether something is backed up, by itself or by AWS Backup: what many services are asked in the same way."""

from __future__ import annotations

from datetime import datetime

from checks.aws.verdicts import lately
from core.model import Verdict, failed, passed
from core.population import Population
from core.resources.aws.backup import ProtectedResource


def backed_up(
    name: str, arn: str, *, by_itself: str, protected: Population[ProtectedResource], as_of: datetime, days: int
) -> Verdict:
    """A pass when something makes backups itself (`by_itself` says how), or AWS Backup made one within so many days."""
    if by_itself:
        return passed(f"{name} {by_itself}")
    found = protected.get(arn)
    if found is None or found.last is None:
        return failed(f"{name} makes no backups itself, and AWS Backup has made none")
    return lately(f"AWS Backup backed {name} up last on {found.last:%Y-%m-%d}", found.last, as_of, days)
