"""Instances of clouds as an inventory: those that an earlier scan has seen running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from collectors.host.inventory.listing import InventoryError, Listing
from core.model import Evidence
from core.resource import NotObservedError
from core.resources.aws.ec2_instances import Ec2Instance

KINDS = (Ec2Instance.kind,)


def read_instances(address: Literal["private", "public"], seen: Sequence[Evidence]) -> Iterator[Listing]:
    """The running instances that were seen, by their ids; region, name and tags are their groups.

    Raises `InventoryError` when nobody has looked for instances yet, or could: no instances would be something else.
    """
    if not seen:
        raise InventoryError(
            "nobody has looked for instances yet",
            "name their account below sources.aws; the scan after the next has them",
        )
    for each in (one for evidence in seen for one in evidence.resources):
        if isinstance(each, Ec2Instance) and each.state == "running":
            yield _listing(address, each)


def missing(seen: Sequence[Evidence]) -> str:
    """Why there may be more instances than were seen; empty when all were."""
    gaps = [f"{evidence.source} {evidence.scope}: {gap.reason}" for evidence in seen for gap in evidence.gaps]
    return f"not all instances are known: {gaps[0]:.500}" if gaps else ""


def _listing(address: str, instance: Ec2Instance) -> Listing:
    try:
        found = instance.private_addresses if address == "private" else instance.public_addresses
        groups = (instance.region, *([instance.name] if instance.name else []), *instance.tags)
    except NotObservedError:
        return Listing(
            instance.id, problem="its addresses and tags were not observed yet: they are after the next scan"
        )
    if not found:
        return Listing(instance.id, {}, groups, f"it has no {address} address")
    return Listing(instance.id, {"address": found[0]}, groups)
