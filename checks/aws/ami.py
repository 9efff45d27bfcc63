"""Checks of images: who can use ours, whose we use, and how old they are."""

from __future__ import annotations

from datetime import datetime

from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.ami import Image, ImageDefaults


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def image_is_not_public(image: Image) -> Verdict:
    """The image is not for everybody.

    An image is a copy of a disk: programs, settings, and whatever keys were left on it.

    Remediation: `aws ec2 modify-image-attribute --image-id … --launch-permission "Remove=[{Group=all}]"`.
    """
    if image.public:
        return failed(f"{_named(image)} is public")
    return passed(f"{_named(image)} is not public")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def region_keeps_images_private(defaults: ImageDefaults) -> Verdict:
    """Nobody can make an image of the region public.

    One wrong permission gives the whole disk to the world. AWS blocks that by itself only for accounts that had no
    public image since July 2023.

    Remediation: `aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing`, in
    each region.
    """
    match defaults.blocks_public:
        case "block-new-sharing":
            return passed(f"no further image in {defaults.region} can be made public")
        case "unblocked":
            return failed(f"images in {defaults.region} can be made public")
        case said:
            return unknown(f"EC2 says {said} of public images in {defaults.region}")


@check(objective="software-comes-from-approved-sources", severity=Severity.LOW)
def region_uses_only_approved_images(defaults: ImageDefaults) -> Verdict:
    """Instances of the region start only from our own images, and those of approved owners.

    Anybody can offer an image under a name that looks like a vendor's.

    Remediation: *EC2*, *Account attributes*, *Allowed AMIs*: first `audit-mode`, then `enabled`, in each region.
    """
    match defaults.allowed:
        case "enabled":
            return passed(f"{defaults.region} uses only images of approved owners")
        case "audit-mode":
            return failed(f"{defaults.region} only marks images whose owners nobody approved")
        case "disabled":
            return failed(f"{defaults.region} uses images of anybody")
        case said:
            return unknown(f"EC2 says {said} of allowed images in {defaults.region}")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def image_is_shared_as_approved(image: Image, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The image is shared with nobody outside, unless that was approved.

    Whoever may start an image may read all that is on it. Name accounts by number, organizations and their units by
    ARN, in the setting `approved`.

    Remediation: Name who is meant to have it in the setting `approved`, or take it from the launch permissions.
    """
    others = sorted(set(image.shared_with) - set(approved))
    if others:
        return failed(f"{_named(image)} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{_named(image)} is shared with {', '.join(image.shared_with) or 'nobody by name'}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.LOW)
def image_is_current(image: Image, *, as_of: datetime, days: int = 180) -> Verdict:
    """An image that can be used is not older than half a year.

    What starts from an old image starts with every flaw that was found since.

    Remediation: Build images anew on a schedule (EC2 Image Builder), and deregister or disable the old ones.
    """
    if image.state != "available":
        return not_applicable(f"{_named(image)} is {image.state}")
    if image.deprecated is not None and image.deprecated <= as_of:
        return not_applicable(f"{_named(image)} is deprecated since {image.deprecated:%Y-%m-%d}")
    return lately(f"{_named(image)} was made on {image.created:%Y-%m-%d}", image.created, as_of, days)


def _named(image: Image) -> str:
    return f"{image.name} ({image.id})" if image.name else image.id
