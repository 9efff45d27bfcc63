"""Sockets that wait for others, and the packet filter that is loaded before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.system import CONTAINMENT, container
from core.plugins import collector
from core.resources.host.network import Firewall, InputFilter, Listener

# The kernel's own tables: no program is needed, and everybody may read them.
SOCKETS = Fact(
    "sockets",
    '[ -r /proc/net/tcp ] || { echo "/proc/net/tcp is not there" >&2; exit 1; }\n'
    'for t in tcp tcp6 udp udp6; do [ ! -e /proc/net/$t ] || { echo "table $t"; cat /proc/net/$t || exit 1; }; done',
    limit=8_388_608,
)
SOCKET_OWNERS = Fact(
    "socket_owners",
    "if [ -e /usr/bin/ss ]; then $SUDO /usr/bin/ss -H -lntup\n"
    "elif [ -e /usr/sbin/ss ]; then $SUDO /usr/sbin/ss -H -lntup\nelse exit 127; fi",
    ("/usr/bin/ss -H -lntup", "/usr/sbin/ss -H -lntup"),
    limit=4_194_304,
)
NFT_RULES = Fact(
    "nft_rules",
    "[ -e /usr/sbin/nft ] || exit 127\n$SUDO /usr/sbin/nft -s list ruleset",
    ("/usr/sbin/nft -s list ruleset",),
    limit=8_388_608,
)
IPTABLES_RULES = Fact(
    "iptables_rules",
    "[ -e /usr/sbin/iptables-save ] || exit 127\n$SUDO /usr/sbin/iptables-save",
    ("/usr/sbin/iptables-save",),
    limit=8_388_608,
)
IP6TABLES_RULES = Fact(
    "ip6tables_rules",
    "[ -e /usr/sbin/ip6tables-save ] || exit 127\n$SUDO /usr/sbin/ip6tables-save",
    ("/usr/sbin/ip6tables-save",),
    limit=8_388_608,
)
IPV6_ADDRESSES = Fact("ipv6_addresses", "if [ -e /proc/net/if_inet6 ]; then cat /proc/net/if_inet6; fi")

LISTENING = {"tcp": "0A", "udp": "07"}
"""States of sockets in /proc/net: TCP_LISTEN, and TCP_CLOSE, which for UDP means "not tied to a peer"."""

ALWAYS = re.compile(
    r"counter( packets \d+ bytes \d+)?|log( (prefix \"[^\"]*\"|level \w+|flags [\w ]+?|group \d+))*|comment \"[^\"]*\""
)
"""Parts of a rule of nft that do not narrow it."""


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
    for name, fact in (("nft", NFT_RULES), ("iptables", IPTABLES_RULES), ("ip6tables", IP6TABLES_RULES)):
        try:
            text = host.text(fact)
        except MissingProgramError:
            continue
        programs.append(name)
        yield from parse_nft(text) if name == "nft" else parse_iptables(text, ipv6=name == "ip6tables")


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


def parse_nft(text: str) -> Iterator[InputFilter]:
    """The base chains at the input hook of `nft -s list ruleset`.

    A chain denies when its policy is drop, or its last rule drops or rejects everything; but not when an earlier rule
    accepts everything. Chains that it jumps to are not followed.
    """
    if text.strip() and not re.search(r"^table ", text, re.MULTILINE):
        raise FactError(NFT_RULES, f"{NFT_RULES.name}: {text.strip()!r:.80} is no ruleset")
    family = table = ""
    chain: list[str] | None = None
    name = ""
    for line in map(str.strip, text.splitlines()):
        words = line.split()
        if line.startswith("table ") and len(words) > 2:  # noqa: PLR2004 - table, family, name
            family, table = words[1], words[2]
        elif line.startswith("chain ") and line.endswith("{"):
            chain, name = [], words[1]
        elif line == "}" and chain is not None:
            if chain and re.match(r"type filter hook input\b", chain[0]) and family in ("ip", "ip6", "inet"):
                yield _nft_filter(f"{family} {table} {name}", family, chain)
            chain = None
        elif chain is not None and line:
            chain.append(line)


def _nft_filter(name: str, family: str, chain: list[str]) -> InputFilter:
    policy = re.search(r"\bpolicy (\w+);", chain[0])
    bare = [" ".join(ALWAYS.sub(" ", rule).split()) for rule in chain[1:]]
    return _filter(name, family, policy[1] if policy else "accept", [rule.partition(" with ")[0] for rule in bare])


def parse_iptables(text: str, *, ipv6: bool) -> Iterator[InputFilter]:
    """The INPUT chain of the filter table of iptables-save, judged as with nft. No table loaded gives nothing."""
    table, policy, rules = "", "", list[str]()
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif table == "filter" and line.startswith(":INPUT "):
            policy = line.split()[1].lower()
        elif table == "filter" and line.startswith("-A INPUT "):
            rest = re.sub(r'-m comment --comment ("[^"]*"|\S+)', "", line.removeprefix("-A INPUT "))
            found = re.fullmatch(r"-j (ACCEPT|DROP|REJECT)( --reject-with \S+)?", rest.strip())
            rules.append(found[1].lower() if found else "narrow")
    if policy:
        program, family = ("ip6tables", "ip6") if ipv6 else ("iptables", "ip")
        yield _filter(f"{program} INPUT", family, policy, rules)


def _filter(name: str, family: str, policy: str, rules: Iterable[str]) -> InputFilter:
    """`rules` are verdicts of rules that always hold (`accept`, `drop`, `reject`), and anything else for others."""
    verdict, because = policy, f"policy {policy}"
    for rule in rules:
        if rule in ("accept", "drop", "reject"):
            verdict, because = rule, f"a rule that always does {rule}"
            break
    return InputFilter(
        name=name,
        ipv4=family in ("ip", "inet"),
        ipv6=family in ("ip6", "inet"),
        denies=verdict in ("drop", "reject"),
        because=because,
    )
