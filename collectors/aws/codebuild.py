"""CodeBuild: projects with what their builds log and know, and groups of reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.aws.marks import kinds_of_secrets
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.codebuild import BuildProject, ReportGroup

LIST_PROJECTS = Read("codebuild", "ListProjects")
PROJECTS = Read("codebuild", "BatchGetProjects")
BUILDS_OF_PROJECT = Read("codebuild", "ListBuildsForProject")
BUILDS = Read("codebuild", "BatchGetBuilds")
LIST_REPORT_GROUPS = Read("codebuild", "ListReportGroups")
REPORT_GROUPS = Read("codebuild", "BatchGetReportGroups")
MOST = 100
"""What CodeBuild describes in one answer."""


@collector(permissions=(LIST_PROJECTS, PROJECTS, BUILDS_OF_PROJECT, BUILDS))
def projects(region: AwsRegion) -> Iterator[BuildProject]:
    """Every build project of the region."""
    names = list(listed(region, LIST_PROJECTS, "projects"))
    for begin in range(0, len(names), MOST):
        found = region.ask(PROJECTS, names=names[begin : begin + MOST])["projects"]
        builds = list(region.each(lambda each: region.look(lambda: _last(region, each["name"])), found))
        begun: Any = region.look(lambda builds=builds: _begun(region, builds))  # type: ignore[misc] # a default binds it
        for project, build in zip(found, builds, strict=True):
            when: Any = build if isinstance(build, Unobserved) else begun
            when = when if isinstance(when, Unobserved) else begun.get(build)
            yield _project(project, when)


@collector(permissions=(LIST_REPORT_GROUPS, REPORT_GROUPS))
def report_groups(region: AwsRegion) -> Iterator[ReportGroup]:
    """Every group of reports of the region."""
    arns = list(listed(region, LIST_REPORT_GROUPS, "reportGroups"))
    for begin in range(0, len(arns), MOST):
        for found in region.ask(REPORT_GROUPS, reportGroupArns=arns[begin : begin + MOST])["reportGroups"]:
            export = found["exportConfig"]
            yield ReportGroup(
                id=found["arn"],
                name=found["name"],
                exports=export["exportConfigType"] == "S3",
                encrypted=not export.get("s3Destination", {}).get("encryptionDisabled", False),
            )


def _last(region: AwsRegion, name: str) -> str:
    """The number of the newest build, which CodeBuild lists first; empty when it knows of none."""
    builds: Iterator[str] = region.pages(BUILDS_OF_PROJECT, "ids", projectName=name, sortOrder="DESCENDING")
    return next(builds, "")


def _begun(region: AwsRegion, builds: list[str]) -> dict[str, datetime]:
    numbers = [each for each in builds if not isinstance(each, Unobserved) and each]
    found = region.ask(BUILDS, ids=numbers)["builds"] if numbers else ()
    return {each["id"]: each["startTime"] for each in found}


def _project(found: Mapping[str, Any], last_build: datetime | None) -> BuildProject:
    logs, environment = found.get("logsConfig", {}), found["environment"]
    sources = (found["source"], *found.get("secondarySources", ()))
    s3 = logs.get("s3Logs", {})
    # Unless somebody switched it off, a build logs to CloudWatch, and to S3 only where somebody asked for it.
    places = {
        "CloudWatch": logs.get("cloudWatchLogs", {}).get("status", "ENABLED"),
        "S3": s3.get("status", "DISABLED"),
    }
    return BuildProject(
        id=found["arn"],
        name=found["name"],
        privileged=environment.get("privilegedMode", False),
        public=found.get("projectVisibility", "PRIVATE") != "PRIVATE",
        logs_to=tuple(place for place, status in places.items() if status == "ENABLED"),
        plain_logs=places["S3"] == "ENABLED" and s3.get("encryptionDisabled", False),
        secrets=tuple(_secrets(environment, sources)),
        ignores_certificates=any(each.get("insecureSsl", False) for each in sources),
        last_build=last_build,
        created=found["created"],
    )


def _secrets(environment: Mapping[str, Any], sources: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    plain = [
        each for each in environment.get("environmentVariables", ()) if each.get("type", "PLAINTEXT") == "PLAINTEXT"
    ]
    for each in sorted(plain, key=lambda each: str(each["name"])):
        if kinds := kinds_of_secrets(each["value"]):
            yield f"{each['name']} ({', '.join(kinds)})"
    for each in sources:
        if kinds := kinds_of_secrets(each.get("location", "")):
            yield f"address of the source ({', '.join(kinds)})"
