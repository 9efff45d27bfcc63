"""Does the kernel refuse packets that lie about where they come from or where they should go?

How `conf/all` and the value of an interface combine differs from setting to setting; the rules are those of
the kernel's `ip-sysctl` documentation.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.kernel import KernelNetwork

LOOPBACK = "lo"


def _names(interfaces: Iterable[str]) -> str:
    """At most ten names: a host of containers has hundreds of interfaces."""
    names = list(interfaces)
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")  # noqa: PLR2004


@check(objective="systems-are-hardened", severity=Severity.LOW)
def redirects_are_not_accepted(network: KernelNetwork) -> Verdict:
    """No interface lets others change our routes by ICMP redirects over IPv4.

    Whoever sends a forged redirect can lead our traffic through his own machine.

    Remediation: Set `net.ipv4.conf.all.accept_redirects = 0` and `net.ipv4.conf.default.accept_redirects = 0` in a file
    below /etc/sysctl.d, and the same for interfaces that exist, and run `sysctl --system`.
    """
    everywhere = bool(network.ipv4_all.accept_redirects)
    # A router accepts when both say so, any other host when one does.
    accepting = [
        i.name
        for i in network.ipv4
        if i.name != LOOPBACK and (min if i.forwarding else max)(everywhere, bool(i.accept_redirects))
    ]
    observed = f"net.ipv4.conf.all.accept_redirects is {network.ipv4_all.accept_redirects}"
    if accepting:
        return failed(f"ICMP redirects are accepted on {_names(accepting)}; {observed}")
    return passed(f"no interface accepts ICMP redirects; {observed}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def ipv6_redirects_are_not_accepted(network: KernelNetwork) -> Verdict:
    """No interface lets others change our routes by ICMP redirects over IPv6.

    Whoever sends a forged redirect can lead our traffic through his own machine, also where nobody uses IPv6 on
    purpose.

    Remediation: Set `net.ipv6.conf.default.accept_redirects = 0` and the same for each interface that exists (`all`
    does not reach them) in a file below /etc/sysctl.d, and run `sysctl --system`.
    """
    judged = [i for i in network.ipv6 if i.name != LOOPBACK]
    if not judged:
        return not_applicable("IPv6 is off on every interface but the loopback")
    accepting = [i.name for i in judged if i.accept_redirects and not i.forwarding]
    if accepting:
        return failed(f"IPv6 redirects are accepted on {_names(accepting)}")
    return passed(f"no interface accepts IPv6 redirects: {_names(i.name for i in judged)}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def redirects_are_not_sent(network: KernelNetwork, *, is_router: bool = False) -> Verdict:
    """The host sends no ICMP redirects.

    Only routers send them; a host that does can be used to lead the traffic of its neighbours astray.

    Remediation: Set `net.ipv4.conf.all.send_redirects = 0` and `net.ipv4.conf.default.send_redirects = 0` in a file
    below /etc/sysctl.d, and the same for interfaces that exist, and run `sysctl --system`.
    """
    if is_router:
        return not_applicable("the host is a router, and routers send redirects")
    everywhere = network.ipv4_all.send_redirects
    able = [i.name for i in network.ipv4 if i.name != LOOPBACK and (everywhere or i.send_redirects)]
    sending = [i.name for i in network.ipv4 if i.name in able and i.forwarding]
    if sending:
        return failed(f"packets are forwarded and redirects sent on {_names(sending)}")
    if able:
        return passed(f"redirects would be sent on {_names(able)}, but only for forwarded packets, and none are")
    return passed("send_redirects is 0 everywhere")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def source_routes_are_refused(network: KernelNetwork) -> Verdict:
    """Packets that bring their own route are refused.

    Such packets go around firewalls and bring answers to forged addresses back to the attacker.

    Remediation: Set `net.ipv4.conf.all.accept_source_route = 0` and `net.ipv6.conf.default.accept_source_route = 0`,
    the latter for interfaces that exist too, in a file below /etc/sysctl.d, and run `sysctl --system`.
    """
    everywhere = network.ipv4_all.accept_source_route
    accepting = [f"{i.name} (IPv4)" for i in network.ipv4 if everywhere and i.accept_source_route]
    accepting += [f"{i.name} (IPv6)" for i in network.ipv6 if i.accept_source_route > 0]
    if accepting:
        return failed(f"source routes are accepted on {_names(accepting)}")
    return passed(f"no interface accepts source routes; net.ipv4.conf.all.accept_source_route is {everywhere}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def forged_senders_are_dropped(network: KernelNetwork) -> Verdict:
    """Packets whose sender could not be reached that way are dropped.

    The reverse path filter stops most forged source addresses at the interface, before any service sees them.

    Remediation: Set `net.ipv4.conf.all.rp_filter = 1` (2 where routes are asymmetric) in a file below /etc/sysctl.d and
    run `sysctl --system`. The higher of `all` and the interface's own value counts.
    """
    everywhere = network.ipv4_all.rp_filter
    open_to_forgery = [i.name for i in network.ipv4 if i.name != LOOPBACK and max(everywhere, i.rp_filter) == 0]
    observed = f"net.ipv4.conf.all.rp_filter is {everywhere}"
    if open_to_forgery:
        return failed(f"the reverse path is not checked on {_names(open_to_forgery)}; {observed}")
    return passed(f"every interface checks the reverse path; {observed}")


@check(objective="use-is-logged", severity=Severity.INFO)
def impossible_addresses_are_logged(network: KernelNetwork) -> Verdict:
    """Packets with impossible addresses are logged.

    They come from misconfigured or hostile neighbours, and nobody else reports them.

    Remediation: Set `net.ipv4.conf.all.log_martians = 1` in a file below /etc/sysctl.d and run `sysctl --system`.
    """
    everywhere = network.ipv4_all.log_martians
    silent = [i.name for i in network.ipv4 if i.name != LOOPBACK and not everywhere and not i.log_martians]
    if silent:
        return failed(f"impossible addresses are not logged on {_names(silent)}")
    return passed(f"impossible addresses are logged; net.ipv4.conf.all.log_martians is {everywhere}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def connection_floods_are_survived(network: KernelNetwork) -> Verdict:
    """A flood of half-open connections does not lock others out.

    SYN cookies keep a service reachable when its queue of half-open connections is full.

    Remediation: Set `net.ipv4.tcp_syncookies = 1` in a file below /etc/sysctl.d and run `sysctl --system`.
    """
    value = network.tcp_syncookies
    if value is None:
        return failed("the kernel has no SYN cookies: net.ipv4.tcp_syncookies is missing")
    return (passed if value else failed)(f"net.ipv4.tcp_syncookies is {value}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def broadcast_pings_are_ignored(network: KernelNetwork) -> Verdict:
    """Pings to a broadcast address get no answer.

    Answers from a whole network to one forged ping amplify an attack on its victim.

    Remediation: Set `net.ipv4.icmp_echo_ignore_broadcasts = 1` in a file below /etc/sysctl.d and run `sysctl --system`.
    """
    value = network.icmp_echo_ignore_broadcasts
    if value is None:
        return not_applicable("the kernel does not show net.ipv4.icmp_echo_ignore_broadcasts")
    return (passed if value else failed)(f"net.ipv4.icmp_echo_ignore_broadcasts is {value}")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def packets_are_not_forwarded(network: KernelNetwork, *, is_router: bool = False) -> Verdict:
    """The host does not forward packets between networks.

    A host with a leg in two networks that forwards joins what a firewall keeps apart.

    Remediation: Set `net.ipv4.ip_forward = 0` and `net.ipv6.conf.all.forwarding = 0` in a file below /etc/sysctl.d
    and run `sysctl --system`. For routers and hosts of containers, set `is_router: true` and filter what is
    forwarded.
    """
    if is_router:
        return not_applicable("the host is a router or a host of containers, and those forward packets")
    forwarding = [f"{i.name} (IPv4)" for i in network.ipv4 if i.forwarding and i.name != "default"]
    forwarding += [f"{i.name} (IPv6)" for i in network.ipv6 if i.forwarding]
    if forwarding:
        return failed(f"packets are forwarded on {_names(forwarding)}")
    return passed("no interface forwards packets, neither IPv4 nor IPv6")
