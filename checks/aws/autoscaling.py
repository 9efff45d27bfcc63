"""Checks of Auto Scaling: whether groups survive the loss of a part, and what they start."""

from __future__ import annotations

from checks.aws.ec2_instances import needs_version_2
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.autoscaling import AutoScalingGroup, LaunchConfiguration
from core.resources.aws.launch_templates import LaunchTemplate, TemplateVersion


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def group_spans_zones(group: AutoScalingGroup, *, zones: int = 2) -> Verdict:
    """The group starts instances in more than one zone.

    A zone is a building that can burn. A group of at most one instance spans zones as well: it starts the next one
    elsewhere.

    Remediation: Add a subnet in another zone to the group.
    """
    where = ", ".join(group.zones)
    if len(group.zones) < zones:
        return failed(f"{group.name} starts instances in {where or 'no zone'} only, fewer than {zones} zones")
    return passed(f"{group.name} starts instances in {where}")


@check(objective="services-survive-failures", severity=Severity.LOW)
def group_replaces_what_the_load_balancer_misses(group: AutoScalingGroup) -> Verdict:
    """A group behind a load balancer asks it which instances are well.

    Without, an instance that runs but answers nothing is kept for ever.

    Remediation: *Health checks* of the group, *Turn on Elastic Load Balancing health checks*.
    """
    if not group.behind_load_balancer:
        return not_applicable(f"{group.name} is behind no load balancer")
    checks = ", ".join(group.health_checks)
    if {"ELB", "VPC_LATTICE"} & set(group.health_checks):
        return passed(f"{group.name} goes by {checks}")
    return failed(f"{group.name} is behind a load balancer, and goes by {checks} only")


@check(objective="services-survive-failures", severity=Severity.LOW)
def spot_group_rebalances(
    group: AutoScalingGroup, templates: Population[LaunchTemplate], configurations: Population[LaunchConfiguration]
) -> Verdict:
    """A group with spot instances replaces them before AWS takes them away.

    AWS gives two minutes' notice. *Capacity Rebalancing* acts at the first sign, often long before.

    Remediation: `aws autoscaling update-auto-scaling-group --capacity-rebalance --auto-scaling-group-name …`.
    """
    if group.rebalances:
        return passed(f"{group.name} replaces spot instances before AWS takes them")
    spot = group.mixes_in_spot or _starts_spot(group, templates, configurations)
    if spot is None:
        return unknown(f"what {group.name} starts from could not be looked at: version {group.template_version}")
    if not spot:
        return not_applicable(f"{group.name} has no spot instances")
    return failed(f"{group.name} has spot instances, and waits until AWS takes them")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def group_uses_a_launch_template(group: AutoScalingGroup) -> Verdict:
    """The group starts instances from a launch template.

    Launch configurations get nothing new since 2023, and cannot be changed: what is wrong in one stays.

    Remediation: *Launch configurations*, *Copy to launch template*, and give the template to the group.
    """
    if group.launch_configuration:
        return failed(f"{group.name} starts instances from the launch configuration {group.launch_configuration}")
    return passed(f"{group.name} starts instances from a launch template")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def configuration_needs_imdsv2(configuration: LaunchConfiguration) -> Verdict:
    """Instances of the launch configuration hand out their metadata only by version 2 of the service.

    A launch configuration that says nothing takes version 1 as well.

    Remediation: Replace it by a launch template with *Metadata version*: *V2 only*.
    """
    if needs_version_2(configuration.metadata):
        return passed(f"{configuration.name} asks for version 2 of the metadata service")
    said = configuration.metadata.tokens or "nothing"
    return failed(f"{configuration.name} lets instances hand out metadata by version 1: it says {said} of tokens")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def configuration_asks_for_no_public_address(
    configuration: LaunchConfiguration, *, approved: tuple[str, ...] = ()
) -> Verdict:
    """The launch configuration gives its instances no public address, unless that was approved.

    What it leaves open, the subnet decides.

    Remediation: Replace it by a launch template with *Auto-assign public IP*: *Disable*; or name it in the setting
    `approved`.
    """
    if not configuration.public_address:
        return passed(f"{configuration.name} asks for no public address")
    if configuration.name in approved:
        return passed(f"{configuration.name} gives instances a public address, which is approved")
    return failed(f"{configuration.name} gives instances a public address")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def configuration_holds_no_secrets(configuration: LaunchConfiguration) -> Verdict:
    """What the launch configuration gives to instances at their start holds no secrets.

    User data stand there in plain text, for everybody who may look at it, and in each instance's metadata.

    Remediation: Keep the secret in Secrets Manager or Parameter Store, let the instance fetch it, delete the launch
    configuration, and change the secret.
    """
    if configuration.secrets:
        kinds = ", ".join(configuration.secrets)
        return failed(f"the user data of {configuration.name} hold what looks like {kinds}")
    return passed(f"nothing in the user data of {configuration.name} looks like a secret")


def _starts_spot(
    group: AutoScalingGroup, templates: Population[LaunchTemplate], configurations: Population[LaunchConfiguration]
) -> bool | None:
    """Whether what a group starts from asks for spot instances; `None` when it is not to be seen."""
    if group.launch_configuration:
        prefix = group.id.partition(":autoScalingGroup:")[0]
        found = [
            each.spot
            for each in configurations.observed
            if each.name == group.launch_configuration and each.id.startswith(f"{prefix}:")
        ]
        return found[0] if found else None
    template = templates.get(group.template)
    version = _version(template, group.template_version) if template else None
    return version.spot if version else None


def _version(template: LaunchTemplate, wanted: str) -> TemplateVersion | None:
    match wanted:
        case "$Default":
            return next((each for each in template.versions if each.default), None)
        case "$Latest":
            return template.versions[-1]
        case number:
            return next((each for each in template.versions if str(each.number) == number), None)
