"""IAM Access Analyzer: who looks for access from outside and for access that nobody uses, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.resource import Observed, Resource, missing_fields, part, resource


@part
class ActiveAnalyzer(Observed):
    """An analyzer that works."""

    name: str
    type: str
    """`ACCOUNT`, `ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS`, … Those of an organization look at all its accounts."""


@resource("aws_access_analyzer_region")
class AnalyzedRegion(Resource):
    """The analyzers that an account has in one region. The id is the region's name."""

    id: str
    account: str
    active: tuple[ActiveAnalyzer, ...]
    inactive: tuple[str, ...]
    """The analyzers that do not work, with why: `old is DISABLED (AWS_SERVICE_ACCESS_DISABLED)`."""


@part
class AccessFinding(Observed):
    """A finding that nobody archived."""

    id: str
    type: str
    """`ExternalAccess`, `UnusedIAMRole`, `UnusedPermission`, …"""
    resource: str
    """Its ARN; empty where AWS names none."""
    owner: str
    """The account to which the resource belongs."""
    since: datetime


@resource("aws_access_analyzer")
class Analyzer(Resource):
    """An active analyzer and what it found. The id is its ARN."""

    id: str
    name: str
    type: str
    findings: tuple[AccessFinding, ...]
    errors: int
    """How many resources it could not analyze."""

    def persons(self) -> Iterator[str]:
        """The users whose access was found: here nobody can tell people from programs."""
        for each in () if "findings" in missing_fields(self) else self.findings:
            if ":user/" in each.resource:
                yield each.resource.rpartition("/")[2]
