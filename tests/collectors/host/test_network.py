"""Listeners and packet filters, from recorded tables of Linux 6, and answers of ss, nft 1.0.6 and iptables 1.8.9."""

from __future__ import annotations

import pytest

from collectors.host.facts import Answer, Fact
from collectors.host.iptables import parse_iptables
from collectors.host.network import (
    IP6TABLES_RULES,
    IPTABLES_RULES,
    IPV6_ADDRESSES,
    NFT_RULES,
    SOCKET_OWNERS,
    SOCKETS,
    firewall,
    listeners,
    parse_owners,
    parse_sockets,
    reach,
)
from collectors.host.nft import parse_nft
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT
from core.resource import missing_fields
from core.resources.host.network import Firewall, Listener
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TABLES = (
    "table tcp\n"
    + HEAD
    + "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1052 1 0 100 0 0 10 0\n"
    "   1: 020200C0:8542 507100CB:0050 06 00000000:00000000 03:00000E09 00000000     0        0 0 3 0\n"
    "   2: 0100007F:B3A7 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 46058 1 0 100 0 0 10 0\n"
    "table tcp6\n"
    + HEAD
    + "   0: 00000000000000000000000000000000:B3A8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 1\n"
    "   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 1\n"
    "table udp\n"
    + HEAD
    + "8218: 00000000:B3A9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 46060 2 0 0\n"
    "8219: 0200000A:0044 0100000A:0043 01 00000000:00000000 00:00000000 00000000     0        0 46061 2 0 0\n"
)
SS = (
    'udp UNCONN 0      0        0.0.0.0:45993 0.0.0.0:* users:(("python3",pid=1028,fd=5))\n'
    "tcp LISTEN 0      128      0.0.0.0:2024  0.0.0.0:*\n"
    'tcp LISTEN 0      128    127.0.0.1:45991 0.0.0.0:* users:(("nginx",pid=9,fd=3),("nginx",pid=8,fd=3),("a",pid=1,fd=1))\n'
    'tcp LISTEN 0      128            *:45992       *:* users:(("python3",pid=1028,fd=4))\n'
    'udp UNCONN 0      0      127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=7,fd=4))\n'
    "tcp LISTEN 0      0      [fe80::1%eth0]:99 [::]:*\n"
)


def test_listeners() -> None:
    host = RecordedHost({SOCKETS: TABLES, SOCKET_OWNERS: SS})
    seen = [each for each in listeners(host) if isinstance(each, Listener)]
    assert [(each.id, each.reach, each.programs) for each in seen] == [
        ("tcp 0.0.0.0:2024", "all", ()),
        ("tcp 127.0.0.1:45991", "loopback", ("a", "nginx")),
        ("tcp [::]:45992", "all", ("python3",)),
        ("tcp [::ffff:127.0.0.1]:8080", "loopback", ()),
        ("udp 0.0.0.0:45993", "all", ("python3",)),
    ]


@pytest.mark.parametrize("owners", [NEEDS_ROOT, MISSING])
def test_listeners_whose_programs_stay_hidden(owners: Answer) -> None:
    seen = list(listeners(RecordedHost({SOCKETS: TABLES, SOCKET_OWNERS: owners})))
    assert len(seen) == 5
    assert all("programs" in missing_fields(each) for each in seen)


def test_odd_addresses() -> None:
    assert ("udp", "127.0.0.53", 53) in parse_owners(SS)
    assert ("tcp", "fe80::1", 99) in parse_owners(SS)
    assert reach("192.0.2.1") == "some"


def test_garbage_is_no_empty_list() -> None:
    for text in (
        "table tcp\n 0: nonsense\n",
        "table tcp\n 0: XX:YY 0:0000 0A\n",
        "0: 00000000:07E8 00000000:0000 0A\n",
    ):
        with pytest.raises(FactError):
            parse_sockets(text)
    with pytest.raises(FactError):
        parse_owners("Cannot open netlink socket\n")


NFT = """\
table inet filter {
	set allowed {
		type ipv4_addr
		elements = { 192.0.2.1 }
	}

	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		iif "lo" accept
		tcp dport 22 counter accept comment "accept"
		log prefix "denied: " counter
	}

	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
table ip fw {
	chain INPUT {
		type filter hook input priority filter + 10; policy accept;
		tcp dport 80 accept
		log prefix "drop " level info counter reject with icmp admin-prohibited
	}
}
table ip6 open {
	chain INPUT {
		type filter hook input priority filter; policy drop;
		counter packets 5 bytes 300 accept
		drop
	}
}
table bridge b {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
}
"""


def test_nft() -> None:
    assert [(f.name, f.ipv4, f.ipv6, f.denies, f.because) for f in parse_nft(NFT)] == [
        ("inet filter input", True, True, True, "policy drop"),
        (
            "ip fw INPUT",
            True,
            False,
            True,
            'the rule "log prefix "drop " level info counter reject with icmp admin-prohibited"',
        ),
        ("ip6 open INPUT", False, True, False, 'the rule "counter packets 5 bytes 300 accept"'),
    ]
    assert list(parse_nft("")) == []
    (bare,) = parse_nft("table inet x {\n\tchain i {\n\t\ttype filter hook input priority 0;\n\t}\n}\n")
    assert (bare.denies, bare.because) == (False, "policy accept")


IPTABLES = """\
# Generated by iptables-save v1.8.9 (nf_tables)
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
COMMIT
*filter
:INPUT {policy} [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -m comment --comment "all else" -j {verdict}
COMMIT
"""


@pytest.mark.parametrize(
    ("policy", "verdict", "denies"),
    [
        ("DROP", "LOG", True),
        ("ACCEPT", "DROP", True),
        ("ACCEPT", "REJECT --reject-with icmp-port-unreachable", True),
        ("DROP", "ACCEPT", False),
    ],
)
def test_iptables(policy: str, verdict: str, denies: bool) -> None:
    (seen,) = parse_iptables(IPTABLES.format(policy=policy, verdict=verdict), ipv6=False)
    assert (seen.name, seen.ipv4, seen.ipv6, seen.denies) == ("iptables INPUT", True, False, denies)
    assert list(parse_iptables("# nothing is loaded\n", ipv6=True)) == []


def test_what_iptables_put_into_nftables_is_read_where_iptables_prints_it() -> None:
    nft = (
        "# Warning: table ip filter is managed by iptables-nft, do not touch!\ntable ip filter {\n\tchain INPUT {\n"
        '\t\ttype filter hook input priority filter; policy drop;\n\t\txt match "owner" accept\n\t}\n}\n'
    )
    absent = {IP6TABLES_RULES: MISSING}
    (seen,) = firewall(RecordedHost({**BASE, **absent, NFT_RULES: nft, IPTABLES_RULES: MISSING}))
    assert isinstance(seen, Firewall)
    assert "denies" in missing_fields(seen.filters[0])
    iptables = IPTABLES.format(policy="DROP", verdict="DROP")
    (seen,) = firewall(RecordedHost({**BASE, **absent, NFT_RULES: nft, IPTABLES_RULES: iptables}))
    assert isinstance(seen, Firewall)
    assert [(each.name, each.denies) for each in seen.filters] == [("iptables INPUT", True)]


@pytest.mark.parametrize("fact", [NFT_RULES, IPTABLES_RULES])
def test_what_is_no_ruleset_is_not_a_loaded_filter(fact: Fact) -> None:
    answers: dict[Fact, str | bytes | Answer] = dict.fromkeys((NFT_RULES, IPTABLES_RULES, IP6TABLES_RULES), MISSING)
    answers[fact] = '*filter\n-A INPUT "\n'
    (seen,) = firewall(RecordedHost({**BASE, **answers}))
    assert isinstance(seen, Firewall)
    assert list(missing_fields(seen)) == ["filters"]


BASE = {
    CONTAINMENT: "pid:[4026531836]\nuts:[4026531838]\n",
    IPV6_ADDRESSES: "fe80000 02 40 20 80 eth0\n0001 01 80 10 80 lo\n",
}


def test_a_firewall() -> None:
    ip6 = "*filter\n:INPUT DROP [0:0]\nCOMMIT\n"
    (seen,) = firewall(RecordedHost({**BASE, NFT_RULES: NFT, IPTABLES_RULES: MISSING, IP6TABLES_RULES: ip6}))
    assert isinstance(seen, Firewall)
    assert (seen.programs, len(seen.filters), seen.ipv6_in_use) == (("nft", "ip6tables"), 4, True)


def test_no_firewall_program_is_an_answer_and_no_right_is_none() -> None:
    absent = {NFT_RULES: MISSING, IPTABLES_RULES: MISSING, IP6TABLES_RULES: MISSING}
    (seen,) = firewall(RecordedHost({**BASE, **absent, IPV6_ADDRESSES: "0001 01 80 10 80 lo\n"}))
    assert isinstance(seen, Firewall)
    assert (seen.programs, seen.filters, seen.ipv6_in_use) == ((), (), False)
    (seen,) = firewall(RecordedHost({**BASE, **absent, NFT_RULES: NEEDS_ROOT}))
    assert isinstance(seen, Firewall)
    assert list(missing_fields(seen)) == ["filters"]
    (seen,) = firewall(RecordedHost({**BASE, **absent, NFT_RULES: Answer(b"x", truncated=True)}))
    assert isinstance(seen, Firewall)
    assert "cut off" in missing_fields(seen)["filters"]
