"""Volumes, swap, shared folders and USB storage, from /proc and /sys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.storage_layers import (
    BlockDevices,
    Mount,
    holding,
    layers,
    parse_block_devices,
    parse_mounts,
    parse_swaps,
)
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.storage import RemovableMedia, SharedFolder, Swap, Volume

MOUNTS = Fact("mounts", "cat /proc/self/mountinfo", limit=1_048_576)
# D: device, its name, its device mapper UUID and name. B: device that is below the other. F: device of a btrfs.
BLOCK_DEVICES = Fact(
    "block_devices",
    """\
[ -d /sys/dev/block ] || { echo "/sys/dev/block is not there" >&2; exit 1; }
for d in /sys/dev/block/*; do
  [ -e "$d" ] || continue
  name=$(readlink "$d"); id=${d##*/}; uuid=-; mapped=-
  [ ! -e "$d/dm" ] || { uuid=$(cat "$d/dm/uuid"); mapped=$(cat "$d/dm/name"); }
  printf 'D %s %s %s %s\\n' "$id" "${name##*/}" "${uuid:--}" "${mapped:--}"
  for s in "$d"/slaves/*; do [ ! -e "$s" ] || printf 'B %s %s\\n' "$id" "$(cat "$s/dev")"; done
  [ ! -e "$d/partition" ] || printf 'B %s %s\\n' "$id" "$(cat "$d/../dev")"
done
for s in /sys/fs/btrfs/*/devices/*; do
  [ ! -e "$s" ] || { u=${s%/devices/*}; printf 'F %s %s\\n' "${u##*/}" "$(cat "$s/dev")"; }
done
""",
)
SWAPS = Fact(
    "swaps",
    '[ -r /proc/self/mountinfo ] || { echo "/proc is not there" >&2; exit 1; }\n'
    '[ ! -e /proc/swaps ] || while read -r name type _; do printf "%s %s\\n" "$name" "$type"; done </proc/swaps',
)
SHARED_FOLDERS = Fact(
    "shared_folders",
    'for d in /tmp /var/tmp /dev/shm /home; do [ ! -d "$d" ] || printf "%s %s\\n" "$d" "$(readlink -f "$d")"; done',
)
VIRTUAL_MACHINE = Fact(
    "virtual_machine",
    """\
[ -r /proc/cpuinfo ] || exit 1
while read -r key value; do
  case $key in flags) case " $value " in *" hypervisor "*) echo hypervisor ;; esac; break ;; esac
done </proc/cpuinfo
cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/hypervisor/type 2>/dev/null || :
""",
)
REMOVABLE_MEDIA = Fact(
    "removable_media",
    """\
[ -d /sys/module ] || { echo '/sys/module is not there' >&2; exit 1; }
[ ! -d /sys/bus/usb ] || echo usb
[ ! -d /sys/module/usb_storage ] || echo loaded
dependencies=/lib/modules/$(uname -r)/modules.dep
if [ ! -e /proc/modules ]; then echo fixed
elif [ -r "$dependencies" ]; then
  while read -r name _; do case $name in */usb-storage.ko*) echo installed ;; esac; done <"$dependencies"
else echo unseen; fi
seen=/
for f in /etc/modprobe.d/*.conf /run/modprobe.d/*.conf /usr/local/lib/modprobe.d/*.conf /usr/lib/modprobe.d/*.conf \\
/lib/modprobe.d/*.conf; do
  [ -e "$f" ] || continue
  case $seen in */"${f##*/}"/*) continue ;; esac
  seen=$seen${f##*/}/
  while read -r verb name what _; do
    case $verb in blacklist|install) case $name in
      usb-storage|usb_storage|uas) printf 'rule %s %s %s\\n' "$verb" "$name" "$what" ;; esac ;; esac
  done <"$f" || exit 1
done
for p in /proc/[0-9]*; do
  name=; { read -r name <"$p/comm"; } 2>/dev/null
  [ "$name" != usbguard-daemon ] || echo usbguard
done
echo end
""",
)

IN_MEMORY = frozenset(
    (
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fuse.lxcfs",
        "fusectl",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "proc",
        "pstore",
        "ramfs",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "sysfs",
        "tmpfs",
        "tracefs",
    )
)
IMAGES = frozenset({"squashfs", "erofs", "iso9660", "udf"})
"""Read-only by their making: programs, not data of ours."""

_HYPERVISORS = re.compile(
    r"hypervisor|QEMU|KVM|VMware|VirtualBox|innotek|Xen|Amazon EC2|Google Compute|OpenStack|Parallels|Virtual Machine",
    re.IGNORECASE,
)


def _mounts(host: Host) -> tuple[Mount, ...]:
    try:
        mounts = parse_mounts(host.text(MOUNTS))
    except ValueError as error:
        raise FactError(MOUNTS, str(error)) from error
    if not mounts:
        raise FactError(MOUNTS, f"{MOUNTS.name}: nothing is mounted, not even /")
    return mounts


def _block_devices(host: Host) -> BlockDevices:
    try:
        return parse_block_devices(host.text(BLOCK_DEVICES))
    except ValueError as error:
        raise FactError(BLOCK_DEVICES, str(error)) from error


@collector(permissions=(MOUNTS, BLOCK_DEVICES, VIRTUAL_MACHINE))
def volumes(host: Host) -> Iterator[Volume]:
    """The file systems that keep data, and whether all that they write passes through dm-crypt."""
    seen: set[tuple[str, str]] = set()
    virtual = host.look(lambda: bool(_HYPERVISORS.search(host.text(VIRTUAL_MACHINE))))
    blocks = _block_devices(host)
    for mount in sorted(_mounts(host), key=lambda mount: (len(mount.point), mount.point)):
        if mount.file_system in IN_MEMORY | IMAGES or (mount.device, mount.source) in seen:
            continue
        seen.add((mount.device, mount.source))
        encrypted, kinds, names = layers(blocks, blocks.under(mount))
        yield Volume(
            id=mount.point,
            source=mount.source,
            file_system=mount.file_system,
            read_only="ro" in mount.options,
            devices=names,
            encrypted=encrypted,
            encryption=kinds,
            virtual_machine=virtual,
        )


@collector(permissions=(SWAPS, MOUNTS, BLOCK_DEVICES, VIRTUAL_MACHINE))
def swap(host: Host) -> Iterator[Swap]:
    """The swap areas in use, which hold whatever programs had in memory."""
    areas = parse_swaps(host.text(SWAPS))
    if not areas:
        return
    virtual = host.look(lambda: bool(_HYPERVISORS.search(host.text(VIRTUAL_MACHINE))))
    blocks, mounts = _block_devices(host), _mounts(host)
    for path, kind in areas.items():
        mount = holding(path, mounts) if kind == "file" else Mount("", "", (), "", path)
        encrypted, _, names = layers(blocks, blocks.under(mount) if mount else ())
        yield Swap(
            id=path,
            in_memory=path.startswith("/dev/zram"),
            encrypted=encrypted if names else unobserved(f"{path} is on no device that this host can see"),
            devices=names,
            virtual_machine=virtual,
        )


@collector(permissions=(SHARED_FOLDERS, MOUNTS))
def shared_folders(host: Host) -> Iterator[SharedFolder]:
    """The folders where everybody may put files, and what the mounts below them allow."""
    mounts = _mounts(host)
    for line in host.text(SHARED_FOLDERS).splitlines():
        folder, _, real = line.partition(" ")
        mount = holding(real, mounts)
        if mount is None:
            raise FactError(MOUNTS, f"no mount holds {folder}")
        yield SharedFolder(
            id=folder, mount_point=mount.point, file_system=mount.file_system, options=tuple(sorted(mount.options))
        )


@collector(permissions=(REMOVABLE_MEDIA,))
def removable_media(host: Host) -> Iterator[RemovableMedia]:
    """Whether the kernel has, or could load, the driver for USB storage."""
    lines = host.text(REMOVABLE_MEDIA).splitlines()
    if lines[-1:] != ["end"]:
        raise FactError(REMOVABLE_MEDIA, f"{REMOVABLE_MEDIA.name}: not all was answered")
    yield RemovableMedia(
        id=host.name,
        has_usb="usb" in lines,
        loaded="loaded" in lines,
        installed="installed" in lines
        if "unseen" not in lines
        else unobserved("the modules of the running kernel are not among the files of this system"),
        refused_by=tuple(
            dict.fromkeys(line.removeprefix("rule ").strip() for line in lines if line.startswith("rule "))
        ),
        usbguard="usbguard" in lines,
    )
