"""Resource Access Manager: the shares of the account, what is in them and who gets it, by three bulk calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.resource_shares import ResourceShare, SharedWith

SHARES = Read("ram", "GetResourceShares")
ASSOCIATIONS = Read("ram", "GetResourceShareAssociations")


@collector(permissions=(SHARES, ASSOCIATIONS))
def resource_shares(region: AwsRegion) -> Iterator[ResourceShare]:
    """Every share in effect that the account made in this region."""
    shares = list(listed(region, SHARES, "resourceShares", resourceOwner="SELF", resourceShareStatus="ACTIVE"))
    if not shares:
        return
    resources, principals = _associations(region, "RESOURCE"), _associations(region, "PRINCIPAL")
    for found in shares:
        arn = found["resourceShareArn"]
        yield ResourceShare(
            id=arn,
            name=found["name"],
            may_leave_organization=found["allowExternalPrincipals"],
            resources=tuple(sorted(each["associatedEntity"] for each in resources[arn])),
            principals=tuple(
                SharedWith(principal=each["associatedEntity"], outside=each["external"])
                for each in sorted(principals[arn], key=lambda each: str(each["associatedEntity"]))
            ),
        )


def _associations(region: AwsRegion, kind: str) -> Mapping[str, list[Mapping[str, Any]]]:
    """What hangs on each share: resources or principals."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in region.pages(
        ASSOCIATIONS, "resourceShareAssociations", associationType=kind, associationStatus="ASSOCIATED"
    ):
        found[each["resourceShareArn"]].append(each)
    return found
