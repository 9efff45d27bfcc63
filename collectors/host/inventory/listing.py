"""What an inventory comes to: names of hosts, what it says of each, and why some of them cannot be asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from core.errors import AnnexaError

MOST_HOSTS = 100_000
LARGEST_FILE = 64 * 2**20


class InventoryError(AnnexaError):
    """An inventory cannot be read, or names nobody: then nobody knows which hosts there are."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One host of an inventory: settings that differ from those of the entry, and the groups it is in.

    `problem` says why it cannot be asked in the way that the inventory demands.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    groups: tuple[str, ...] = ()
    problem: str = ""


def chosen(listings: Iterable[Listing], include: Sequence[str], exclude: Sequence[str]) -> list[Listing]:
    """Those that the patterns mean, by name or by group, in the order of their names. Raises `InventoryError`."""
    found = {
        each.name: each
        for each in listings
        if (not include or _meant(each, include)) and not (exclude and _meant(each, exclude))
    }
    if not found:
        raise InventoryError("it names no host", "see whether it is the right one, and what include and exclude leave")
    return [found[name] for name in sorted(found)]


def read_text(path: str) -> str:
    """The text of an inventory. Raises `InventoryError`."""
    file = Path(path).expanduser()
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            data = opened.read(min(size, LARGEST_FILE) + 1)  # so much memory is taken, however little there is to read
    except OSError as error:
        raise InventoryError(f"{path} cannot be read: {error.strerror}", "name another, or mend it") from error
    if size > LARGEST_FILE:
        raise InventoryError(f"{path} is no inventory: it is too large", "name another")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InventoryError(f"{path} is not UTF-8 text", "save it as UTF-8") from None


def read_list(path: str) -> Iterator[Listing]:
    """A file with one host a line, as one writes it to ssh(1): `[user@]name[:port]`. Raises `InventoryError`."""
    from collectors.host.ssh.ways import parse_jump  # noqa: PLC0415 - the same spelling; and only this reader needs it

    for number, line in enumerate(read_text(path).splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            found = parse_jump(text)
        except ValueError:
            raise InventoryError(f"line {number} of {path} is no host", "write [user@]name[:port]") from None
        said = {"user": found.user, "port": found.port} if found.user else {"port": found.port}
        settings = {name: value for name, value in said.items() if name != "port" or ":" in text.rpartition("]")[2]}
        yield Listing(found.address, settings)


def _meant(listing: Listing, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(each, pattern) for pattern in patterns for each in (listing.name, *listing.groups))
