"""Checks of CodeArtifact."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.codeartifact import ArtifactRepository

SHOWN = 5


@check(objective="software-comes-from-approved-sources", severity=Severity.HIGH)
def packages_come_from_one_side(repository: ArtifactRepository) -> Verdict:
    """Each package either comes from outside or is published by us, never both.

    Where both are allowed, a stranger publishes a package with the name of ours and a higher version, and our builds
    take it.

    Remediation: `aws codeartifact put-package-origin-configuration`: `upstream=BLOCK` for packages of ours,
    `publish=BLOCK` for those of others.
    """
    found = repository.from_both_sides
    name = f"{repository.domain}/{repository.name}"
    if not found:
        return passed(f"every package of {name} has one origin")
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return failed(f"packages of {name} may come from both sides: {', '.join(found[:SHOWN])}{more}")
