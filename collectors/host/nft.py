"""The loaded rules that `nft -s list ruleset` prints, for `packet_filter`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from collectors.host.packet_filter import (
    Condition,
    Fit,
    Rule,
    Table,
    always,
    comes_from,
    comes_in_at,
    goes_to,
    goes_to_ports,
    is_in_state,
    is_of,
    judge,
    maybe,
    negated,
    never,
    speaks,
    unclear,
)
from core.resource import missing_fields
from core.resources.host.network import InputFilter

Values = Sequence[str]
FAMILIES = {"ip": (False,), "ip6": (True,), "inet": (False, True)}
OF_ELEMENT = re.compile(r"\s(timeout|expires|counter|limit|comment)\b.*")
"""What nft writes behind an element of a set."""
BLOCKS = ("table", "chain", "set", "map", "flowtable", "counter", "quota", "limit", "ct", "synproxy", "secmark")
WORD = re.compile(r'\{[^{}]*\}|"[^"]*"|\([^()]*\)|[^\s{}]+')
VERDICTS = {"accept": "accept", "drop": "drop", "reject": "drop", "return": "return", "continue": "continue"}
STATEMENTS = re.compile(
    r"\bcounter( packets \d+ bytes \d+| name \S+)?|\blog( (prefix \"[^\"]*\"|level \w+|flags [\w, ]+?|group \d+|"
    r"snaplen \d+|queue-threshold \d+))*(?= |$)|\bcomment \"[^\"]*\"|\b"
    r"(meta|ct) (mark|priority|nftrace) set \S+|\bnotrack\b"
)
"""What a rule does beside its verdict."""
OF_LIMIT = re.compile(r"rate|over|burst|name|\"[^\"]*\"|packets|[km]?bytes|\d+|\S*/\S*")
"""Words about how much a limit lets by."""


def _some_ports(_: Values) -> Condition:
    return maybe  # a source port is the sender's to choose


def _holds_one_of(*names: str) -> Callable[[Values], Condition]:
    return lambda values: always if {*names} & {*values} else never


def _fixed(condition: Condition) -> Callable[[Values], Condition]:
    return lambda _: condition


SELECTORS: dict[str, Callable[[Values], Condition]] = {
    "meta iifname": comes_in_at,
    "iifname": comes_in_at,
    "iif": comes_in_at,
    "meta l4proto": speaks,
    "ip protocol": speaks,
    "ip6 nexthdr": speaks,
    "meta nfproto": is_of,
    "meta protocol": lambda values: is_of([{"ip": "ipv4", "ip6": "ipv6"}.get(value, value) for value in values]),
    "ip saddr": comes_from,
    "ip6 saddr": comes_from,
    "ip daddr": goes_to,
    "ip6 daddr": goes_to,
    "tcp dport": goes_to_ports,
    "udp dport": goes_to_ports,
    "th dport": goes_to_ports,
    "tcp sport": _some_ports,
    "udp sport": _some_ports,
    "th sport": _some_ports,
    "tcp flags": _fixed(maybe),
    "ct state": is_in_state,
    "ct direction": _holds_one_of("original"),
    "ct status": _fixed(never),
    "ct mark": _fixed(never),
    "meta mark": _fixed(never),
    "mark": _fixed(never),
    "meta pkttype": _holds_one_of("host", "unicast"),
    "pkttype": _holds_one_of("host", "unicast"),
    "fib daddr type": _holds_one_of("local"),
    "fib saddr type": _holds_one_of("unicast"),
    "fib daddr . iif type": _holds_one_of("local"),
    "fib saddr . iif oif": _fixed(never),
    "fib saddr . mark . iif oif": _fixed(never),
    "icmp type": _fixed(never),
    "icmp code": _fixed(never),
    "icmpv6 type": _fixed(never),
    "icmpv6 code": _fixed(never),
    "ether saddr": _fixed(never),
    "limit": _fixed(maybe),
    "add": _fixed(maybe),
    "update": _fixed(maybe),
    "meta hour": _fixed(maybe),
    "meta day": _fixed(maybe),
    "meta time": _fixed(maybe),
}
"""What a rule can ask about a packet, by the words that nft writes for it."""
IMPLIED = {
    "ip": is_of(("ipv4",)),
    "ip6": is_of(("ipv6",)),
    "icmp": never,
    "icmpv6": never,
    "tcp": speaks(("tcp",)),
    "udp": speaks(("udp",)),
}
"""What the first of these words asks too, negated or not: `udp dport != 53` is about UDP alone."""


def parse_nft(text: str) -> Iterator[InputFilter]:
    """The base chains at the input hook, and those before routing that deny, each with the chains that it leads to.

    Raises `ValueError` for what is no ruleset.
    """
    if text.strip() and not re.search(r"^table ", text, re.MULTILINE):
        raise ValueError(f"{text.strip()!r:.80} is no ruleset")
    for head, body in _blocks(text.splitlines()):
        if head[0] == "table":
            yield from _table(head[1], head[2], body)


def _table(family: str, name: str, lines: list[str]) -> Iterator[InputFilter]:
    blocks = [(head, _joined(body)) for head, body in _blocks(lines)]
    if any(re.match(r"flags\b.*\bdormant\b", line.strip()) for line in lines):
        return  # the kernel keeps its rules and asks none of them
    sets = {head[1]: _elements(body) for head, body in blocks if head[0] in ("set", "map")}
    table, early = Table(), set[str]()
    for head, body in blocks:
        if head[0] == "chain":
            table.chains[head[1]] = [rule for line in body for rule in _rules(line, sets, table)]
            hook = next((line for line in body if line.startswith("type ")), "")  # a comment may stand before it
            found = re.match(r"type filter hook (input|prerouting) ", hook)
            if found and family in FAMILIES:
                policy = re.search(r"\bpolicy (\w+);", hook)
                table.policies[head[1]] = policy[1] if policy else "accept"
                if found[1] == "prerouting":
                    early.add(head[1])
    for chain in table.policies:
        for each in judge(table, chain, f"{family} {name} {chain}", FAMILIES[family]):
            # A chain before routing is for what passes through as well: it counts only where it denies.
            if chain not in early or ("denies" not in missing_fields(each) and each.denies):
                yield each


def _blocks(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The head of each block (`table inet filter`) with the lines inside, inner blocks included."""
    head, body, depth = list[str](), list[str](), 0
    for line in map(str.strip, lines):
        opens = line.endswith("{") and line.split()[0] in BLOCKS
        if depth:
            depth += opens - (line == "}")
            body.append(line)
        elif opens:
            head, body, depth = [*line.split(), ""], [], 1
        if head and not depth:
            yield head, body[:-1]
            head = []


def _joined(lines: list[str]) -> list[str]:
    """Lines with those after them on which a set in braces goes on."""
    joined: list[str] = []
    for line in filter(None, lines):
        if joined and joined[-1].count("{") > joined[-1].count("}"):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _elements(lines: list[str]) -> list[str]:
    return next((_values(line.partition("=")[2].strip()) for line in lines if line.startswith("elements")), [])


def _values(word: str) -> list[str]:
    """What a value, or a set in braces, holds."""
    values = (OF_ELEMENT.sub("", value).strip().replace('"', "") for value in word.strip("{}").split(","))
    return [value for value in values if value]


def _rules(line: str, sets: dict[str, list[str]], table: Table) -> Iterator[Rule]:
    """A rule of one line; a map of verdicts counts as one rule for each of its keys."""
    if line.startswith(("type ", "comment ", "policy ")):
        return
    bare = " ".join(STATEMENTS.sub(" ", line).split())
    shown = " ".join(re.sub(r'comment "[^"]*"', "", line).split())
    conditions: list[Condition] = []
    words = WORD.findall(bare)
    while words:
        if words[0] in VERDICTS:
            yield Rule(tuple(conditions), VERDICTS[words[0]], shown)
            return
        if words[0] in ("jump", "goto") and len(words) > 1:
            yield Rule(tuple(conditions), words[0], shown, words[1])
            return
        names, selectors, words = _selectors(words)
        opposite = words[:1] == ["!="]
        words = words[1:] if words[:1] in (["!="], ["=="]) else words
        if not selectors:
            ends = [word for word in words if word in VERDICTS or word in ("jump", "goto")]
            verdict = VERDICTS.get(ends[-1], "unclear") if ends else "unclear"
            yield Rule((*conditions, unclear), verdict, shown)
            return
        conditions += [IMPLIED[name.split()[0]] for name in names if name.split()[0] in IMPLIED]
        if words[:1] == ["vmap"]:
            for key, _, verdict in (value.partition(" : ") for value in _listed(words[1:2], sets)):
                fits = _fitting(names, selectors, [key], table)
                does, _, target = verdict.strip().partition(" ")
                yield Rule((*conditions, fits), VERDICTS.get(does, does), shown, target)
            words = words[2:]
            continue
        taken, words = _operand(names, words)
        fits = _fitting(names, selectors, _listed(taken, sets), table)
        conditions.append(negated(fits) if opposite else fits)


def _selectors(words: list[str]) -> tuple[list[str], list[Callable[[Values], Condition]], list[str]]:
    """What is asked about the packet, several things joined by dots; nothing where we do not know the words."""
    names: list[str] = []
    while True:
        name = next((" ".join(words[:n]) for n in range(8, 0, -1) if " ".join(words[:n]) in SELECTORS), "")
        if not name:
            return names, [], words
        names.append(name)
        words = words[name.count(" ") + 1 :]
        if words[:1] != ["."]:
            return names, [SELECTORS[name] for name in names], words
        words = words[1:]


def _operand(names: list[str], words: list[str]) -> tuple[list[str], list[str]]:
    """The words that what is asked is compared with, and those after them."""
    length = 1
    if names == ["limit"]:
        length = next((n for n, word in enumerate(words) if not OF_LIMIT.fullmatch(word)), len(words))
    elif names in (["add"], ["update"]):  # @set { what is added }
        length = 2
    elif words[:1] == ["&"]:  # & mask == value
        length = 4
    elif words[1:2] == ["/"]:  # value / mask
        length = 3
    return words[:length], words[length:]


def _listed(words: list[str], sets: dict[str, list[str]]) -> list[str]:
    return [value for word in words for value in (sets.get(word[1:], []) if word.startswith("@") else _values(word))]


def _fitting(
    names: list[str], selectors: list[Callable[[Values], Condition]], values: list[str], table: Table
) -> Condition:
    """Whether the packet is among the values: of things joined by dots all must fit, of values any."""
    rows = [value.split(" . ") if len(selectors) > 1 else [value] for value in values]
    for name, column in zip(names, zip(*rows, strict=False), strict=False):
        if name.endswith(("iifname", "iif")):
            table.interfaces.update(column)
    if len(selectors) == 1:
        return selectors[0](values)
    each = [[selector([value]) for selector, value in zip(selectors, row, strict=False)] for row in rows]
    return lambda packet: max((min(fit(packet) for fit in row) for row in each), default=Fit.NEVER)
