"""Launch templates. Without a template's name, EC2 gives the latest and the default version of all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.ec2_instances import metadata_options
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.launch_templates import LaunchTemplate, TemplateVersion

VERSIONS = Read("ec2", "DescribeLaunchTemplateVersions")
MOST = 200
"""Versions of one page: the most that EC2 gives."""


@collector(permissions=(VERSIONS,))
def templates(region: AwsRegion) -> Iterator[LaunchTemplate]:
    """Every launch template of the region, with its latest and its default version."""
    account, names = region.account, dict[str, str]()
    found: dict[str, dict[int, TemplateVersion]] = {}
    for each in region.pages(VERSIONS, "LaunchTemplateVersions", Versions=["$Latest", "$Default"], MaxResults=MOST):
        names[each["LaunchTemplateId"]] = each["LaunchTemplateName"]
        found.setdefault(each["LaunchTemplateId"], {})[each["VersionNumber"]] = _version(each)  # one may be both
    for template, versions in found.items():
        yield LaunchTemplate(
            id=template,
            name=names[template],
            account=account,
            region=region.scope,
            versions=tuple(versions[number] for number in sorted(versions)),
        )


def _version(found: Mapping[str, Any]) -> TemplateVersion:
    data = found["LaunchTemplateData"]
    interfaces = data.get("NetworkInterfaces", ())
    volumes = {each["DeviceName"]: each["Ebs"] for each in data.get("BlockDeviceMappings", ()) if each.get("Ebs")}
    return TemplateVersion(
        number=found["VersionNumber"],
        default=found["DefaultVersion"],
        metadata=metadata_options(data.get("MetadataOptions")),
        public_address=any(each.get("AssociatePublicIpAddress", False) for each in interfaces),
        spot=data.get("InstanceMarketOptions", {}).get("MarketType") == "spot",
        plain_volumes=tuple(sorted(device for device, volume in volumes.items() if volume.get("Encrypted") is False)),
        silent_volumes=tuple(sorted(device for device, volume in volumes.items() if volume.get("Encrypted") is None)),
        secrets=kinds_of_secrets(data.get("UserData", "")),
    )
