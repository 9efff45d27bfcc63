"""How AWS stands to the versions of databases that are in use: whether it offers them, and how long it mends them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.resource import unobserved

VERSIONS = Read("rds", "DescribeDBEngineVersions")
MAJOR_VERSIONS = Read("rds", "DescribeDBMajorEngineVersions")
WITH_LIFECYCLES = ("aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgres")
"""The engines of which RDS tells when the support of a major version ends."""
STANDARD = "open-source-rds-standard-support"


class Versions:
    """What AWS says of the versions that databases of a region run: one question for each, whatever runs it."""

    def __init__(self, region: AwsRegion, databases: Iterable[Mapping[str, Any]]) -> None:
        versions = sorted({(each["Engine"], each["EngineVersion"]) for each in databases})
        asked = region.each(lambda version: region.look(lambda: _status(region, *version)), versions)
        self._statuses = dict(zip(versions, asked, strict=True))
        engines = sorted({engine for engine, _ in versions if engine in WITH_LIFECYCLES})
        told_of = region.each(lambda engine: region.look(lambda: _ends(region, engine)), engines)
        self._ends: dict[str, Any] = dict(zip(engines, told_of, strict=True))

    def status(self, found: Mapping[str, Any]) -> str:
        """`available`, `deprecated`, or unobserved."""
        return self._statuses[found["Engine"], found["EngineVersion"]]

    def standard_support_ends(self, found: Mapping[str, Any]) -> datetime | None:
        """When standard support of a database's major version ends; `None` for engines of which RDS does not tell."""
        engine, version = found["Engine"], found["EngineVersion"]
        if engine not in self._ends:
            return None
        ends = self._ends[engine]
        if not isinstance(ends, Mapping):
            unseen: datetime = ends
            return unseen
        majors = [each for each in ends if f"{version}.".startswith(f"{each}.")]
        missing: datetime = unobserved(f"RDS does not say how long it supports {engine} {version}")
        return ends[max(majors, key=len)] if majors else missing


def _status(region: AwsRegion, engine: str, version: str) -> str:
    listed = list(region.pages(VERSIONS, "DBEngineVersions", Engine=engine, EngineVersion=version, IncludeAll=True))
    exact = [each for each in listed if each.get("EngineVersion") == version]
    missing: str = unobserved(f"RDS lists no version {version} of {engine}")
    status: str = told(exact[0], "Status") if exact else missing
    return status


def _ends(region: AwsRegion, engine: str) -> dict[str, datetime]:
    """When standard support of each major version ends."""
    return {
        major["MajorEngineVersion"]: each["LifecycleSupportEndDate"]
        for major in region.pages(MAJOR_VERSIONS, "DBMajorEngineVersions", Engine=engine)
        for each in major.get("SupportedEngineLifecycles", ())
        if each["LifecycleSupportName"] == STANDARD
    }
