"""What an administrator loaded, and whether it keeps out a packet that nobody asked for.

The chains of ufw and firewalld have the shape that public listings of ufw 0.36 and firewalld 1.x show, shortened.
"""

from __future__ import annotations

import pytest

from collectors.host.iptables import parse_iptables
from collectors.host.nft import parse_nft
from collectors.host.packet_filter import Packet, Rule, always, maybe, unclear, walk
from core.resource import missing_fields
from core.resources.host.network import InputFilter

OPEN, CLOSED, UNCLEAR = "open", "closed", "unclear"


def verdict(seen: InputFilter) -> str:
    if "denies" in missing_fields(seen):
        return UNCLEAR
    return ",".join(("closed", *seen.open_interfaces)) if seen.denies else OPEN


UFW = """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:ufw-before-input - [0:0]
:ufw-user-input - [0:0]
:ufw-not-local - [0:0]
:ufw-reject-input - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -j ufw-user-input
-A INPUT -j ufw-reject-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
-A ufw-not-local -j DROP
-A ufw-user-input -p tcp -m tcp --dport 22 -m comment --comment "ssh -j ACCEPT" -j ACCEPT
{added}
COMMIT
"""


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("", CLOSED),
        ("-A ufw-user-input -j ACCEPT", OPEN),
        ("-A ufw-user-input -p tcp -j ACCEPT", OPEN),
        ("-A ufw-user-input -s 192.0.2.0/24 -j ACCEPT", CLOSED),
        ("-A ufw-user-input -s 0.0.0.0/1 -j ACCEPT", OPEN),
        ("-A ufw-user-input -i eth1 -j ACCEPT", "closed,eth1"),
        ("-A ufw-user-input -i wg+ -j ACCEPT", "closed,wg*"),
        ("-A ufw-user-input ! -i eth1 -j ACCEPT", OPEN),
        ("-A ufw-user-input -p tcp -m tcp --dport 1:65535 -j ACCEPT", OPEN),
        ("-A ufw-user-input -p tcp -m tcp --dport 1024: -j ACCEPT", OPEN),
        ("-A ufw-user-input -p tcp -m multiport --dports 80,443,60000:61000 -j ACCEPT", CLOSED),
        ("-A ufw-user-input -p tcp -m tcp ! --dport 22 -j ACCEPT", OPEN),
        ("-A ufw-user-input -p udp -m udp --sport 53 -j ACCEPT", OPEN),
        ("-A ufw-user-input -m conntrack --ctstate NEW -j ACCEPT", OPEN),
        ("-A ufw-user-input -m state --state NEW,ESTABLISHED -j ACCEPT", OPEN),
        ("-A ufw-user-input -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", OPEN),
        ("-A ufw-user-input -m limit --limit 10/sec -j ACCEPT", OPEN),
        ("-A ufw-user-input -d 192.0.2.7/32 -j ACCEPT", OPEN),
        ("-A ufw-user-input -d 255.255.255.255/32 -j ACCEPT", CLOSED),
        ("-A ufw-user-input -m set --match-set office src -j ACCEPT", CLOSED),
        ("-A ufw-user-input -m set ! --match-set denied src -j ACCEPT", OPEN),
        ("-A ufw-user-input -m pkttype --pkt-type broadcast -j ACCEPT", CLOSED),
        ("-A ufw-user-input -m policy --dir in --pol ipsec -j ACCEPT", CLOSED),
        ("-A ufw-user-input -m bpf --bytecode 4 -j ACCEPT", UNCLEAR),
        ("-A ufw-user-input -m bpf --bytecode 4 -j DROP", CLOSED),
        ("-A ufw-user-input -i eth1 -m bpf --bytecode 4 -j ACCEPT", UNCLEAR),
        ("-A ufw-user-input -j NFQUEUE --queue-num 0", UNCLEAR),
        ("-A ufw-user-input -m set --match-set a src -j SET --add-set b src", CLOSED),
        ("-A ufw-reject-input -j REJECT --reject-with icmp-port-unreachable", CLOSED),
        ("-A ufw-user-input -g ufw-not-local", CLOSED),
    ],
)
def test_ufw(added: str, expected: str) -> None:
    (seen,) = parse_iptables(UFW.format(added=added), ipv6=False)
    assert verdict(seen) == expected


def test_the_rule_is_named_without_its_comment() -> None:
    (seen,) = parse_iptables(
        UFW.format(added='-A ufw-user-input ! -i lo -m comment --comment "for Ann" -j ACCEPT'), ipv6=False
    )
    assert seen.because == 'the rule "! -i lo -j ACCEPT"'
    (seen,) = parse_iptables("*filter\n:INPUT QUEUE [0:0]\n", ipv6=True)
    assert verdict(seen) == UNCLEAR


FIREWALLD = """\
table inet firewalld {{
	chain filter_INPUT {{
		type filter hook input priority filter + 10; policy accept;
		ct state {{ established, related }} accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		jump filter_INPUT_ZONES
		reject with icmpx admin-prohibited
	}}

	chain filter_INPUT_ZONES {{
		iifname "eth0" goto filter_IN_public
		goto filter_IN_public
	}}

	chain filter_IN_public {{
		jump filter_IN_public_allow
		meta l4proto {{ icmp, ipv6-icmp }} accept
		{end}
	}}

	chain filter_IN_public_allow {{
		tcp dport 22 accept
		ip6 daddr fe80::/64 udp dport 546 accept
	}}
}}
"""


@pytest.mark.parametrize(
    ("end", "expected"),
    [("reject with icmpx admin-prohibited", CLOSED), ("accept", OPEN), ('log prefix "x "', CLOSED)],
)
def test_firewalld(end: str, expected: str) -> None:
    (seen,) = parse_nft(FIREWALLD.format(end=end))
    assert (verdict(seen), seen.ipv4, seen.ipv6) == (expected, True, True)


RULES = """\
table inet filter {{
	set office {{
		type ipv4_addr
		flags interval
		elements = {{ 192.0.2.0/24,
				198.51.100.7 timeout 1h expires 5m, 203.0.113.1 counter }}
	}}

	set everybody {{
		type ipv4_addr
		flags interval
		elements = {{ 0.0.0.0/1, 128.0.0.0/1 }}
	}}

	set inside {{
		type ifname
		elements = {{ "eth1", "wg0" }}
	}}

	chain input {{
		comment "of the guide"
		type filter hook input priority filter; policy drop;
		ct state vmap {{ established : accept, related : accept, invalid : drop }}
		iif lo accept
		{rule}
	}}

	chain inner {{
		tcp dport {{ 22, 80,
			443 }} accept
	}}

	chain whatever {{
		counter accept
	}}
}}
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", [CLOSED]),
        ("jump inner", [CLOSED]),
        ("jump whatever", [OPEN]),
        ("goto whatever", [OPEN]),
        ('iifname "eth1" jump whatever', ["closed,eth1"]),
        ('iifname { "eth1", "eth2" } accept', ["closed,eth1,eth2"]),
        ("iifname @inside accept", ["closed,eth1,wg0"]),
        ('iifname vmap { "lo" : accept, "eth0" : jump inner, "eth1" : goto whatever }', ["closed,eth1"]),
        ('iifname != "eth1" accept', [OPEN]),
        ('iifname . tcp dport { "eth1" . 22, "eth2" . 0-65535 } accept', ["closed,eth2"]),
        ('iifname . ip saddr vmap { "eth1" . 192.0.2.1 : accept }', [CLOSED]),
        ("ip saddr @office accept", [CLOSED]),
        ("ip saddr @everybody accept", [OPEN, CLOSED]),
        ("ip saddr 192.0.2.1-192.0.2.9 accept", [CLOSED]),
        ("ip saddr 1.0.0.0-255.255.255.255 accept", [OPEN, CLOSED]),
        ("ip saddr somewhere accept", [UNCLEAR, CLOSED]),
        ("ip daddr 192.0.2.1-192.0.2.9 accept", [OPEN, CLOSED]),
        ("ip saddr != @office accept", [OPEN, CLOSED]),
        ("ip6 saddr 2001:db8::/32 accept", [CLOSED]),
        ("meta nfproto ipv6 accept", [CLOSED, OPEN]),
        ("meta protocol ip accept", [OPEN, CLOSED]),
        ("meta l4proto { tcp, udp } accept", [OPEN]),
        ("ip protocol tcp accept", [OPEN, CLOSED]),
        ("ct state established,related,new accept", [OPEN]),
        ("ct state new tcp dport 22 accept", [CLOSED]),
        ("tcp dport 1-65535 accept", [OPEN]),
        ("udp dport != 53 accept", [OPEN]),
        ("udp sport 53 accept", [OPEN]),
        ("th sport 53 accept", [OPEN]),
        ("tcp dport ssh limit rate 10/minute burst 5 packets accept", [CLOSED]),
        ("limit rate 10/second burst 5 packets tcp dport 22 accept", [CLOSED]),
        ("limit rate 10/second accept", [OPEN]),
        ("tcp flags & (fin | syn) == syn accept", [OPEN]),
        ("tcp flags syn / fin,syn tcp dport 22 accept", [CLOSED]),
        ("update @seen { ip saddr limit rate over 5/minute } drop", [CLOSED]),
        ("fib daddr type != local drop", [CLOSED]),
        ("fib daddr type local accept", [OPEN]),
        ("fib saddr . iif oif missing drop", [CLOSED]),
        ('icmp type echo-request accept comment "accept"', [CLOSED]),
        ("meta mark & 0x000000ff == 0x00000001 accept", [CLOSED]),
        ('log prefix "accept " flags all drop', [CLOSED]),
        ("meta mark set 0x1 accept", [OPEN]),
        ("ip dscp cs1 accept", [UNCLEAR]),
        ("ip dscp cs1 drop", [CLOSED]),
        ("queue num 0", [UNCLEAR]),
        ("jump gone", [UNCLEAR]),
    ],
)
def test_nft_rules(rule: str, expected: list[str]) -> None:
    """Two verdicts are those of IPv4 and IPv6."""
    assert [verdict(seen) for seen in parse_nft(RULES.format(rule=rule))] == expected


@pytest.mark.parametrize(
    ("policy", "rule", "seen"),
    [("drop", "", [CLOSED]), ("accept", "", []), ("drop", "tcp dport 0-65535 accept", []), ("drop", "queue num 0", [])],
)
def test_a_chain_before_routing_counts_where_it_denies(policy: str, rule: str, seen: list[str]) -> None:
    text = f"table inet early {{\n\tchain p {{\n\t\ttype filter hook prerouting priority raw; policy {policy};\n\t\t{rule}\n\t}}\n}}\n"
    assert [verdict(each) for each in parse_nft(text)] == seen


def test_a_dormant_table_filters_nothing() -> None:
    assert list(parse_nft(RULES.format(rule="").replace("\tset office", "\tflags dormant\n\n\tset office"))) == []


def test_chains_that_lead_into_each_other_end() -> None:
    chains = {"a": [Rule((always,), "jump", "jump a", "a")]}
    assert walk(chains, "a", Packet(ipv6=False, protocol="tcp")) == {"unclear": "a jump to a"}


def test_a_rule_that_fits_some_packets_lets_the_next_one_decide() -> None:
    chains = {"a": [Rule((maybe,), "accept", "1"), Rule((unclear,), "accept", "2"), Rule((), "drop", "3")]}
    said = walk(chains, "a", Packet(ipv6=False, protocol="tcp"))
    assert said == {"accept": 'the rule "1"', "unclear": 'the rule "2"', "drop": 'the rule "3"'}
