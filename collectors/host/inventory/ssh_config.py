"""OpenSSH's own configuration of clients (ssh_config(5)): the hosts it names, and how each is reached.

The first value of an option counts, as there. `Match` is refused, but for `Match all`: what it depends on is nothing
that a file says. Commands (`ProxyCommand`) are never run.
"""

from __future__ import annotations

import glob
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from collectors.host.inventory.listing import InventoryError, Listing, read_text

DEEPEST = 16
"""Files that include files, as many as OpenSSH allows; and hosts behind hosts."""
SEVERAL = ("identityfile", "certificatefile")
"""Options of which every value counts, not only the first."""
WILD = set("*?!")


@dataclass(slots=True)
class Block:
    """Options for the hosts that some patterns mean, in the order of the file, and that `around` means if it is there:
    the block from which another file was included."""

    patterns: tuple[str, ...]
    around: Block | None = None
    options: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def means(self, name: str) -> bool:
        if self.around and not self.around.means(name):
            return False
        found = False
        for pattern in self.patterns:
            if fnmatchcase(name, pattern.removeprefix("!").replace("[", "[[]")):
                if pattern.startswith("!"):
                    return False
                found = True
        return found


class SshConfig:
    """A configuration with everything that it includes. Raises `InventoryError` for what cannot be read."""

    def __init__(self, path: str, environment: Mapping[str, str], home: Path) -> None:
        self._environment = environment
        self._home = home
        self._blocks = [Block(("*",))]
        self._read(path, None, 0)

    def names(self) -> Iterator[str]:
        """The hosts that stand there by name, not by pattern."""
        for block in self._blocks:
            yield from (pattern for pattern in block.patterns if not WILD & set(pattern))

    def listing(self, name: str) -> Listing:
        """A host with what is said about it."""
        try:
            return Listing(name, self._settings(name))
        except ValueError as error:
            return Listing(name, {}, problem=str(error))

    def _settings(self, name: str) -> dict[str, Any]:
        said = self._about(name)
        if said.get("proxycommand", ["none"])[0].lower() != "none":
            raise ValueError("it is reached through a ProxyCommand, and nothing is run here: use ProxyJump")
        settings = self._own(name, said)
        if files := said.get("userknownhostsfile"):
            settings["known_hosts"] = [
                self._filled(file, settings) for file in shlex.split(files[0]) if file.lower() != "none"
            ]
        if jumps := self._jumps(said, (name,)):
            settings["jump"] = jumps
        return settings

    def _own(self, name: str, said: Mapping[str, list[str]]) -> dict[str, Any]:
        """What belongs to a host itself, whether it is the last one or on the way."""
        settings: dict[str, Any] = {"address": said.get("hostname", [name])[0].replace("%h", name).replace("%%", "%")}
        if user := said.get("user"):
            settings["user"] = user[0]
        if port := said.get("port"):
            settings["port"] = int(port[0])
        if alias := said.get("hostkeyalias"):
            settings["known_as"] = alias[0]
        if keys := [self._filled(file, settings) for file in said.get("identityfile", ()) if file.lower() != "none"]:
            settings["key"] = keys
        if certificates := said.get("certificatefile"):
            settings["certificate"] = self._filled(certificates[0], settings)
        if said.get("identityagent", ["none"])[0].lower() != "none":
            settings["agent"] = True
        return settings

    def _jumps(self, said: Mapping[str, list[str]], before: tuple[str, ...]) -> list[dict[str, Any]]:
        """The hosts on the way, each as the configuration itself says it is reached. Raises `ValueError`."""
        from collectors.host.ssh.ways import parse_jump  # noqa: PLC0415 - only who has jumps needs it

        named = said.get("proxyjump", ["none"])[0]
        found: list[dict[str, Any]] = []
        if named.lower() == "none":
            return found
        for number, text in enumerate(named.split(",")):
            jump = parse_jump(text.strip())
            if jump.address in before or len(before) > DEEPEST:
                raise ValueError(f"the way to it leads over {jump.address} in a circle")
            about = self._about(jump.address)
            if number == 0:
                found += self._jumps(about, (*before, jump.address))
            own = self._own(jump.address, about)
            own |= {"user": jump.user} if jump.user else {}
            own |= {"port": jump.port} if re.search(r":\d+$", text) else {}
            found.append(own)
        return found

    def _about(self, name: str) -> dict[str, list[str]]:
        """The values of every option that is set for a host."""
        found: dict[str, list[str]] = {}
        for block in self._blocks:
            if block.means(name):
                for option, value in block.options:
                    if option in SEVERAL or option not in found:
                        found.setdefault(option, []).append(value)
        return found

    def _filled(self, text: str, settings: Mapping[str, Any]) -> str:
        """A path with its signs replaced. Raises `ValueError` for one that we do not know."""
        known = {
            "%": "%",
            "d": str(self._home),
            "h": str(settings["address"]),
            "r": str(settings.get("user", "")),
            "u": self._environment.get("USER", ""),
            "p": str(settings.get("port", 22)),
        }

        def sign(found: re.Match[str]) -> str:
            if found[1] not in known:
                raise ValueError(f"the sign %{found[1]} in {text:.80} is not known here")
            return known[found[1]]

        filled = re.sub(r"%(.)", sign, text)
        filled = re.sub(r"\$\{(\w+)\}", lambda found: self._environment.get(found[1], ""), filled)
        return f"{self._home}{filled[1:]}" if filled.startswith("~/") else filled

    def _read(self, path: str, around: Block | None, depth: int) -> None:
        if depth > DEEPEST:
            raise InventoryError(f"{path} is included too deeply", "mend the configuration")
        for number, line in enumerate(read_text(path).splitlines(), 1):
            option, words = _split(line, f"line {number} of {path}")
            match option:
                case "":
                    continue
                case "host":
                    self._blocks.append(Block(tuple(words), around))
                case "match" if [word.lower() for word in words] == ["all"]:
                    self._blocks.append(Block(("*",), around))
                case "match":
                    raise InventoryError(
                        f"line {number} of {path}: Match is not supported", "write Host blocks, or list the hosts here"
                    )
                case "include":
                    block = self._blocks[-1]
                    for pattern in words:
                        for file in sorted(glob.glob(self._included(pattern))):  # noqa: PTH207 - it may be absolute
                            self._blocks.append(Block(("*",), block))
                            self._read(file, block, depth + 1)
                    self._blocks.append(Block(block.patterns, block.around))
                case _:
                    value = " ".join(words) if option == "userknownhostsfile" else words[0] if words else ""
                    self._blocks[-1].options.append((option, value))

    def _included(self, pattern: str) -> str:
        if pattern.startswith("~/"):
            return f"{self._home}{pattern[1:]}"
        return pattern if os.path.isabs(pattern) else str(self._home / ".ssh" / pattern)  # noqa: PTH117 - a pattern


def read_ssh_config(path: str, wanted: list[str], environment: Mapping[str, str], home: Path) -> Iterator[Listing]:
    """The hosts that a configuration names, and those that are wanted by name. Raises `InventoryError`."""
    config = SshConfig(path, environment, home)
    named = [name for name in wanted if not WILD & set(name)]
    for name in dict.fromkeys((*config.names(), *named)):
        yield config.listing(name)


def _split(line: str, place: str) -> tuple[str, list[str]]:
    """An option in small letters, and its arguments. Raises `InventoryError`."""
    found = re.match(r"\s*(\w+)(?:\s*=\s*|\s+)(.*)", line)
    if not found or line.lstrip().startswith("#"):
        return "", []
    try:
        return found[1].lower(), shlex.split(found[2], comments=True)
    except ValueError:
        raise InventoryError(f"{place} cannot be read", "mend the line") from None
