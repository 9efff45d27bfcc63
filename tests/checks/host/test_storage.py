"""Truth tables of the checks about volumes, swap, shared folders and USB storage."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import storage as checks
from core.model import Status
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.host.storage import RemovableMedia, SharedFolder, Swap, Volume
from tests.twins import population

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def volume(**changed: Any) -> Volume:
    fields: dict[str, Any] = {
        "id": "/srv",
        "source": "/dev/sda2",
        "file_system": "ext4",
        "read_only": False,
        "devices": ("sda", "sda2"),
        "encrypted": False,
        "encryption": (),
        "virtual_machine": False,
    }
    return Volume(**{**fields, **changed})


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, F),
        ({"virtual_machine": True}, U),
        ({"encrypted": True, "encryption": ("LUKS2",)}, P),
        ({"encrypted": True, "encryption": ("LUKS2",), "virtual_machine": True}, P),
        ({"id": "/boot"}, N),
        ({"id": "/boot/efi", "file_system": "vfat"}, N),
        ({"id": "/mnt", "file_system": "nfs4", "source": "files:/srv", "devices": ()}, N),
        ({"id": "/", "file_system": "overlay", "source": "overlay", "devices": ()}, U),
        ({"id": "/tank", "file_system": "zfs", "source": "tank", "devices": ()}, U),
    ],
)
def test_volumes_are_encrypted(changed: dict[str, Any], status: Status) -> None:
    verdict = checks.volumes_are_encrypted(volume(**changed))
    assert verdict.status is status
    assert volume(**changed).id in verdict.reason


def test_a_machine_that_does_not_say_what_it_is_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.volumes_are_encrypted(volume(virtual_machine=unobserved("/proc/cpuinfo cannot be read")))


@pytest.mark.parametrize(
    ("encryption", "status"),
    [((), N), (("LUKS2",), P), (("LUKS1",), F), (("PLAIN",), F), (("LUKS1", "LUKS2"), F)],
)
def test_volume_encryption_is_current(encryption: tuple[str, ...], status: Status) -> None:
    assert checks.volume_encryption_is_current(volume(encryption=encryption)).status is status


def test_the_encryption_of_a_disk_that_cannot_be_seen_is_unknown() -> None:
    assert checks.volume_encryption_is_current(volume(devices=(), file_system="overlay")).status is U
    assert checks.volume_encryption_is_current(volume(devices=(), file_system="nfs4")).status is N


def swap(path: str = "/dev/sda3", **changed: Any) -> Swap:
    fields: dict[str, Any] = {"in_memory": False, "encrypted": False, "devices": ("sda3",), "virtual_machine": False}
    return Swap(id=path, **{**fields, **changed})


@pytest.mark.parametrize(
    ("areas", "status"),
    [
        ((), P),
        ((swap("/dev/zram0", in_memory=True),), P),
        ((swap(encrypted=True),), P),
        ((swap(),), F),
        ((swap(encrypted=True), swap("/swapfile")), F),
        ((swap(virtual_machine=True),), U),
        ((swap(virtual_machine=True), swap("/swapfile")), F),
    ],
)
def test_memory_reaches_no_disk_unencrypted(areas: tuple[Swap, ...], status: Status) -> None:
    seen: Population[Swap] = population(*areas, kind=Swap.kind)
    assert checks.memory_reaches_no_disk_unencrypted(seen).status is status


def test_swap_nobody_could_look_at_is_no_absence_of_swap() -> None:
    with pytest.raises(NotObservedError):
        checks.memory_reaches_no_disk_unencrypted(population(kind=Swap.kind, missing="timed out"))


@pytest.mark.parametrize(
    ("check", "option"),
    [
        (checks.shared_folders_honour_no_setuid, "nosuid"),
        (checks.shared_folders_hold_no_devices, "nodev"),
        (checks.temporary_folders_run_no_programs, "noexec"),
    ],
)
def test_options_of_the_mount_decide(check: Any, option: str) -> None:
    good = check(SharedFolder(id="/tmp", mount_point="/tmp", file_system="tmpfs", options=("rw", option)))
    assert (good.status, good.reason) == (P, f"/tmp (tmpfs) is mounted with rw, {option}")
    bad = check(SharedFolder(id="/tmp", mount_point="/", file_system="ext4", options=("relatime", "rw")))
    assert (bad.status, bad.reason) == (F, f"/tmp lies on / (ext4) with relatime, rw, without {option}")


def test_homes_may_hold_programs() -> None:
    home = SharedFolder(id="/home", mount_point="/", file_system="ext4", options=("rw",))
    assert checks.temporary_folders_run_no_programs(home).status is N


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"has_usb": False}, N),
        ({}, F),
        ({"usbguard": True}, P),
        ({"loaded": True, "refused_by": ("install usb-storage /bin/false",)}, F),
        ({"refused_by": ("install usb-storage /bin/false",)}, P),
        ({"refused_by": ("install usb_storage /usr/bin/true",)}, P),
        ({"refused_by": ("install usb-storage /sbin/modprobe",)}, F),
        ({"refused_by": ("blacklist usb-storage",)}, F),
        ({"refused_by": ("blacklist usb-storage", "blacklist uas")}, P),
        ({"installed": False}, P),
    ],
)
def test_usb_storage_is_refused(changed: dict[str, Any], status: Status) -> None:
    fields: dict[str, Any] = {"has_usb": True, "loaded": False, "installed": True, "refused_by": (), "usbguard": False}
    assert checks.usb_storage_is_refused(RemovableMedia(id="web-1", **{**fields, **changed})).status is status
