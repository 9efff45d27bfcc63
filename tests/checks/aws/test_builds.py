"""Truth tables of the checks of CodeBuild, CodeArtifact and Elastic Beanstalk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.codeartifact import packages_come_from_one_side
from checks.aws.codebuild import (
    build_logs_are_encrypted,
    builds_are_logged,
    builds_are_not_privileged,
    builds_are_not_public,
    exported_reports_are_encrypted,
    project_is_used,
    project_keeps_no_secrets,
    sources_are_fetched_from_whom_they_claim,
)
from checks.aws.elasticbeanstalk import (
    environment_is_updated,
    environment_keeps_no_secrets,
    environment_streams_logs,
    environment_tells_how_it_is,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.codeartifact import ArtifactRepository
from core.resources.aws.codebuild import BuildProject, ReportGroup
from core.resources.aws.elasticbeanstalk import BeanstalkEnvironment
from tests.checks.aws.making import AS_OF, status

LATELY, LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC)


def project(**changes: Any) -> BuildProject:
    given: dict[str, Any] = {
        "id": "arn",
        "name": "web",
        "privileged": False,
        "public": False,
        "logs_to": ("CloudWatch", "S3"),
        "plain_logs": False,
        "secrets": (),
        "ignores_certificates": False,
        "last_build": LATELY,
        "created": LONG_AGO,
    }
    return BuildProject(**{**given, **changes})


def environment(**changes: Any) -> BeanstalkEnvironment:
    given = {"id": "e-1", "name": "web", "streams_logs": True, "updates": True, "health": "enhanced", "secrets": ()}
    return BeanstalkEnvironment(**{**given, **changes})


@pytest.mark.parametrize(
    ("judge", "changes"),
    [
        (builds_are_logged, {"logs_to": ()}),
        (build_logs_are_encrypted, {"plain_logs": True}),
        (project_keeps_no_secrets, {"secrets": ("DB_PASSWORD (value)",)}),
        (builds_are_not_public, {"public": True}),
        (builds_are_not_privileged, {"privileged": True}),
        (sources_are_fetched_from_whom_they_claim, {"ignores_certificates": True}),
    ],
)
def test_projects(judge: Any, changes: dict[str, Any]) -> None:
    assert status(judge(project())) == "pass"
    assert status(judge(project(**changes))) == "fail"


def test_a_project_without_logs_in_s3_and_one_that_may_be_privileged() -> None:
    assert status(build_logs_are_encrypted(project(logs_to=("CloudWatch",)))) == "not_applicable"
    assert status(builds_are_not_privileged(project(privileged=True), approved=("web",))) == "pass"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"last_build": LONG_AGO}, "fail"),
        ({"last_build": None}, "fail"),
        ({"last_build": None, "created": LATELY}, "pass"),
    ],
)
def test_project_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(project_is_used(project(**changes), as_of=AS_OF)) == expected


def test_builds_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        project_is_used(project(last_build=unobserved("denied")), as_of=AS_OF)


@pytest.mark.parametrize(
    ("exports", "encrypted", "expected"),
    [(True, True, "pass"), (True, False, "fail"), (False, True, "not_applicable")],
)
def test_exported_reports_are_encrypted(exports: bool, encrypted: bool, expected: str) -> None:
    group = ReportGroup(id="arn", name="tests", exports=exports, encrypted=encrypted)
    assert status(exported_reports_are_encrypted(group)) == expected


@pytest.mark.parametrize(
    ("packages", "expected", "ends"),
    [
        (0, "pass", "has one origin"),
        (2, "fail", "npm/0, npm/1"),
        (7, "fail", "npm/4 and 2 more"),
    ],
)
def test_packages_come_from_one_side(packages: int, expected: str, ends: str) -> None:
    found = tuple(f"npm/{number}" for number in range(packages))
    repository = ArtifactRepository(id="arn", name="parts", domain="acme", from_both_sides=found)
    verdict = packages_come_from_one_side(repository)
    assert status(verdict) == expected
    assert verdict.reason.endswith(ends)


@pytest.mark.parametrize(
    ("judge", "changes"),
    [
        (environment_streams_logs, {"streams_logs": False}),
        (environment_is_updated, {"updates": False}),
        (environment_tells_how_it_is, {"health": "basic"}),
        (environment_keeps_no_secrets, {"secrets": ("DB_PASSWORD (value)",)}),
    ],
)
def test_environments(judge: Any, changes: dict[str, Any]) -> None:
    assert status(judge(environment())) == "pass"
    assert status(judge(environment(**changes))) == "fail"
