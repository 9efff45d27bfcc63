"""Checks of security groups: what may come in from everywhere, from whom else, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from checks.aws.networks import IPV4, IPV6, is_wide
from checks.cloud.addresses import from_everywhere, network
from checks.cloud.exposure import Rule as PortRule
from checks.cloud.exposure import letting_everybody_in
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resource import missing_fields
from core.resources.aws.security_groups import Rule, SecurityGroup

ALL = "-1"
TCP, UDP = "tcp", "udp"
LAST_PORT = 65535
WIZARD = "launch-wizard-"

SENSITIVE = (
    20, 21, 23, 88, 135, 137, 139, 389, 445, 464, 636, 749, 750, 1433, 1434, 1521, 2375, 2379, 2483, 2484, 3306, 4333,
    5432, 5500, 5601, 5900, 5985, 5986, 6379, 6443, 7000, 7001, 7199, 8888, 9042, 9092, 9160, 9200, 9300, 10250, 11211,
    27017, 27018,
)  # fmt: skip
"""Ports of file shares, directories, databases, caches, queues and consoles, and of what sends passwords openly."""

ON_UDP = frozenset({88, 135, 137, 389, 464, 750, 1434, 3389, 11211})
"""Those that directories, caches and remote desktops answer on by UDP as well."""


@check(objective="networks-deny-by-default", severity=Severity.CRITICAL)
def group_does_not_let_everything_in(group: SecurityGroup) -> Verdict:
    """A security group does not open all ports to everywhere.

    It is then no filter at all: whatever somebody starts on the machine, the world can reach.

    Remediation: `aws ec2 revoke-security-group-ingress --group-id … --protocol all --cidr 0.0.0.0/0`, then open what
    is needed.
    """
    open_rules = [(rule, who) for rule, who in _open_rules(group) if _is_all_ports(rule)]
    if open_rules:
        return failed(f"{_name(group)} opens all ports to {_who(open_rules)}{_exposed(group)}")
    return passed(f"{_name(group)} does not open all ports to everywhere")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def administration_is_not_open_to_everywhere(group: SecurityGroup, *, ports: tuple[int, ...] = (22, 3389)) -> Verdict:
    """Nobody can reach SSH and RDP from everywhere.

    They are guessed at day and night, and each flaw in them opens the machine.

    Remediation: Let in the addresses of your own network, or use Session Manager and close the port altogether.
    """
    return keeps_everybody_out(group, ports)


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def sensitive_ports_are_not_open_to_everywhere(group: SecurityGroup, *, ports: tuple[int, ...] = SENSITIVE) -> Verdict:
    """Nobody can reach databases, file shares, caches and consoles from everywhere.

    They were made for trusted networks: many ask for no password, and their flaws are the first to be used.

    Remediation: Name as source the security group of what works with them, instead of an address range.
    """
    return keeps_everybody_out(group, ports)


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def only_intended_ports_are_open(
    group: SecurityGroup, *, ports: tuple[int, ...] = (80, 443), approved: tuple[str, ...] = ()
) -> Verdict:
    """From everywhere one reaches only the ports that are meant for it.

    Each further open port is one more program that must have no flaw. Name groups that may open others in the setting
    `approved`, by id or name.

    Remediation: Remove the rule that the reason names, or let it stand in `ports` or `approved`.
    """
    wrong = [(rule, who) for rule, who in _open_rules(group) if not _is_within(rule, ports) and not _is_icmp(rule)]
    if not wrong:
        return passed(f"{_name(group)} opens to everywhere at most the ports {_listed(ports)}")
    what = ", ".join(sorted({_span(rule) for rule, _ in wrong}))
    if {group.id, group.name} & set(approved):
        return passed(f"{_name(group)} opens {what} to everywhere, which is approved")
    return failed(f"{_name(group)} opens {what} to {_who(wrong)}{_exposed(group)}")


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def outside_ranges_are_narrow(
    group: SecurityGroup, *, bits: int = 24, bits6: int = 48, approved: tuple[str, ...] = ()
) -> Verdict:
    """Public ranges that are let in are no larger than a site is.

    A range of thousands of public addresses belongs to thousands of strangers. Ranges with at least this many fixed
    bits pass: `bits` for IPv4, `bits6` for IPv6. Ranges that are known stand in `approved`.

    Remediation: Narrow the rule to the addresses that are needed, or approve the range.
    """
    wide = sorted(
        {each for rule in group.ingress for each in rule.ranges if is_wide(each, bits, bits6)} - set(approved)
    )
    if wide:
        return failed(f"{_name(group)} lets in large public ranges: {', '.join(wide)}")
    return passed(f"{_name(group)} lets in no public range with fewer than {bits} ({bits6} for IPv6) fixed bits")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def default_group_lets_nothing_through(group: SecurityGroup) -> Verdict:
    """The default security group of a network has no rules.

    What is started without a thought gets this group, which AWS makes open among its members and to the outside.

    Remediation: Remove all rules of the group `default`, and give each machine a group of its own.
    """
    if group.name != "default":
        return not_applicable(f"{_name(group)} is not the default group of its network")
    if not group.of_this_account:
        return not_applicable(f"{_name(group)} belongs to another account, which shares its network with us")
    if group.ingress or group.egress:
        return failed(f"{_name(group)} of {group.vpc} has {len(group.ingress)} rules in and {len(group.egress)} out")
    return passed(f"{_name(group)} of {group.vpc} has no rules")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def group_was_made_on_purpose(group: SecurityGroup) -> Verdict:
    """No security group is one that the launch wizard made.

    The wizard proposes SSH from everywhere, and names the group after itself; nobody can tell what it is for.

    Remediation: Make a group that is named after its purpose, use it instead, and delete this one.
    """
    if group.name.startswith(WIZARD):
        return failed(f"{_name(group)} was made by the launch wizard")
    return passed(f"{_name(group)} was not made by the launch wizard")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def group_is_used(group: SecurityGroup) -> Verdict:
    """Every security group is in use.

    A forgotten group is taken for the next machine, with rules that were right for another.

    Remediation: `aws ec2 delete-security-group --group-id …`.
    """
    if group.name == "default":
        return not_applicable(f"{_name(group)} of {group.vpc} cannot be deleted")
    if group.is_used:
        return passed(f"{_name(group)} is on a network interface")
    if group.is_referenced:
        return passed(f"a rule of another group names {_name(group)}")
    return failed(f"{_name(group)} is on no network interface, and no rule of another group names it")


@check(objective="networks-deny-by-default", severity=Severity.LOW)
def group_has_few_rules(group: SecurityGroup, *, most: int = 50) -> Verdict:
    """A security group has no more rules than somebody can oversee.

    Nobody finds the wrong rule among hundreds. Each source counts, as AWS counts.

    Remediation: Name groups or a prefix list as sources instead of single addresses; delete rules without use.
    """
    counts = {"in": sum(map(_count, group.ingress)), "out": sum(map(_count, group.egress))}
    words = " and ".join(f"{number} rules {way}" for way, number in counts.items())
    return (
        failed(f"{_name(group)} has {words}") if max(counts.values()) > most else passed(f"{_name(group)} has {words}")
    )


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def groups_of_other_accounts_are_approved(group: SecurityGroup, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Rules let in machines of no other account, unless that was approved.

    Who may put a machine into that group decides who comes in here.

    Remediation: Name the account in the setting `approved`, or remove the rule.
    """
    named = {
        each.account: each.id for rule in group.ingress for each in rule.groups if each.account not in ("", group.owner)
    }
    strangers = [f"{named[each]} of {each}" for each in sorted(named.keys() - set(approved))]
    if strangers:
        return failed(f"{_name(group)} lets in {', '.join(strangers)}, which nobody approved")
    return passed(f"{_name(group)} lets in no group of an account that was not approved")


def _open_rules(group: SecurityGroup) -> Iterator[tuple[Rule, list[str]]]:
    """The rules that let everybody in, each with the ranges that do."""
    for rule in group.ingress:
        if who := from_everywhere(rule.ranges):
            yield rule, who


def keeps_everybody_out(
    group: SecurityGroup, ports: tuple[int, ...], versions: tuple[int, ...] = (IPV4, IPV6)
) -> Verdict:
    """Whether nobody can come from everywhere to these ports, by these versions of IP."""
    reached = {port: who for port in ports if (who := _let_in(group, port, versions))}
    if not reached:
        return passed(f"{_name(group)} opens none of these ports to everywhere: {_listed(ports)}")
    everybody = ", ".join(sorted(set[str]().union(*reached.values())))
    return failed(f"{_name(group)} opens {_listed(reached)} to {everybody}{_exposed(group)}")


def _let_in(group: SecurityGroup, port: int, versions: tuple[int, ...]) -> set[str]:
    """The ranges of everybody that a port is open to. Rules only allow, in no order."""
    saying = (
        PortRule("", allows=True, sources=[each for each in rule.ranges if network(each).version in versions])
        for rule in group.ingress
        if _opens(rule, port)
    )
    return {each for _, found in letting_everybody_in(saying) for each in found}


def _opens(rule: Rule, port: int) -> bool:
    """Whether a rule opens a port of TCP, or of UDP where something answers that way."""
    return _is_all_ports(rule) or (
        (rule.protocol == TCP or (rule.protocol == UDP and port in ON_UDP))
        and rule.first is not None
        and rule.first <= port <= (rule.last or rule.first)
    )


def _is_all_ports(rule: Rule) -> bool:
    if rule.protocol == TCP:
        return rule.first is None or (rule.first <= 1 and (rule.last or 0) >= LAST_PORT)
    return rule.protocol == ALL


def _is_within(rule: Rule, ports: Sequence[int]) -> bool:
    """Whether a rule opens nothing but some of these ports."""
    if rule.protocol not in (TCP, UDP) or rule.first is None:
        return False
    return all(port in ports for port in range(rule.first, (rule.last or rule.first) + 1))


def _is_icmp(rule: Rule) -> bool:
    return rule.protocol in ("icmp", "icmpv6")


def _span(rule: Rule) -> str:
    if rule.protocol == ALL:
        return "all ports"
    if rule.first is None:
        return f"all of protocol {rule.protocol}"
    return f"{rule.protocol} {rule.first}" if rule.first == rule.last else f"{rule.protocol} {rule.first}-{rule.last}"


def _count(rule: Rule) -> int:
    return max(1, len(rule.ranges) + len(rule.groups))


def _who(found: Iterable[tuple[Rule, list[str]]]) -> str:
    return ", ".join(sorted({each for _, who in found for each in who}))


def _exposed(group: SecurityGroup) -> str:
    """What makes an open group worse: it stands in the reason, not in the verdict."""
    if "is_public" in missing_fields(group):
        return ""
    return ", and a network interface with a public address has it" if group.is_public else ""


def _listed(ports: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ports)))


def _name(group: SecurityGroup) -> str:
    return f"{group.name} ({group.id})"
