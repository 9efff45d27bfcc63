"""Images that the account owns, and what the region says about images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.aws.ec2_instances import MOST
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.ami import Image, ImageDefaults

BLOCK = Read("ec2", "GetImageBlockPublicAccessState")
ALLOWED = Read("ec2", "GetAllowedImagesSettings")
IMAGES = Read("ec2", "DescribeImages")
SHARING = Read("ec2", "DescribeImageAttribute")


@collector(permissions=(BLOCK, ALLOWED))
def defaults(region: AwsRegion) -> Iterator[ImageDefaults]:
    """Whether images of the region can be made public, and whose images can be used."""
    yield ImageDefaults(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        blocks_public=region.look(lambda: region.ask(BLOCK)["ImageBlockPublicAccessState"]),
        allowed=region.look(lambda: region.ask(ALLOWED)["State"]),
    )


@collector(permissions=(IMAGES, SHARING))
def images(region: AwsRegion) -> Iterator[Image]:
    """Every image of the region that the account owns, deprecated and disabled ones included."""
    owned = region.pages(
        IMAGES, "Images", Owners=["self"], IncludeDeprecated=True, IncludeDisabled=True, MaxResults=MOST
    )
    yield from region.each(lambda found: _image(region, found), owned)


def _image(region: AwsRegion, found: Mapping[str, Any]) -> Image:
    return Image(
        id=found["ImageId"],
        name=found.get("Name", ""),
        state=found["State"],
        created=_moment(found["CreationDate"]),
        deprecated=_moment(found["DeprecationTime"]) if found.get("DeprecationTime") else None,
        public=found["Public"],
        shared_with=region.look(lambda: _shared_with(region, found["ImageId"])),
    )


def _moment(text: str) -> datetime:
    """A moment that EC2 writes as plain text here, for once: `2026-11-01T09:30:00.000Z`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shared_with(region: AwsRegion, image: str) -> tuple[str, ...]:
    permissions = region.ask(SHARING, ImageId=image, Attribute="launchPermission").get("LaunchPermissions", ())
    names = (each.get(key) for each in permissions for key in ("UserId", "OrganizationArn", "OrganizationalUnitArn"))
    return tuple(sorted(name for name in names if name))
