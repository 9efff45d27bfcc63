"""Checks of access control lists: what they let into subnets from everywhere. The first entry that fits counts."""

from __future__ import annotations

from checks.cloud.exposure import Rule, letting_everybody_in
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.security_groups import AclEntry, NetworkAcl

ALL, TCP = "-1", "6"


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def acl_does_not_open_administration(acl: NetworkAcl, *, ports: tuple[int, ...] = (22, 3389)) -> Verdict:
    """An access control list lets nobody reach SSH and RDP from everywhere.

    It is the second door behind the security group, for the day on which somebody opens that one by mistake. The list
    that AWS makes with a network lets everything in.

    Remediation: Add entries that deny these ports before those that allow, or allow only what is needed.
    """
    if unused := _unused(acl):
        return unused
    found = [f"{port} by entry {number}" for port in ports for number in _letting_in(acl, port)]
    if found:
        return failed(f"{_name(acl)} opens to everywhere {', '.join(found)}")
    return passed(f"{_name(acl)} opens none of these ports to everywhere: {', '.join(map(str, ports))}")


@check(objective="networks-deny-by-default", severity=Severity.LOW)
def acl_does_not_let_everything_in(acl: NetworkAcl) -> Verdict:
    """An access control list does not let in everything from everywhere.

    Then it is no filter. The list that AWS makes with a network is so.

    Remediation: Replace the entry that the reason names by entries for what the subnets offer.
    """
    if unused := _unused(acl):
        return unused
    if found := _letting_in(acl, None):
        return failed(f"{_name(acl)} lets in everything from everywhere by entry {', '.join(found)}")
    return passed(f"{_name(acl)} does not let in everything from everywhere")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def acl_is_used(acl: NetworkAcl) -> Verdict:
    """Every access control list is around a subnet.

    One that is around none protects nothing, and may look as if it did.

    Remediation: `aws ec2 delete-network-acl --network-acl-id …`, or associate subnets with it.
    """
    if acl.is_default:
        return not_applicable(f"{_name(acl)} is the list that AWS made with {acl.vpc}, and cannot be deleted")
    if acl.subnets:
        return passed(f"{_name(acl)} is around {', '.join(acl.subnets)}")
    return failed(f"{_name(acl)} is around no subnet")


def _letting_in(acl: NetworkAcl, port: int | None) -> list[str]:
    """The entries that let a port in from everywhere, or, without a port, everything."""
    saying = (Rule(str(entry.number), entry.allows, (entry.range,)) for entry in acl.ingress if _speaks_of(entry, port))
    return [rule.name for rule, _ in letting_everybody_in(saying)]


def _speaks_of(entry: AclEntry, port: int | None) -> bool:
    """Whether an entry is about a port of TCP; without a port, whether it is about everything."""
    if entry.protocol == ALL:
        return True
    if port is None or entry.protocol != TCP:
        return False
    return entry.first is None or entry.first <= port <= (entry.last or entry.first)


def _unused(acl: NetworkAcl) -> Verdict | None:
    return None if acl.subnets else not_applicable(f"{_name(acl)} is around no subnet")


def _name(acl: NetworkAcl) -> str:
    return f"{acl.name} ({acl.id})" if acl.name else acl.id
