"""What the collectors of storage make of recorded answers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from collectors.host import storage as module
from collectors.host.facts import Answer
from collectors.host.source import FactError
from collectors.host.storage import BLOCK_DEVICES, MOUNTS, REMOVABLE_MEDIA, SHARED_FOLDERS, SWAPS, VIRTUAL_MACHINE
from core.resource import missing_fields
from tests.twins import RecordedHost

storage: Any = module  # collectors promise resources of some kind; these tests know which

# Made after proc_pid_mountinfo(5) and cryptsetup's names, not recorded: a laptop as Debian's installer makes it: LVM on LUKS2, /boot outside; a btrfs of two disks, one of which is not
# encrypted; a container's overlay; a share.
MOUNTED = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
25 24 0:23 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw,size=24684096k
27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw,errors=remount-ro
28 27 8:1 / /boot rw,relatime - ext4 /dev/sda1 rw
29 27 0:40 /@data /srv/my\040data rw,nodev - btrfs /dev/mapper/data rw
30 27 0:41 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
31 27 0:42 / /mnt/share ro - nfs4 files:/srv rw
32 27 254:1 /var/tmp /var/tmp rw,nosuid,nodev,noexec - ext4 /dev/mapper/vg-root rw
33 27 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
34 27 0:50 / /tmp rw - tmpfs tmpfs rw
35 27 0:51 / /tmp rw,nosuid - tmpfs tmpfs rw
"""
BLOCKS = """\
D 8:0 sda - -
D 8:1 sda1 - -
B 8:1 8:0
D 8:5 sda5 - -
B 8:5 8:0
D 8:16 sdb - -
D 8:32 sdc - -
D 254:0 dm-0 CRYPT-LUKS2-0123456789abcdef-sda5_crypt sda5_crypt
B 254:0 8:5
D 254:1 dm-1 LVM-abc vg-root
B 254:1 254:0
D 254:2 dm-2 LVM-def vg-swap
B 254:2 254:0
D 254:3 dm-3 CRYPT-LUKS1-0123-data data
B 254:3 8:16
D 253:0 zram0 - -
D 104:0 cciss!c0d0 - -
F 1111-2222 254:3
F 1111-2222 8:32
"""
PHYSICAL = "LENOVO\n20XW\n"


def machine(**changed: str | Answer) -> RecordedHost:
    facts = {
        "MOUNTS": MOUNTED,
        "BLOCK_DEVICES": BLOCKS,
        "VIRTUAL_MACHINE": PHYSICAL,
        "SWAPS": "Filename Type\n",
        "SHARED_FOLDERS": "",
        "REMOVABLE_MEDIA": "",
    }
    return RecordedHost({getattr(storage, name): answer for name, answer in {**facts, **changed}.items()})


def test_volumes_and_what_lies_below_them() -> None:
    seen = {v.id: v for v in storage.volumes(machine())}
    assert list(seen) == ["/", "/boot", "/mnt/share", "/srv/my data", "/var/lib/docker/overlay2/x/merged"]
    root = seen["/"]
    assert (root.encrypted, root.encryption, root.devices) == (True, ("LUKS2",), ("dm-0", "dm-1", "sda", "sda5"))
    assert (root.virtual_machine, root.read_only, root.source) == (False, False, "/dev/mapper/vg-root")
    assert (seen["/boot"].encrypted, seen["/boot"].devices) == (False, ("sda", "sda1"))
    assert seen["/mnt/share"].read_only
    assert seen["/mnt/share"].devices == ()
    assert (seen["/var/lib/docker/overlay2/x/merged"].encrypted, seen["/var/lib/docker/overlay2/x/merged"].devices) == (
        False,
        (),
    )


def test_one_bare_disk_lays_a_whole_btrfs_bare() -> None:
    data = {v.id: v for v in storage.volumes(machine())}["/srv/my data"]
    assert (data.encrypted, data.encryption, data.devices) == (False, ("LUKS1",), ("dm-3", "sdb", "sdc"))


def test_verity_encrypts_nothing() -> None:
    blocks = BLOCKS.replace("CRYPT-LUKS2", "CRYPT-VERITY")
    assert not {v.id: v for v in storage.volumes(machine(BLOCK_DEVICES=blocks))}["/"].encrypted


@pytest.mark.parametrize(
    ("text", "virtual"),
    [
        ("hypervisor\n", True),
        ("QEMU\nStandard PC\n", True),
        ("Amazon EC2\nm6g.large\n", True),
        ("", False),
        (PHYSICAL, False),
    ],
)
def test_virtual_machines(text: str, virtual: bool) -> None:
    assert {v.virtual_machine for v in storage.volumes(machine(VIRTUAL_MACHINE=text))} == {virtual}


def test_a_machine_that_cannot_be_known_costs_one_field() -> None:
    for volume in storage.volumes(machine(VIRTUAL_MACHINE=Answer(b"", "", 1))):
        assert set(missing_fields(volume)) == {"virtual_machine"}


@pytest.mark.parametrize(
    "changed",
    [
        {"MOUNTS": "garbage\n"},
        {"MOUNTS": Answer(b"", "cat: Permission denied", 1)},
        {"MOUNTS": Answer(MOUNTED.encode(), truncated=True)},
        {"BLOCK_DEVICES": "Q 1\n"},
        {"BLOCK_DEVICES": "D 8:1 sda1 - -\nB 8:1 8:0\n"},
        {"BLOCK_DEVICES": Answer(b"", "", 1)},
    ],
)
def test_volumes_nobody_could_see_are_a_failure_to_look(changed: dict[str, str | Answer]) -> None:
    with pytest.raises(FactError):
        list(storage.volumes(machine(**changed)))


def test_swap() -> None:
    text = (
        "Filename Type\n/dev/zram0 partition\n/dev/dm-2 partition\n/swap\\040file file\n/srv/my\\040data/s file\n"
        "/dev/sda9 partition\n"
    )
    seen = {area.id: area for area in storage.swap(machine(SWAPS=text))}
    assert seen["/dev/zram0"].in_memory
    assert (seen["/dev/dm-2"].encrypted, seen["/dev/dm-2"].in_memory) == (True, False)
    assert (seen["/swap file"].encrypted, seen["/swap file"].devices) == (True, ("dm-0", "dm-1", "sda", "sda5"))
    assert not seen["/srv/my data/s"].encrypted
    assert set(missing_fields(seen["/dev/sda9"])) == {"encrypted"}
    assert list(storage.swap(machine())) == list(storage.swap(machine(SWAPS=""))) == []


def test_swap_on_no_mount_we_see_is_not_judged() -> None:
    (area,) = storage.swap(machine(SWAPS="/swapfile file\n", MOUNTS="22 27 0:21 / /proc rw - proc proc rw\n"))
    assert set(missing_fields(area)) == {"encrypted"}


def test_shared_folders_and_the_mounts_they_lie_on() -> None:
    text = "/tmp /tmp\n/var/tmp /var/tmp\n/dev/shm /dev/shm\n/home /srv/my data\n"
    seen = {f.id: f for f in storage.shared_folders(machine(SHARED_FOLDERS=text))}
    assert (seen["/tmp"].mount_point, seen["/tmp"].options) == ("/tmp", ("nosuid", "rw"))
    assert (seen["/var/tmp"].mount_point, seen["/var/tmp"].options) == ("/var/tmp", ("nodev", "noexec", "nosuid", "rw"))
    assert (seen["/home"].mount_point, seen["/home"].file_system) == ("/srv/my data", "btrfs")
    for mounts, reason in (("", "nothing is mounted"), ("1 1 8:1 / /srv rw - ext4 a rw\n", "no mount holds /tmp")):
        with pytest.raises(FactError, match=reason):
            list(storage.shared_folders(machine(SHARED_FOLDERS=text, MOUNTS=mounts)))


def test_usb_storage() -> None:
    text = "usb\ninstalled\nrule install usb-storage /bin/false\nrule blacklist uas \nrule blacklist uas \nend\n"
    (seen,) = storage.removable_media(machine(REMOVABLE_MEDIA=text))
    assert (seen.has_usb, seen.loaded, seen.installed, seen.usbguard) == (True, False, True, False)
    assert seen.refused_by == ("install usb-storage /bin/false", "blacklist uas")
    (bare,) = storage.removable_media(machine(REMOVABLE_MEDIA="usb\nloaded\nfixed\nusbguard\nend\n"))
    assert (bare.loaded, bare.installed, bare.usbguard) == (True, False, True)
    (container,) = storage.removable_media(machine(REMOVABLE_MEDIA="usb\nunseen\nend\n"))
    assert set(missing_fields(container)) == {"installed"}
    with pytest.raises(FactError, match="not all was answered"):
        list(storage.removable_media(machine(REMOVABLE_MEDIA="usb\n")))


def test_rules_of_modprobe_in_a_file_that_another_hides_do_not_count(tmp_path: Path) -> None:
    for path, rule in (
        ("etc/modprobe.d/usb.conf", "# nothing"),
        ("usr/lib/modprobe.d/usb.conf", "install usb-storage /bin/false"),
        ("usr/lib/modprobe.d/b.conf", "blacklist uas"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(rule + "\n")
    command = re.sub(r"(?<!\S)/(?=\S*/modprobe\.d/|lib/modprobe\.d/)", f"{tmp_path}/", REMOVABLE_MEDIA.command)
    command = command.replace("[ -d /sys/module ]", "true")  # which a container may lack
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert [line for line in said.splitlines() if line.startswith("rule")] == ["rule blacklist uas "]


@pytest.mark.parametrize("fact", [BLOCK_DEVICES, MOUNTS, REMOVABLE_MEDIA, SHARED_FOLDERS, SWAPS, VIRTUAL_MACHINE])
def test_the_commands_are_understood_by_a_posix_shell(fact: object) -> None:
    subprocess.run(["sh", "-n", "-c", fact.command], check=True)  # type: ignore[attr-defined] # a Fact
