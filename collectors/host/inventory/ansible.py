"""Inventories of Ansible, INI and YAML: groups, children, ranges, and the variables that say how to connect.

Nothing is run: an inventory that is a program, a template or a vault is said to be one. Variables of groups count where
they stand in the file; those in group_vars/ do not. What else is in the variables, secrets above all, is not looked at.
"""

from __future__ import annotations

import itertools
import re
import shlex
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from collectors.host.inventory.listing import MOST_HOSTS, InventoryError, Listing, read_text

ALL, UNGROUPED = "all", "ungrouped"
RANGE = re.compile(r"\[(\w+):(\w+)(?::(\d+))?\]")
SECTION = re.compile(r"\[([^:\]]+)(?::(\w+))?\]")
EXPORT = "write down what Ansible itself makes of it: ansible-inventory --list --yaml --output FILE"
CONNECTIONS = ("ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh")
HOST, PORT, USER = (
    ("ansible_host", "ansible_ssh_host"),
    ("ansible_port", "ansible_ssh_port"),
    ("ansible_user", "ansible_ssh_user"),
)
KEY = ("ansible_ssh_private_key_file", "ansible_private_key_file")
ARGUMENTS = ("ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_ssh_args")


@dataclass(slots=True)
class Group:
    """A group: its hosts with their own variables, its variables, and the groups inside it."""

    hosts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    children: set[str] = field(default_factory=set[str])


Groups = dict[str, Group]


def read_ansible(path: str) -> Iterator[Listing]:
    """The hosts of an inventory. Raises `InventoryError`."""
    file = Path(path).expanduser()
    if file.is_dir():
        raise InventoryError(f"{path} is a folder of inventories", EXPORT)
    text = read_text(path)
    if text.startswith("#!"):
        raise InventoryError(f"{path} is a program, and nothing is run", EXPORT)
    if text.startswith("$ANSIBLE_VAULT"):
        raise InventoryError(f"{path} is encrypted", EXPORT)
    groups = _yaml(path, text) if file.suffix in (".yml", ".yaml", ".json") else _ini(path, text)
    above = _ancestors(path, groups)
    for name, (own, inside) in _hosts(groups, above).items():
        variables: dict[str, Any] = {}
        for group in sorted(inside, key=lambda each: (len(above[each]), each)):
            variables |= groups[group].variables
        yield _listing(name, {**variables, **own}, tuple(sorted(inside - {ALL})))


def _hosts(groups: Groups, above: Mapping[str, set[str]]) -> dict[str, tuple[dict[str, Any], set[str]]]:
    """Every host with its own variables, and all groups that it is in."""
    found: dict[str, tuple[dict[str, Any], set[str]]] = {}
    for name, group in groups.items():
        for host, variables in group.hosts.items():
            own, inside = found.setdefault(host, ({}, set()))
            own.update(variables)
            inside |= {name, *above[name]}
    return found


def _ancestors(path: str, groups: Groups) -> dict[str, set[str]]:
    """All groups above each. Deeper ones have more of them. Raises `InventoryError` for a group inside itself."""
    parents: dict[str, set[str]] = {name: {ALL} if name != ALL else set() for name in groups}
    for name, group in groups.items():
        for child in group.children:
            parents.setdefault(child, {ALL}).add(name)
            if child not in groups:
                raise InventoryError(f"{path}: the group {child} is nowhere", "mend the inventory")
    above: dict[str, set[str]] = {}

    def climb(name: str, below: tuple[str, ...]) -> set[str]:
        if name in below:
            raise InventoryError(f"{path}: the group {name} is inside itself", "mend the inventory")
        if name not in above:
            above[name] = {each for parent in parents[name] for each in (parent, *climb(parent, (*below, name)))}
        return above[name]

    for name in groups:
        climb(name, ())
    return above


def _ini(path: str, text: str) -> Groups:
    groups: Groups = {ALL: Group(), UNGROUPED: Group()}
    group, part = UNGROUPED, ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if section := SECTION.fullmatch(stripped.partition("#")[0].strip()):
            group, part = section[1], section[2] or ""
            groups.setdefault(group, Group())
        elif part == "vars":
            name, _, value = stripped.partition("=")
            groups[group].variables[name.strip()] = value.strip().strip("\"'")
        elif part == "children":
            groups[group].children.add(stripped.partition("#")[0].strip())
        else:
            try:
                pattern, *words = shlex.split(stripped, comments=True)
            except ValueError:
                raise InventoryError(f"line {number} of {path} cannot be read", "mend the line") from None
            variables: dict[str, Any] = {}
            for word in words:
                name, equals, value = word.partition("=")
                if not equals:
                    raise InventoryError(f"line {number} of {path} cannot be read", "write NAME=VALUE after a host")
                variables[name] = value
            _add(path, groups[group], pattern, variables)
    return groups


class _Loader(yaml.SafeLoader):
    """Plain YAML; a tag that it does not know (`!vault`) stands for a value that it does not know."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: _Unknown())


class _Unknown:
    """A value that only Ansible can read."""


def _yaml(path: str, text: str) -> Groups:
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 - it is a safe one
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InventoryError(f"{path} is not readable as YAML", "mend the inventory") from error
    groups: Groups = {ALL: Group(), UNGROUPED: Group()}
    if not isinstance(data, dict):
        raise InventoryError(f"{path} holds no groups", "mend the inventory")
    if "_meta" in data:
        raise InventoryError(f"{path} is what a program prints", EXPORT)
    waiting = [(str(name), content) for name, content in data.items()]
    while waiting:
        name, content = waiting.pop()
        group = groups.setdefault(name, Group())
        parts = _mapping(path, name, content)
        group.variables |= _mapping(path, name, parts.get("vars"))
        for host, variables in _mapping(path, name, parts.get("hosts")).items():
            _add(path, group, str(host), _mapping(path, str(host), variables))
        for child, inside in _mapping(path, name, parts.get("children")).items():
            group.children.add(str(child))
            groups.setdefault(str(child), Group())
            if inside:
                waiting.append((str(child), inside))
    return groups


def _mapping(path: str, name: str, content: Any) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InventoryError(f"{path}: {name:.80}: expected names with what belongs to each", "mend the inventory")
    return content


def _add(path: str, group: Group, pattern: str, variables: Mapping[str, Any]) -> None:
    for name in itertools.islice(_expanded(path, pattern), MOST_HOSTS + 1):
        host, port = name, ""
        if name.count(":") == 1:
            host, _, port = name.partition(":")
        group.hosts.setdefault(host, {}).update({**({PORT[0]: port} if port else {}), **variables})
        if len(group.hosts) > MOST_HOSTS:
            raise InventoryError(f"{path} names more than {MOST_HOSTS} hosts", "mend its ranges")


def _expanded(path: str, pattern: str) -> Iterator[str]:
    """`web[01:03]` as three names; letters likewise."""
    found = RANGE.search(pattern)
    if not found:
        yield pattern
        return
    before, after = pattern[: found.start()], pattern[found.end() :]
    for each in _range(path, found):
        yield from (f"{before}{each}{rest}" for rest in _expanded(path, after))


def _range(path: str, found: re.Match[str]) -> Iterable[str]:
    first, last, step = found[1], found[2], int(found[3] or 1)
    if step and first.isdigit() and last.isdigit():
        width = len(first) if first.startswith("0") else 0
        return (f"{number:0{width}d}" for number in range(int(first), int(last) + 1, step))
    letters = string.ascii_letters
    if step and len(first) == len(last) == 1 and first in letters and last in letters:
        return letters[letters.index(first) : letters.index(last) + 1 : step]
    raise InventoryError(f"{path}: {found[0]} is no range", "write [01:20] or [a:f]")


def _listing(name: str, variables: Mapping[str, Any], groups: tuple[str, ...]) -> Listing:
    """A host with what its variables say about connecting. Others are not looked at: they may be secrets."""
    settings: dict[str, Any] = {}
    try:
        connection = _value(variables, ("ansible_connection",)) or "ssh"
        if connection not in CONNECTIONS:
            return Listing(name, {}, groups, f"it is reached by {connection:.40}, not over SSH")
        for setting, names in (("address", HOST), ("user", USER), ("key", KEY)):
            if value := _value(variables, names):
                settings[setting] = value
        if port := _value(variables, PORT):
            settings["port"] = int(port)
        words = [word for names in ARGUMENTS for word in shlex.split(_value(variables, (names,)))]
        if jumps := _jumps(words):
            settings["jump"] = jumps
    except ValueError as error:
        return Listing(name, {}, groups, str(error))
    return Listing(name, settings, groups)


def _value(variables: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these variables that is set, as text. Raises `ValueError` for one that only Ansible can read."""
    for name in names:
        value = variables.get(name)
        if isinstance(value, _Unknown) or (isinstance(value, str) and "{{" in value):
            raise ValueError(f"{name} is a template or encrypted, which only Ansible can read")
        if value is not None and value != "":
            return str(value)
    return ""


def _jumps(words: list[str]) -> list[str]:
    """The hosts to jump over that arguments of ssh(1) name. Raises `ValueError` for a command to go through."""
    found: list[str] = []
    waiting = iter(words)
    for word in waiting:
        option = next(waiting, "") if word in ("-o", "-J") else word[2:] if word.startswith(("-o", "-J")) else ""
        if word.startswith("-J"):
            option = f"ProxyJump={option}"
        name, _, value = option.replace(" ", "=", 1).partition("=")
        if name.lower() == "proxycommand" and value.lower() != "none":
            raise ValueError("it is reached through a ProxyCommand, and nothing is run here: use ProxyJump")
        if name.lower() == "proxyjump" and value.lower() != "none":
            found = value.split(",")
    return found
