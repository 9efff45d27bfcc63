"""A share within the organization, and one with a stranger."""

from __future__ import annotations

import re

from tests.collectors.aws.world import Maker

STRANGER = "999999999999"


def populate(aws: Maker) -> None:
    shares = aws.client("ram")
    subnet = f"arn:aws:ec2:us-east-1:{aws.account}:subnet/subnet-1"
    shares.create_resource_share(name="closed", allowExternalPrincipals=False, resourceArns=[subnet])
    shares.create_resource_share(
        name="open", allowExternalPrincipals=True, resourceArns=[subnet], principals=[STRANGER]
    )


def _with_a_stranger(body: bytes) -> bytes:
    """moto takes everybody for a member of the organization."""
    entity = rb'("associatedEntity": "%s"[^}]*"external": )false' % STRANGER.encode()
    return re.sub(entity, rb"\1true", body)


MENDED = {"ram:GetResourceShareAssociations": _with_a_stranger}
