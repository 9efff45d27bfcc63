"""A repository of packages. All is canned: moto knows nothing of CodeArtifact."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

UNPAGED = {"aws.codeartifact.repositories": "the listings are canned"}


def populate(_: Maker) -> None:
    """All is canned."""


def _package(name: str, publish: str, upstream: str) -> dict[str, object]:
    return {
        "format": "npm",
        "namespace": "acme",
        "package": name,
        "originConfiguration": {"restrictions": {"publish": publish, "upstream": upstream}},
    }


ANSWERS = {
    "codeartifact:ListRepositories": Canned(
        {
            "repositories": [
                {
                    "name": "parts",
                    "domainName": "acme",
                    "domainOwner": ACCOUNT,
                    "arn": f"arn:aws:codeartifact:us-east-1:{ACCOUNT}:repository/acme/parts",
                }
            ]
        }
    ),
    "codeartifact:ListPackages": Canned(
        {"packages": [_package("ours", "ALLOW", "BLOCK"), _package("both", "ALLOW", "ALLOW")]}
    ),
}
