"""Which mounts lie on which block devices, and what is between them and the disks: pure reading of what was printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

ENCRYPTING = frozenset({"LUKS1", "LUKS2", "PLAIN", "TCRYPT", "BITLK", "LOOPAES", "FVAULT2"})
"""What cryptsetup calls the kinds of dm-crypt mappings; VERITY and INTEGRITY encrypt nothing."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of /proc/self/mountinfo (proc_pid_mountinfo(5))."""

    device: str
    point: str
    options: tuple[str, ...]
    file_system: str
    source: str


@dataclass(frozen=True, slots=True)
class BlockDevices:
    """The block devices of the kernel, by `MAJOR:MINOR`, and what each lies on."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    mapper_uuids: Mapping[str, str] = field(default_factory=dict[str, str])
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    by_path: Mapping[str, str] = field(default_factory=dict[str, str])
    pools: tuple[tuple[str, ...], ...] = ()

    def under(self, mount: Mount) -> tuple[str, ...]:
        """The devices a mount lies on, empty when the kernel shows none. A btrfs may have several."""
        device = mount.device if mount.device in self.names else self.by_path.get(mount.source)
        if device is None:
            return ()
        return next((pool for pool in self.pools if device in pool), (device,))

    def encryption(self, device: str) -> tuple[bool, frozenset[str], frozenset[str]]:
        """Whether every way down passes an encrypting layer, which kinds these are, and the names on the way."""
        uuid = self.mapper_uuids.get(device, "-").split("-")
        kind = uuid[1] if len(uuid) > 1 and uuid[0] == "CRYPT" and uuid[1] in ENCRYPTING else ""
        ways = [self.encryption(lower) for lower in self.below.get(device, ())]
        names = frozenset({self.names[device]}).union(*(names for _, _, names in ways))
        kinds = frozenset({kind} if kind else ()).union(*(kinds for _, kinds, _ in ways))
        return bool(kind) or (bool(ways) and all(safe for safe, _, _ in ways)), kinds, names


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """The mounts one can see: of several on one folder, the last. Raises `ValueError` for other text."""
    visible: dict[str, Mount] = {}
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if not separator or len(fields) < 6 or len(kind) < 2:  # noqa: PLR2004 - as many as the format has
            raise ValueError(f"{line!r:.200} is no line of mountinfo")
        point = unescape(fields[4])
        visible.pop(point, None)
        visible[point] = Mount(fields[2], point, tuple(fields[5].split(",")), kind[0], unescape(kind[1]))
    return tuple(visible.values())


def parse_block_devices(text: str) -> BlockDevices:
    """What `BLOCK_DEVICES` prints. Raises `ValueError` for other text."""
    names: dict[str, str] = {}
    uuids: dict[str, str] = {}
    below: dict[str, tuple[str, ...]] = {}
    paths: dict[str, str] = {}
    pools: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        match line.split(" "):
            case ["D", device, name, uuid, mapped]:
                names[device], uuids[device] = name.replace("!", "/"), uuid
                paths[f"/dev/{name.replace('!', '/')}"] = paths[f"/dev/mapper/{mapped}"] = device
            case ["B", device, lower]:
                below[device] = (*below.get(device, ()), lower)
            case ["F", pool, device]:
                pools[pool] = (*pools.get(pool, ()), device)
            case _:
                raise ValueError(f"{line!r:.200} describes no block device")
    if unknown := {lower for lowers in (*below.values(), *pools.values()) for lower in lowers} - names.keys():
        raise ValueError(f"the devices {', '.join(sorted(unknown))} are not described")
    return BlockDevices(names, uuids, below, paths, tuple(pools.values()))


def parse_swaps(text: str) -> dict[str, str]:
    """Type (`partition` or `file`) by path, without the heading."""
    pairs = (line.partition(" ") for line in text.splitlines())
    return {unescape(path): kind for path, _, kind in pairs if path != "Filename"}


def unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


def holding(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount on which a path lies: the deepest of those above it."""
    above = [mount for mount in mounts if PurePosixPath(path).is_relative_to(mount.point)]
    return max(above, key=lambda mount: len(mount.point), default=None)


def layers(blocks: BlockDevices, devices: tuple[str, ...]) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    """Whether everything on these devices is encrypted, by what, and the names of all devices below."""
    ways = [blocks.encryption(device) for device in devices]
    kinds = frozenset[str]().union(*(kinds for _, kinds, _ in ways))
    names = frozenset[str]().union(*(names for _, _, names in ways))
    return bool(ways) and all(safe for safe, _, _ in ways), tuple(sorted(kinds)), tuple(sorted(names))
