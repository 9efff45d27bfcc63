"""The rules of iptables-save(8), for `packet_filter`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from collectors.host.packet_filter import (
    Condition,
    Rule,
    Table,
    always,
    comes_from,
    comes_in_at,
    goes_to,
    goes_to_ports,
    is_in_state,
    judge,
    maybe,
    negated,
    never,
    speaks,
    unclear,
)
from core.resources.host.network import InputFilter

VERDICTS = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return"}
GO_ON = frozenset(
    {"LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "MARK", "CONNMARK", "CT", "NOTRACK", "SET", "TCPMSS", "DSCP"}
)
"""Targets after which the next rule is asked."""
OF_TARGETS = (
    "--reject-with",
    "--log",
    "--nflog",
    "--set-",
    "--save-",
    "--restore-",
    "--add-set",
    "--del-set",
    "--clamp",
)
"""How options begin that say how a target does its work."""


def parse_iptables(text: str, *, ipv6: bool) -> Iterator[InputFilter]:
    """The INPUT chain of the filter table. No table loaded gives nothing."""
    table, loaded = "", Table()
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif table == "filter" and line.startswith(":"):
            name, policy = line[1:].split()[:2]
            loaded.chains[name] = []
            loaded.policies[name] = VERDICTS.get(policy, "unclear")
        elif table == "filter" and line.startswith("-A "):
            words = shlex.split(line)
            loaded.chains.setdefault(words[1], []).append(_rule(words[2:], loaded))
    if "INPUT" in loaded.chains:
        program = "ip6tables" if ipv6 else "iptables"
        yield from judge(loaded, "INPUT", f"{program} INPUT", (ipv6,))


def _rule(words: list[str], table: Table) -> Rule:
    """One rule. Negation is a `!` before an option; what it does stands last."""
    conditions: list[Condition] = []
    verdict, target, shown = "continue", "", list[str]()
    for opposite, option, value in _options(words):
        if option != "--comment" and value != "comment":
            shown += [*(["!"] if opposite else []), option, *([value] if value else [])]
        if option in ("-j", "-g"):
            verdict = VERDICTS.get(value, "continue" if value in GO_ON else "unclear")
            if value in table.chains:
                verdict, target = ("jump" if option == "-j" else "goto"), value
        elif not option.startswith(OF_TARGETS):
            condition = _condition(option, value, table)
            conditions.append(negated(condition) if opposite else condition)
    return Rule(tuple(conditions), verdict, " ".join(shown), target)


def _options(words: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Whether each option is negated, its name, and its values, which may be none or several."""
    found: list[tuple[bool, str, list[str]]] = []
    opposite = False
    for word in words:
        if word == "!":
            opposite = True
        elif word.startswith("-"):
            found.append((opposite, word, []))
            opposite = False
        elif found:
            found[-1][2].append(word)
    return ((negative, option, " ".join(values)) for negative, option, values in found)


def _condition(option: str, value: str, table: Table) -> Condition:
    listed = value.split(",")
    match option:
        case "-i":
            names = [name.replace("+", "*") for name in listed]
            table.interfaces.update(names)
            return comes_in_at(names)
        case "-p":
            return speaks(listed)
        case "-s":
            return comes_from(listed)
        case "-d":
            return goes_to(listed)
        case "--dport" | "--dports" | "--ports":
            return goes_to_ports(listed)
        case "--ctstate" | "--state":
            return is_in_state([state.lower() for state in listed])
        case "--dst-type":
            return always if {"LOCAL", "UNICAST"} & {*listed} else never
        case "--pkt-type":
            return always if "unicast" in listed else never
        case "--pol":
            return always if value == "none" else never
    return next((fit for names, fit in MEANINGS if option.startswith(names)), unclear)


MEANINGS: tuple[tuple[tuple[str, ...], Condition], ...] = (
    (("-m", "--comment", "--limit-burst", "--rsource", "--name", "--mask", "--seconds", "--dir"), always),
    (("--icmp", "--mac-source", "--match-set", "--mark", "--src-type", "--ctstatus", "-f", "-o"), never),
    # A source port is the sender's to choose. Limits, clocks and flags let some packets by.
    (
        (
            "--sport", "--limit", "--hashlimit", "--connlimit", "--time", "--date", "--weekdays", "--tcp-flags",
            "--syn", "--rcheck", "--update", "--set", "--hitcount", "--src-range", "--dst-range",
            "--probability", "--every",
        ),
        maybe,
    ),
)  # fmt: skip
"""How options begin that say the same whatever their values are."""
