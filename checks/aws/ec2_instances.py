"""Checks of EC2 instances: who reaches them, as whom they act, and whether anybody still looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.aws.networks import IPV4, IPV6
from checks.aws.security_groups import SENSITIVE, keeps_everybody_out
from checks.aws.verdicts import lately, metadata_need_a_token, worst
from checks.cloud.addresses import network
from core.model import Severity, Status, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.ec2_instances import Ec2Defaults, Ec2Instance, MetadataOptions, UserData
from core.resources.aws.security_groups import SecurityGroup
from core.resources.aws.ssm import ManagedNode


@check(objective="systems-are-hardened", severity=Severity.HIGH)
def instance_needs_imdsv2(instance: Ec2Instance) -> Verdict:
    """The instance hands out its metadata only by version 2 of the service.

    The metadata hold the credentials of the instance's role. Version 1 gives them to whoever makes a program on the
    instance fetch an address; version 2 asks for a token first, which such a program does not send.

    Remediation: `aws ec2 modify-instance-metadata-options --instance-id … --http-tokens required`.
    """
    return metadata_need_a_token(named(instance), instance.metadata, "EC2")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def region_asks_for_imdsv2(defaults: Ec2Defaults) -> Verdict:
    """New instances of the region need version 2 of the metadata service unless they say otherwise.

    One setting covers whatever is started tomorrow, from whichever image.

    Remediation: *EC2*, *Account attributes*, *Data protection and security*, *IMDS defaults*; or
    `aws ec2 modify-instance-metadata-defaults --http-tokens required`, in each region.
    """
    if needs_version_2(defaults.metadata):
        return passed(f"new instances in {defaults.region} need version 2, or hand out no metadata at all")
    return failed(f"in {defaults.region} the default for tokens is {defaults.metadata.tokens or 'no preference'}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def instance_metadata_stay_near(instance: Ec2Instance, *, hops: int = 2) -> Verdict:
    """The instance's metadata do not travel far.

    Each router or container network between takes one hop: one is enough for the instance, two for its containers.
    More lets others ask through it.

    Remediation: `aws ec2 modify-instance-metadata-options --instance-id … --http-put-response-hop-limit 1`.
    """
    if instance.metadata.endpoint == "disabled":
        return not_applicable(f"{named(instance)} hands out no metadata")
    if instance.metadata.hops is None:
        return unknown(f"EC2 does not say how far metadata of {named(instance)} travel")
    if instance.metadata.hops > hops:
        return failed(f"metadata of {named(instance)} travel {instance.metadata.hops} hops, more than {hops}")
    return passed(f"metadata of {named(instance)} travel {instance.metadata.hops} hops")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def instance_has_no_public_address(instance: Ec2Instance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The instance has no public IPv4 address, unless that was approved.

    What has one is a slip in a security group away from the whole world. Name instances that are meant to be reached,
    by id or by name, in the setting `approved`.

    Remediation: Put a load balancer in front, reach it by Session Manager, and start it in a subnet that gives no
    public addresses.
    """
    addresses = ", ".join(instance.public_addresses)
    if not addresses:
        return passed(f"{named(instance)} has no public IPv4 address")
    if {instance.id, instance.name} & set(approved):
        return passed(f"{named(instance)} has {addresses}, which is approved")
    return failed(f"{named(instance)} has {addresses}")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def public_instance_opens_no_sensitive_ports(
    instance: Ec2Instance, groups: Population[SecurityGroup], *, ports: tuple[int, ...] = (22, 3389, *SENSITIVE)
) -> Verdict:
    """Nobody on the internet reaches administration, databases or file shares of the instance.

    A public address and a security group that lets everybody in come together here: this machine is being tried now.
    Routes and access control lists of the subnet may still stand in the way; do not rely on them.

    Remediation: Narrow the rule that the reason names, or take the public address away.
    """
    verdicts = [_is_closed(instance, instance.public_addresses, IPV4, groups, ports)]
    if verdicts[0].status is not Status.FAIL:  # what was seen of one version is enough to fail
        public = [each for each in instance.addresses6 if not network(each).is_private]
        verdicts.append(_is_closed(instance, public, IPV6, groups, ports))
    return worst(verdicts)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.LOW)
def instance_has_a_role(instance: Ec2Instance) -> Verdict:
    """The instance acts as a role.

    Programs on an instance without a role that need AWS are given keys that somebody stores there and nobody renews.

    Remediation: *Actions*, *Security*, *Modify IAM role*; or `aws ec2 associate-iam-instance-profile`.
    """
    if instance.profile:
        return passed(f"{named(instance)} has {instance.profile}")
    return failed(f"{named(instance)} has no instance profile")


@check(objective="vulnerabilities-are-fixed", severity=Severity.LOW)
def running_instance_was_started_lately(instance: Ec2Instance, *, as_of: datetime, days: int = 180) -> Verdict:
    """A running instance was started within the last half year.

    Fixes of the kernel, the firmware and long-lived programs count only after a start; and what cannot be started
    again cannot be restored either.

    Remediation: Replace the instance by one from a current image, or restart it in a maintenance window.
    """
    if instance.state != "running":
        return not_applicable(f"{named(instance)} is {instance.state}")
    if instance.operator:
        return not_applicable(f"{instance.operator} looks after {named(instance)}")
    reason = f"{named(instance)} was last started on {instance.launched:%Y-%m-%d}"
    return lately(reason, instance.launched, as_of, days)


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def stopped_instance_is_not_forgotten(instance: Ec2Instance, *, as_of: datetime, days: int = 30) -> Verdict:
    """An instance that is stopped was not left lying for more than a month.

    Nobody patches what does not run. Started again one day, it brings back old holes and old data.

    Remediation: Keep an image if it may be needed, and terminate the instance.
    """
    if instance.state != "stopped":
        return not_applicable(f"{named(instance)} is {instance.state}")
    if instance.stopped is None:
        return unknown(f"EC2 does not say since when {named(instance)} is stopped")
    return lately(f"{named(instance)} was stopped on {instance.stopped:%Y-%m-%d}", instance.stopped, as_of, days)


@check(objective="systems-are-hardened", severity=Severity.LOW)
def instance_is_virtualized_by_hardware(instance: Ec2Instance) -> Verdict:
    """The instance is kept apart from others by hardware.

    Paravirtual instances are of a kind that AWS no longer develops, without the isolation and the drivers of today.

    Remediation: Make an HVM image of the system, and start it on a current instance type.
    """
    if instance.virtualization == "paravirtual":
        return failed(f"{named(instance)} is paravirtual")
    return passed(f"{named(instance)} is {instance.virtualization}")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def instance_joins_no_subnets(instance: Ec2Instance, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The instance stands in one subnet only, unless it was approved as a link.

    One foot in each of two networks is a way around whatever separates them. Name appliances that are meant to join
    networks, by id or by name, in the setting `approved`.

    Remediation: Detach the further interface, and let traffic pass a gateway or a firewall.
    """
    if len(instance.subnets) < 2:  # noqa: PLR2004 - two are a bridge
        return passed(f"{named(instance)} stands in {', '.join(instance.subnets) or 'no subnet'}")
    if {instance.id, instance.name} & set(approved):
        return passed(f"{named(instance)} joins {', '.join(instance.subnets)}, which is approved")
    return failed(f"{named(instance)} joins {', '.join(instance.subnets)}")


@check(objective="assets-are-inventoried", severity=Severity.MEDIUM)
def instance_is_under_management(instance: Ec2Instance, nodes: Population[ManagedNode]) -> Verdict:
    """A running instance is under the management of Systems Manager.

    Without it nobody knows from one place what is installed, what is missing, and who works on the machine.

    Remediation: Give the instance a role with `AmazonSSMManagedInstanceCore`, or switch on *Default Host Management
    Configuration* for the region; the agent is part of AWS's own images.
    """
    if instance.state != "running":
        return not_applicable(f"{named(instance)} is {instance.state}")
    if instance.operator:
        return not_applicable(f"{instance.operator} looks after {named(instance)}")
    node = nodes.get(instance.id)
    if node is None:
        return failed(f"Systems Manager does not know {named(instance)}")
    if node.online != "Online":
        last = f", last seen on {node.last_seen:%Y-%m-%d}" if node.last_seen else ""
        return failed(f"Systems Manager has lost {named(instance)}: {node.online}{last}")
    return passed(f"{named(instance)} is under management")


@check(objective="override-tools-are-restricted", severity=Severity.MEDIUM)
def serial_console_is_off(defaults: Ec2Defaults) -> Verdict:
    """Nobody can use the serial console of instances of the region.

    It reaches the machine below its network: past firewalls, security groups and the log of sessions. Switch it on for
    as long as a broken machine needs it.

    Remediation: `aws ec2 disable-serial-console-access`, in each region.
    """
    if defaults.serial_console:
        return failed(f"the serial console is on in {defaults.region}")
    return passed(f"the serial console is off in {defaults.region}")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def user_data_hold_no_secrets(data: UserData) -> Verdict:
    """What an instance is given at its start holds no secrets.

    User data are kept in plain text, and every program on the instance can read them by asking for metadata.

    Remediation: Keep the secret in Secrets Manager or Parameter Store, and let the instance fetch it as its role.
    """
    if not data.given:
        return passed(f"{data.id} is given no user data")
    if data.secrets:
        return failed(f"the user data of {data.id} hold what looks like {', '.join(data.secrets)}")
    return passed(f"nothing in the user data of {data.id} looks like a secret")


def _is_closed(
    instance: Ec2Instance,
    addresses: Sequence[str],
    version: int,
    groups: Population[SecurityGroup],
    ports: tuple[int, ...],
) -> Verdict:
    """Whether the ports of an instance are closed to everybody who comes to its public addresses of a version of IP."""
    if not addresses:
        return passed(f"{named(instance)} has no public IPv{version} address")
    found = [(each, groups.get(each)) for each in instance.security_groups]
    verdicts = [
        unknown(f"{each} is in no account we look at")
        if group is None
        else keeps_everybody_out(group, ports, (version,))
        for each, group in found
    ]
    if not verdicts:
        return unknown(f"EC2 names no security group of {named(instance)}")
    verdict = worst(verdicts)
    return Verdict(verdict.status, f"{named(instance)} has {', '.join(addresses)}: {verdict.reason}")


def named(instance: Ec2Instance) -> str:
    """How people call an instance."""
    return f"{instance.name} ({instance.id})" if instance.name else instance.id


def needs_version_2(metadata: MetadataOptions) -> bool:
    """Whether metadata options let nobody use version 1 of the metadata service."""
    return metadata.tokens == "required" or metadata.endpoint == "disabled"
