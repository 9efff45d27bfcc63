"""Does the host offer only what it should, behind a filter that denies the rest?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.host.network import Firewall, InputFilter, Listener

USUAL_PORTS = ("tcp/22", "tcp/80", "tcp/443", "udp/443", "udp/68", "udp/546")
CLEAR_TEXT = {
    ("tcp", 7): "echo",
    ("tcp", 13): "daytime",
    ("tcp", 19): "chargen",
    ("udp", 19): "chargen",
    ("tcp", 21): "FTP",
    ("tcp", 23): "telnet",
    ("udp", 69): "TFTP",
    ("tcp", 79): "finger",
    ("tcp", 512): "rexec",
    ("tcp", 513): "rlogin",
    ("tcp", 514): "rsh",
    ("tcp", 873): "rsync",
}
DATABASES = {
    1433: "SQL Server",
    1521: "Oracle",
    2379: "etcd",
    3306: "MySQL",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    7000: "Cassandra",
    8086: "InfluxDB",
    9042: "Cassandra",
    9200: "Elasticsearch",
    11211: "memcached",
    27017: "MongoDB",
    33060: "MySQL",
}
X11_PORTS = range(6000, 6064)


@check(objective="what-is-not-needed-is-removed", severity=Severity.HIGH)
def listener_is_approved(listener: Listener, *, approved_ports: tuple[str, ...] = USUAL_PORTS) -> Verdict:
    """What listens beyond the host itself is approved.

    Each open port is a door; one that nobody knows of is watched and patched by nobody.

    Remediation: Stop and remove the service, bind it to 127.0.0.1, or add `tcp/PORT` to `approved_ports` once it is
    approved.
    """
    port = f"{listener.protocol}/{listener.port}"
    if listener.reach == "loopback":
        return passed(f"{listener.address} can only be reached from the host itself")
    if port in approved_ports:
        return passed(f"{port} is approved")
    return failed(f"{port} on {_where(listener)}{_by(listener)} is not approved")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def no_clear_text_service_listens(listeners: Population[Listener]) -> Verdict:
    """No service that works in clear text listens beyond the host itself.

    Passwords and data that pass through it can be read and changed by anybody on the way.

    Remediation: Replace it with SSH, SFTP or HTTPS, and remove its package.
    """
    found = [
        f"{CLEAR_TEXT[each.protocol, each.port]} ({each.protocol}/{each.port})"
        for each in _open(listeners)
        if (each.protocol, each.port) in CLEAR_TEXT
    ]
    return _verdict(found, listeners, "the port of a service in clear text")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def x11_is_not_reachable(listeners: Population[Listener]) -> Verdict:
    """The graphical display cannot be reached over the network.

    Whoever reaches an X server can watch every window and type into it.

    Remediation: Start the X server with `-nolisten tcp` (the default of today) and forward it through SSH.
    """
    found = [f"tcp/{each.port}" for each in _open(listeners) if each.protocol == "tcp" and each.port in X11_PORTS]
    return _verdict(found, listeners, "a port of X11")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def no_database_listens_on_all_addresses(listeners: Population[Listener]) -> Verdict:
    """No database listens on all addresses.

    A database is meant for few clients; on every address it meets every scanner of the internet.

    Remediation: Bind it to 127.0.0.1 or to the one private address its clients use (`listen_addresses`,
    `bind-address`, `bind`), and let only these through the firewall.
    """
    found = [
        f"{DATABASES[each.port]} (tcp/{each.port})"
        for each in _open(listeners)
        if each.protocol == "tcp" and each.port in DATABASES and each.reach == "all"
    ]
    return _verdict(found, listeners, "the port of a known database on all addresses")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def firewall_denies_ipv4_by_default(firewall: Firewall, *, trusted_interfaces: tuple[str, ...] = ()) -> Verdict:
    """The loaded packet filter drops incoming IPv4 packets that no rule accepts.

    A new service is then closed until somebody decides to open it. A rule that accepts everything from one interface
    leaves every service open to whoever is behind it; name interfaces of which that is meant in `trusted_interfaces`.

    Remediation: `apt-get install nftables`; in /etc/nftables.conf give the input chain `policy drop;` and accept rules
    for what is needed (SSH first), then `systemctl enable --now nftables`.
    """
    return _denies(firewall, "IPv4", [each for each in firewall.filters if each.ipv4], trusted_interfaces)


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def firewall_denies_ipv6_by_default(firewall: Firewall, *, trusted_interfaces: tuple[str, ...] = ()) -> Verdict:
    """The loaded packet filter drops incoming IPv6 packets that no rule accepts.

    A filter for IPv4 alone leaves every service open to whoever comes over IPv6.

    Remediation: Use a table of the family `inet`, which filters both, with `policy drop;` in its input chain.
    """
    if not firewall.ipv6_in_use:
        return not_applicable("no interface but loopback has an IPv6 address")
    return _denies(firewall, "IPv6", [each for each in firewall.filters if each.ipv6], trusted_interfaces)


def _denies(firewall: Firewall, family: str, chains: Sequence[InputFilter], trusted: tuple[str, ...]) -> Verdict:
    """Every chain at the hook must accept a packet, so one that denies is enough."""
    known = [each for each in chains if "denies" not in missing_fields(each)]
    for each in known:
        bare = [name for name in each.open_interfaces if name not in trusted]
        if each.denies and not bare:
            return passed(f"{each.name} denies {family}: {each.because}")
    for each in chains:  # reading `denies` raises for one that could not be judged
        if each.denies:
            open_ones = ", ".join(name for name in each.open_interfaces if name not in trusted)
            return failed(f"{each.name} denies {family} ({each.because}), but accepts everything on {open_ones}")
    if chains:
        return failed(f"no loaded chain for incoming {family} denies it: {'; '.join(map(_said, chains))}")
    if not firewall.programs and firewall.container:
        return not_applicable(
            f"this container ({firewall.container}) has no packet filter of its own; its host filters"
        )
    if not firewall.programs:
        return failed("neither nft nor iptables is installed, so nothing here can load a packet filter")
    return failed(f"no chain for incoming {family} is loaded (asked {', '.join(firewall.programs)})")


def _said(chain: InputFilter) -> str:
    return (
        f"{chain.name} has {chain.because}" if chain.because.startswith("policy") else f"{chain.name}, {chain.because}"
    )


def _open(listeners: Iterable[Listener]) -> list[Listener]:
    return [each for each in listeners if each.reach != "loopback"]


def _verdict(found: Sequence[str], listeners: Population[Listener], what: str) -> Verdict:
    if found:
        return failed(f"open beyond the host itself: {', '.join(found)}")
    return passed(f"none of the {len(listeners)} listeners is on {what}")


def _where(listener: Listener) -> str:
    return "all addresses" if listener.reach == "all" else listener.address


def _by(listener: Listener) -> str:
    """Who holds it, if we could see that: the verdict stands without."""
    if "programs" in missing_fields(listener) or not listener.programs:
        return ""
    return f" by {', '.join(listener.programs)}"
