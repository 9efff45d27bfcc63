"""Checks of Lightsail: the same questions as of EC2 and RDS, asked where their checks cannot see."""

from __future__ import annotations

from checks.aws.verdicts import metadata_need_a_token
from checks.cloud.addresses import from_everywhere
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.lightsail import LightsailDatabase, LightsailInstance, OpenPorts

ICMP = ("icmp", "icmpv6")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def server_opens_only_intended_ports(instance: LightsailInstance, *, ports: tuple[int, ...] = (80, 443)) -> Verdict:
    """From everywhere one reaches only the ports of the server that are meant for it.

    A server of Lightsail begins with SSH or RDP open to the world.

    Remediation: *Networking* of the instance, *IPv4 firewall* and *IPv6 firewall*: restrict the rule to addresses of
    your own, or delete it.
    """
    wrong = sorted({_span(each) for each in instance.ports if from_everywhere(each.ranges) and not _fits(each, ports)})
    if wrong:
        return failed(f"{instance.name} opens {', '.join(wrong)} to everywhere")
    return passed(f"{instance.name} opens to everywhere at most the ports {', '.join(map(str, sorted(ports)))}")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def server_needs_imdsv2(instance: LightsailInstance) -> Verdict:
    """The server hands out its metadata only by version 2 of the service.

    Version 1 gives them to whoever makes a program on the server fetch an address.

    Remediation: `aws lightsail update-instance-metadata-options --instance-name … --http-tokens required`.
    """
    return metadata_need_a_token(instance.name, instance.metadata, "Lightsail")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def server_is_backed_up(instance: LightsailInstance) -> Verdict:
    """A snapshot of the server is made every day.

    Nothing else backs up a server of Lightsail: AWS Backup does not know it.

    Remediation: *Snapshots* of the instance, *Automatic snapshots*.
    """
    if instance.snapshots:
        return passed(f"automatic snapshots of {instance.name} are on")
    return failed(f"automatic snapshots of {instance.name} are off")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def database_is_not_public(database: LightsailDatabase) -> Verdict:
    """The database cannot be reached from the internet.

    Only its password stands between everybody and the data.

    Remediation: *Networking* of the database, *Public mode*, off.
    """
    if database.public:
        return failed(f"{database.name} can be reached from the internet")
    return passed(f"{database.name} can be reached from servers of the account only")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def database_is_backed_up(database: LightsailDatabase) -> Verdict:
    """The database is backed up every day.

    What nobody backed up is lost with the next mistake.

    Remediation: `aws lightsail update-relational-database --relational-database-name … --enable-backup-retention`.
    """
    if database.backups:
        return passed(f"{database.name} is backed up every day")
    return failed(f"{database.name} is not backed up")


def _fits(found: OpenPorts, ports: tuple[int, ...]) -> bool:
    """Whether a range of ports opens nothing but some of these; an echo of ICMP opens nothing."""
    if found.protocol in ICMP:
        return True
    return found.protocol != "all" and all(port in ports for port in range(found.first, found.last + 1))


def _span(found: OpenPorts) -> str:
    if found.protocol == "all":
        return "all ports"
    return f"{found.protocol} {found.first}" + ("" if found.first == found.last else f"-{found.last}")
