"""CodeArtifact: repositories, and where their packages may come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.codeartifact import ArtifactRepository

REPOSITORIES = Read("codeartifact", "ListRepositories")
PACKAGES = Read("codeartifact", "ListPackages")


@collector(permissions=(REPOSITORIES, PACKAGES))
def repositories(region: AwsRegion) -> Iterator[ArtifactRepository]:
    """Every repository of the region, with the packages that may come from both sides."""
    yield from region.each(lambda found: _repository(region, found), listed(region, REPOSITORIES, "repositories"))


def _repository(region: AwsRegion, found: Mapping[str, Any]) -> ArtifactRepository:
    return ArtifactRepository(
        id=found["arn"],
        name=found["name"],
        domain=found["domainName"],
        from_both_sides=region.look(lambda: tuple(sorted(_from_both_sides(region, found)))),
    )


def _from_both_sides(region: AwsRegion, found: Mapping[str, Any]) -> Iterator[str]:
    asked = {"domain": found["domainName"], "domainOwner": found["domainOwner"], "repository": found["name"]}
    for each in region.pages(PACKAGES, "packages", **asked):
        rules = each.get("originConfiguration", {}).get("restrictions")
        if rules is None:
            raise MalformedAnswerError(f"CodeArtifact does not say where {each['package']} may come from")
        if rules["publish"] == "ALLOW" and rules["upstream"] == "ALLOW":
            yield "/".join(part for part in (each["format"], each.get("namespace", ""), each["package"]) if part)
