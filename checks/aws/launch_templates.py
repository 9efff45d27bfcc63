"""Checks of launch templates: what tomorrow's instances will be like."""

from __future__ import annotations

from collections.abc import Callable

from checks.aws.ec2_instances import needs_version_2
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.ebs import EbsDefaults
from core.resources.aws.ec2_instances import Ec2Defaults
from core.resources.aws.launch_templates import LaunchTemplate, TemplateVersion


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def template_needs_imdsv2(template: LaunchTemplate, regions: Population[Ec2Defaults]) -> Verdict:
    """Instances of the template hand out their metadata only by version 2 of the service.

    What the template leaves open, the default of the region decides, and after that the image. Judged are the default
    version of the template and the latest.

    Remediation: Make a version with *Metadata version*: *V2 only*, and make it the default.
    """
    silent = [each for each in template.versions if not each.metadata.tokens and not needs_version_2(each.metadata)]
    if wrong := _numbers(template, lambda each: each.metadata.tokens != "" and not needs_version_2(each.metadata)):
        return failed(f"version {wrong} of {template.name} lets instances hand out metadata by version 1")
    if not silent:
        return passed(f"{template.name} asks for version 2 of the metadata service")
    region = regions.get(f"{template.account}/{template.region}")
    if region is not None and needs_version_2(region.metadata):
        return passed(f"{template.name} says nothing about metadata, and {template.region} asks for version 2")
    return failed(f"{template.name} says nothing about metadata, and neither does {template.region}")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def template_asks_for_no_public_address(template: LaunchTemplate, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The template gives its instances no public address, unless that was approved.

    What it leaves open, the subnet decides.

    Remediation: Make a version with *Auto-assign public IP*: *Disable*, and make it the default; or name the template
    in the setting `approved`.
    """
    wrong = _numbers(template, lambda each: each.public_address)
    if wrong and not {template.id, template.name} & set(approved):
        return failed(f"version {wrong} of {template.name} gives instances a public address")
    if wrong:
        return passed(f"version {wrong} of {template.name} gives instances a public address, which is approved")
    return passed(f"{template.name} asks for no public address")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def template_encrypts_volumes(template: LaunchTemplate, regions: Population[EbsDefaults]) -> Verdict:
    """The template's volumes are encrypted.

    Where the region encrypts by default, it overrides what the template says. A template may leave all volumes to the
    image: those are judged when they are there.

    Remediation: `aws ec2 enable-ebs-encryption-by-default`, or *Encrypted* for each volume of the template.
    """
    if not any(each.plain_volumes or each.silent_volumes for each in template.versions):
        return passed(f"{template.name} names no volume without encryption")
    region = regions.get(f"{template.account}/{template.region}")
    if region is not None and region.encrypts:
        return passed(f"{template.region} encrypts what {template.name} does not")
    plain = _numbers(template, lambda each: bool(each.plain_volumes or each.silent_volumes))
    devices = sorted({name for each in template.versions for name in (*each.plain_volumes, *each.silent_volumes)})
    return failed(f"version {plain} of {template.name} asks for no encryption of {', '.join(devices)}")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def template_holds_no_secrets(template: LaunchTemplate) -> Verdict:
    """What the template gives to instances at their start holds no secrets.

    User data stand in the template in plain text, for everybody who may look at it, and in each instance's metadata.

    Remediation: Keep the secret in Secrets Manager or Parameter Store, let the instance fetch it, delete the versions
    that have it, and change it.
    """
    if wrong := _numbers(template, lambda each: bool(each.secrets)):
        kinds = sorted({kind for each in template.versions for kind in each.secrets})
        return failed(f"the user data in version {wrong} of {template.name} hold what looks like {', '.join(kinds)}")
    return passed(f"nothing in the user data of {template.name} looks like a secret")


def _numbers(template: LaunchTemplate, holds: Callable[[TemplateVersion], bool]) -> str:
    """The numbers of the versions of which something holds; empty for none."""
    return ", ".join(str(each.number) for each in template.versions if holds(each))
