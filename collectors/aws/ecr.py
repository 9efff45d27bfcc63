"""ECR: private repositories, how their images are scanned, and what the scan of the newest one found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.members import told
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.ecr import NewestImage, Repository

REPOSITORIES = Read("ecr", "DescribeRepositories")
SCANNING = Read("ecr", "BatchGetRepositoryScanningConfiguration")
POLICY = Read("ecr", "GetRepositoryPolicy")
LIFECYCLE = Read("ecr", "GetLifecyclePolicy")
IMAGES = Read("ecr", "DescribeImages")

MOST = 25
"""Repositories of one question about scanning: the most that ECR takes."""
SERIOUS = ("CRITICAL", "HIGH")


@collector(permissions=(REPOSITORIES, SCANNING, POLICY, LIFECYCLE, IMAGES))
def repositories(region: AwsRegion) -> Iterator[Repository]:
    """Every private repository of the region, with its policy and its newest image."""
    listed = list(region.pages(REPOSITORIES, "repositories"))
    scanning: Any = region.look(lambda: _scanning(region, [each["repositoryName"] for each in listed]))
    yield from region.each(lambda found: _repository(region, found, scanning), listed)


def _scanning(region: AwsRegion, names: list[str]) -> dict[str, str]:
    """When the images of each repository are scanned."""
    answers = [
        region.ask(SCANNING, repositoryNames=names[begin : begin + MOST]) for begin in range(0, len(names), MOST)
    ]
    return {each["repositoryName"]: each["scanFrequency"] for one in answers for each in one["scanningConfigurations"]}


def _repository(region: AwsRegion, found: Mapping[str, Any], scanning: Any) -> Repository:
    name = found["repositoryName"]
    scanned = scanning
    if not isinstance(scanning, Unobserved):
        scanned = scanning.get(name) or unobserved("ECR does not say when it scans the repository")
    return Repository(
        id=found["repositoryArn"],
        name=name,
        mutability=found["imageTagMutability"],
        other_tags=_other_tags(found),
        scanned=scanned,
        drops_images=region.look(lambda: bool(_document(region, LIFECYCLE, "lifecyclePolicyText", name))),
        statements=region.look(lambda: statements(_document(region, POLICY, "policyText", name))),
        newest=region.look(lambda: _newest(region, name)),
    )


def _other_tags(found: Mapping[str, Any]) -> Any:
    if not found["imageTagMutability"].endswith("_WITH_EXCLUSION"):
        return ()
    filters = told(found, "imageTagMutabilityExclusionFilters")
    return part_of(filters, lambda each_one: tuple(sorted(each["filter"] for each in each_one)))


def _document(region: AwsRegion, read: Read, member: str, name: str) -> str:
    """A policy of a repository; empty when it has none."""
    try:
        text: str = region.ask(read, repositoryName=name)[member]
    except ClientError as error:
        if is_answer(error, "RepositoryPolicyNotFoundException", "LifecyclePolicyNotFoundException"):
            return ""
        raise
    return text


def _newest(region: AwsRegion, name: str) -> NewestImage | None:
    newest = max(
        region.pages(IMAGES, "imageDetails", repositoryName=name),
        key=lambda each: (each["imagePushedAt"], each["imageDigest"]),
        default=None,
    )
    if newest is None:
        return None
    counts = newest.get("imageScanFindingsSummary", {}).get("findingSeverityCounts")
    return NewestImage(
        digest=newest["imageDigest"],
        pushed=newest["imagePushedAt"],
        scan=newest.get("imageScanStatus", {}).get("status", ""),
        serious=None if counts is None else sum(counts.get(severity, 0) for severity in SERIOUS),
    )
