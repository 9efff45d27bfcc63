"""Sockets that wait for others, and the packet filter that is loaded before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from collectors.host.facts import Fact
from collectors.host.iptables import parse_iptables
from collectors.host.kernel_modules import PROC, only_if_loaded, only_if_tables
from collectors.host.nft import parse_nft
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.system import CONTAINMENT, container
from core.plugins import collector
from core.resource import missing_fields
from core.resources.host.network import Firewall, InputFilter, Listener

# The kernel's own tables: no program is needed, and everybody may read them. Of connections we want nothing to know.
SOCKETS = Fact(
    "sockets",
    '[ -r /proc/net/tcp ] || { echo "/proc/net/tcp is not there" >&2; exit 1; }\n'
    'for t in tcp tcp6 udp udp6; do [ -e /proc/net/$t ] || continue; echo "table $t"\n'
    'grep -e " 0A " -e " 07 " /proc/net/$t || [ $? = 1 ] || exit 1; done',
    limit=8_388_608,
)
SOCKET_OWNERS = Fact(
    "socket_owners",
    f"if [ -e /usr/bin/ss ]; then $SUDO /usr/bin/env {PROC} /usr/bin/ss -H -lntup\n"
    f"elif [ -e /usr/sbin/ss ]; then $SUDO /usr/bin/env {PROC} /usr/sbin/ss -H -lntup\nelse exit 127; fi",
    (f"/usr/bin/env {PROC} /usr/bin/ss -H -lntup", f"/usr/bin/env {PROC} /usr/sbin/ss -H -lntup"),
    limit=4_194_304,
)
NFT_RULES = Fact(
    "nft_rules",
    "[ -e /usr/sbin/nft ] || exit 127\n" + only_if_loaded("nf_tables") + "$SUDO /usr/sbin/nft -s list ruleset",
    ("/usr/sbin/nft -s list ruleset",),
    limit=8_388_608,
)
IPTABLES_RULES = Fact(
    "iptables_rules",
    "[ -e /usr/sbin/iptables-save ] || exit 127\n"
    + only_if_tables("/usr/sbin/iptables-save", "ip_tables_names")
    + "$SUDO /usr/sbin/iptables-save",
    ("/usr/sbin/iptables-save",),
    limit=8_388_608,
)
IP6TABLES_RULES = Fact(
    "ip6tables_rules",
    "[ -e /usr/sbin/ip6tables-save ] || exit 127\n"
    + only_if_tables("/usr/sbin/ip6tables-save", "ip6_tables_names")
    + "$SUDO /usr/sbin/ip6tables-save",
    ("/usr/sbin/ip6tables-save",),
    limit=8_388_608,
)
IPV6_ADDRESSES = Fact("ipv6_addresses", "if [ -e /proc/net/if_inet6 ]; then cat /proc/net/if_inet6; fi")

LISTENING = {"tcp": "0A", "udp": "07"}
"""States of sockets in /proc/net: TCP_LISTEN, and TCP_CLOSE, which for UDP means "not tied to a peer"."""


@collector(permissions=(SOCKETS, SOCKET_OWNERS))
def listeners(host: Host) -> Iterator[Listener]:
    """Every listening TCP socket and every UDP socket without a peer, with the processes that hold it."""
    owners = host.look(lambda: parse_owners(host.text(SOCKET_OWNERS)))
    for protocol, address, port in parse_sockets(host.text(SOCKETS)):
        shown = f"[{address}]" if ":" in address else address
        yield Listener(
            id=f"{protocol} {shown}:{port}",
            protocol=protocol,
            address=address,
            port=port,
            reach=reach(address),
            programs=owners.get((protocol, address, port), ()) if isinstance(owners, dict) else owners,
        )


@collector(permissions=(CONTAINMENT, NFT_RULES, IPTABLES_RULES, IP6TABLES_RULES, IPV6_ADDRESSES))
def firewall(host: Host) -> Iterator[Firewall]:
    """The loaded chains that incoming packets pass, of nftables and iptables."""
    programs: list[str] = []
    filters = host.look(lambda: tuple(_filters(host, programs)))
    yield Firewall(
        id=host.name,
        container=container(host),
        programs=tuple(programs),
        filters=filters,
        ipv6_in_use=parse_ipv6(host.text(IPV6_ADDRESSES)),
    )


def _filters(host: Host, programs: list[str]) -> Iterator[InputFilter]:
    found: list[InputFilter] = []
    for name, fact in (("nft", NFT_RULES), ("iptables", IPTABLES_RULES), ("ip6tables", IP6TABLES_RULES)):
        try:
            text = host.text(fact)
        except MissingProgramError:
            continue
        programs.append(name)
        try:
            found += parse_nft(text) if name == "nft" else parse_iptables(text, ipv6=name == "ip6tables")
        except (ValueError, IndexError) as error:
            raise FactError(fact, f"{fact.name}: {error}") from error
    told = {each.name for each in found}
    for each in found:
        # What iptables put into nftables only iptables itself prints in words.
        again = {"ip filter INPUT": "iptables INPUT", "ip6 filter INPUT": "ip6tables INPUT"}.get(each.name)
        if again not in told or not missing_fields(each):
            yield each


def parse_sockets(text: str) -> list[tuple[str, str, int]]:
    """Protocol, address and port of what listens, from the kernel's tables. Raises `FactError` for a broken line."""
    found: set[tuple[str, str, int]] = set()
    table = ""
    if not text.startswith("table "):
        raise FactError(SOCKETS, f"{SOCKETS.name}: {text!r:.80} is no table of sockets")
    for line in text.splitlines():
        words = line.split()
        if line.startswith("table "):
            table = words[1][:3]
        elif words and words[0] != "sl":
            try:
                local, remote, state = words[1:4]
                address, _, port = local.partition(":")
                unbound = remote.rpartition(":")[2] == "0000"
                if state == LISTENING[table] and unbound:
                    found.add((table, _address(address), int(port, 16)))
            except (ValueError, KeyError) as error:
                raise FactError(SOCKETS, f"{SOCKETS.name}: {line!r:.80} is no socket") from error
    return sorted(found)


def _address(digits: str) -> str:
    """An address as /proc/net writes it: 32-bit words, each in the byte order of a little-endian machine."""
    raw = bytes.fromhex(digits)
    return _spelled(ip_address(b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4))))


def _spelled(address: IPv4Address | IPv6Address) -> str:
    """As ss writes it; Python itself spells IPv4 in IPv6 one way before 3.13 and another way since."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return f"::ffff:{mapped}" if mapped else str(address)


def reach(address: str) -> str:
    """`loopback`, `all` or `some`; an IPv4 address in an IPv6 socket counts as what it is."""
    place = ip_address(address)
    if isinstance(place, IPv6Address) and place.ipv4_mapped:
        place = place.ipv4_mapped
    return "loopback" if place.is_loopback else "all" if place.is_unspecified else "some"


def parse_owners(text: str) -> dict[tuple[str, str, int], tuple[str, ...]]:
    """Names of the processes behind each socket of `ss -H -lntup`; process ids change and are dropped."""
    owners: dict[tuple[str, str, int], set[str]] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) < 5:  # noqa: PLR2004 - protocol, state, two queues, local address
            raise FactError(SOCKET_OWNERS, f"{SOCKET_OWNERS.name}: {line!r:.80} is no socket")
        place, _, port = words[4].rpartition(":")
        address = place.partition("%")[0].strip("[]").partition("%")[0]
        key = (words[0], "::" if address == "*" else address, int(port))
        owners.setdefault(key, set()).update(re.findall(r'\("([^"]*)",pid=', line))
    return {key: tuple(sorted(names)) for key, names in owners.items()}


def parse_ipv6(text: str) -> bool:
    """Whether an interface other than loopback has an IPv6 address."""
    return any(line.split()[-1:] != ["lo"] for line in text.splitlines() if line.strip())
