"""Checks of networks and their subnets: their traffic is recorded, and what is public is apart from what is not."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.vpc import Subnet, Vpc, VpcEndpoint


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def vpc_logs_its_traffic(vpc: Vpc, *, traffic: tuple[str, ...] = ("ALL", "REJECT")) -> Verdict:
    """The traffic of each network is recorded.

    Flow logs show who tried to get in, and where data went afterwards. Refused traffic is the least one needs.

    Remediation: `aws ec2 create-flow-logs --resource-type VPC --resource-ids … --traffic-type ALL`.
    """
    if not vpc.of_this_account:
        return not_applicable(f"{_name(vpc)} is shared with us by {vpc.owner}, who sees its flow logs")
    good = [each for each in vpc.flow_logs if each.active and not each.failing and each.traffic in traffic]
    if good:
        return passed(f"{_name(vpc)} records {good[0].traffic} into {good[0].id}")
    if not vpc.flow_logs:
        return failed(f"{_name(vpc)} has no flow log")
    seen = ", ".join(f"{each.id} ({each.traffic}{_state(each.active, each.failing)})" for each in vpc.flow_logs)
    return failed(f"no flow log of {_name(vpc)} records {' or '.join(traffic)} and delivers: {seen}")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def subnet_gives_no_public_addresses(subnet: Subnet, *, approved: tuple[str, ...] = ()) -> Verdict:
    """What starts in a subnet gets no public address unless somebody asks for one.

    A public address by default puts machines on the internet that nobody meant to put there. Subnets of AWS's default
    networks do so. Name subnets that are meant for it in the setting `approved`.

    Remediation: `aws ec2 modify-subnet-attribute --subnet-id … --no-map-public-ip-on-launch`.
    """
    name = _subnet(subnet)
    if not subnet.of_this_account:
        return not_applicable(f"{name} is shared with us by another account, which decides")
    if not subnet.public_by_default:
        return passed(f"{name} gives no public addresses by default")
    if {subnet.id, subnet.name} & set(approved):
        return passed(f"{name} gives public addresses by default, which is approved")
    return failed(f"{name} gives public addresses by default")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def vpc_separates_public_from_private(vpc: Vpc, subnets: Population[Subnet]) -> Verdict:
    """A network that reaches the internet has subnets that do not.

    Only what must be reached belongs into a public subnet; what it works with belongs behind it. A subnet counts as
    public when its routes lead to an internet gateway.

    Remediation: Make subnets whose route table has no internet gateway, and move databases and the like there.
    """
    if not vpc.of_this_account:
        return not_applicable(f"{_name(vpc)} is shared with us by {vpc.owner}")
    own = [each for each in subnets.here if each.vpc == vpc.id]
    if not own:
        return not_applicable(f"{_name(vpc)} has no subnets")
    public = [each for each in own if each.reaches_internet]
    if not public:
        return passed(f"none of the subnets of {_name(vpc)} reaches an internet gateway")
    if len(public) < len(own):
        return passed(f"{len(public)} of {len(own)} subnets of {_name(vpc)} reach an internet gateway")
    return failed(f"all subnets of {_name(vpc)} ({len(own)}) reach an internet gateway")


@check(objective="services-survive-failures", severity=Severity.LOW)
def vpc_spans_zones(vpc: Vpc, subnets: Population[Subnet]) -> Verdict:
    """A network has subnets in more than one zone.

    What runs in one zone alone goes down with it.

    Remediation: Add subnets in other availability zones, and let services use them.
    """
    if not vpc.of_this_account:
        return not_applicable(f"{_name(vpc)} is shared with us by {vpc.owner}")
    zones = sorted({each.zone for each in subnets.here if each.vpc == vpc.id})
    if not zones:
        return not_applicable(f"{_name(vpc)} has no subnets")
    if len(zones) == 1:
        return failed(f"all subnets of {_name(vpc)} are in {zones[0]}")
    return passed(f"the subnets of {_name(vpc)} are in {', '.join(zones)}")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def vpc_reaches_services_privately(
    vpc: Vpc, endpoints: Population[VpcEndpoint], subnets: Population[Subnet], *, services: tuple[str, ...] = ("ec2",)
) -> Verdict:
    """A network reaches the interfaces of AWS that it uses through endpoints of its own.

    Without an endpoint the calls of machines leave through a gateway to the internet, which must then be open. The
    setting `services` names those that must have one, as they end in the names of endpoints: `ec2`, `ssm`, `s3`.

    Remediation: `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id … --service-name …`.
    """
    if not vpc.of_this_account:
        return not_applicable(f"{_name(vpc)} is shared with us by {vpc.owner}")
    if not any(each.vpc == vpc.id for each in subnets.here):
        return not_applicable(f"{_name(vpc)} has no subnets")
    there = {_service(each) for each in endpoints.here if each.vpc == vpc.id}
    lacking = [each for each in services if each not in there]
    if lacking:
        return failed(f"{_name(vpc)} has no endpoint for {', '.join(lacking)}")
    return passed(f"{_name(vpc)} has endpoints for {', '.join(services)}")


def _service(endpoint: VpcEndpoint) -> str:
    """`com.amazonaws.eu-west-1.ecr.api` is called `ecr.api`; those of `com.amazonaws.vpce.…` are no service of AWS."""
    _, _, name = endpoint.service.partition("amazonaws.")
    return name.partition(".")[2]


def _state(active: bool, failing: bool) -> str:
    return "" if active and not failing else ", does not deliver" if active else ", not active"


def _name(vpc: Vpc) -> str:
    return f"{vpc.name} ({vpc.id})" if vpc.name else vpc.id


def _subnet(subnet: Subnet) -> str:
    return f"{subnet.name} ({subnet.id})" if subnet.name else subnet.id
