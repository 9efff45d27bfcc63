"""Images: one for everybody, one shared with another account, one to ourselves."""

from __future__ import annotations

from tests.collectors.aws.estate.ec2_instances import answer
from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        images = [ec2.register_image(Name=name)["ImageId"] for name in ("for-everybody", "shared", "ours")]
        ec2.modify_image_attribute(ImageId=images[0], LaunchPermission={"Add": [{"Group": "all"}]})
        ec2.modify_image_attribute(ImageId=images[1], LaunchPermission={"Add": [{"UserId": "999999999999"}]})


def _blocking(state: str) -> str:
    return f"<imageBlockPublicAccessState>{state}</imageBlockPublicAccessState>"


ANSWERS = {
    "ec2:GetImageBlockPublicAccessState": answer("GetImageBlockPublicAccessState", _blocking("unblocked")),
    "ec2:GetImageBlockPublicAccessState eu-west-1": answer(
        "GetImageBlockPublicAccessState", _blocking("block-new-sharing")
    ),
    "ec2:GetAllowedImagesSettings": answer("GetAllowedImagesSettings", "<state>disabled</state>"),
    "ec2:GetAllowedImagesSettings eu-west-1": answer("GetAllowedImagesSettings", "<state>enabled</state>"),
}
