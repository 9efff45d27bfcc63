"""Is stored data encrypted, and do shared folders and removable media allow only what they should?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.storage import RemovableMedia, SharedFolder, Swap, Volume

BOOT_FOLDERS = ("/boot", "/boot/efi", "/efi")
NETWORK_FILE_SYSTEMS = frozenset(
    ("afs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "lustre", "nfs", "nfs4", "smb3")
)


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def volumes_are_encrypted(volume: Volume) -> Verdict:
    """Everything on the volume is encrypted before it reaches a disk.

    Whoever takes the disk, or gets it back from repair, reads all that is on it.

    Remediation: Install with LUKS encryption (the installer's guided partitioning offers it), or move the data to a
    volume made with `cryptsetup luksFormat`. For virtual machines, have the operator encrypt the disks, and keep what
    shows it.
    """
    on = f"{volume.id} ({volume.file_system})"
    if volume.id in BOOT_FOLDERS:
        return not_applicable(f"{on} holds what the machine starts with, and must be readable without a key")
    if volume.file_system in NETWORK_FILE_SYSTEMS:
        return not_applicable(f"{on} lies on another system: {volume.source} is judged there")
    if not volume.devices:
        return unknown(f"{on} lies on no disk this host can see; what is below it must show whether it is encrypted")
    devices = ", ".join(volume.devices)
    if volume.encrypted:
        return passed(f"{on} lies on {devices}, encrypted by {', '.join(volume.encryption)}")
    if volume.virtual_machine:
        return unknown(
            f"{on} lies on {devices}, not encrypted inside this virtual machine; what is below cannot be seen"
        )
    return failed(f"{on} lies on {devices} without encryption")


@check(objective="cryptography-is-strong", severity=Severity.LOW)
def volume_encryption_is_current(volume: Volume) -> Verdict:
    """The volume's encryption is LUKS2.

    LUKS1 derives its keys in a way that graphics cards guess fast; plain mappings have no protection of the key at all.

    Remediation: Convert LUKS1 with `cryptsetup convert DEVICE --type luks2` while it is closed (back up the header
    first), and then renew its key slots with `cryptsetup luksConvertKey --pbkdf argon2id DEVICE`.
    """
    if not volume.devices and volume.file_system not in NETWORK_FILE_SYSTEMS:
        return unknown(f"{volume.id} ({volume.file_system}) lies on no disk this host can see")
    if not volume.encryption:
        return not_applicable(f"{volume.id} is not encrypted on this host")
    old = [kind for kind in volume.encryption if kind != "LUKS2"]
    if old:
        return failed(f"{volume.id} is encrypted by {', '.join(old)}")
    return passed(f"{volume.id} is encrypted by LUKS2")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def memory_reaches_no_disk_unencrypted(areas: Population[Swap]) -> Verdict:
    """What programs hold in memory is not swapped to a disk unencrypted.

    Swap keeps passwords and keys on the disk that programs took care to hold in memory only.

    Remediation: Put swap on an encrypted volume, encrypt it with a random key in /etc/crypttab (option `swap`), use
    zram, or turn it off: `swapoff -a` and remove it from /etc/fstab.
    """
    on_disk = [area for area in areas if not area.in_memory]
    if not on_disk:
        return passed("nothing is swapped to a disk" + (f": {', '.join(a.id for a in areas)}" if areas else ""))
    exposed = [area for area in on_disk if not area.encrypted]
    if not exposed:
        return passed(f"swap is encrypted: {', '.join(area.id for area in on_disk)}")
    names = ", ".join(area.id for area in exposed)
    if all(area.virtual_machine for area in exposed):
        return unknown(f"swap on {names} is not encrypted inside this virtual machine; what is below cannot be seen")
    return failed(f"swap on {names} is not encrypted")


@check(objective="privilege-cannot-be-escalated", severity=Severity.LOW)
def shared_folders_honour_no_setuid(folder: SharedFolder) -> Verdict:
    """Programs in folders open to everybody cannot take on their owner's rights.

    A setuid program that an attacker leaves there, or brings on a mounted image, would give him its owner's rights.

    Remediation: Make the folder a file system of its own and mount it with `nosuid` in /etc/fstab (`systemctl edit
    tmp.mount` for a /tmp of systemd).
    """
    return _has(folder, "nosuid")


@check(objective="privilege-cannot-be-escalated", severity=Severity.LOW)
def shared_folders_hold_no_devices(folder: SharedFolder) -> Verdict:
    """Device files in folders open to everybody give no access to devices.

    A device file placed there would lead around the permissions in /dev.

    Remediation: Make the folder a file system of its own and mount it with `nodev` in /etc/fstab.
    """
    return _has(folder, "nodev")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def temporary_folders_run_no_programs(folder: SharedFolder) -> Verdict:
    """Programs cannot be started from folders for temporary files.

    That is where attacks that came through a service first put the program they want to run.

    Remediation: Make the folder a file system of its own and mount it with `noexec` in /etc/fstab. Some installers need
    another `TMPDIR` then.
    """
    if folder.id == "/home":
        return not_applicable("/home may hold programs of its users")
    return _has(folder, "noexec")


def _has(folder: SharedFolder, option: str) -> Verdict:
    where = f"{folder.id} lies on {folder.mount_point} ({folder.file_system})"
    if folder.id == folder.mount_point:
        where = f"{folder.id} ({folder.file_system}) is mounted"
    observed = f"{where} with {', '.join(folder.options)}"
    return passed(observed) if option in folder.options else failed(f"{observed}, without {option}")


@check(objective="data-leaves-only-as-allowed", severity=Severity.LOW)
def usb_storage_is_refused(media: RemovableMedia) -> Verdict:
    """USB storage cannot be used.

    Data leaves, and malicious software arrives, on the stick that somebody plugs in.

    Remediation: Put `install usb-storage /bin/false` and `blacklist usb-storage` into /etc/modprobe.d/usb-storage.conf,
    run `update-initramfs -u`, and `rmmod uas usb_storage` or reboot. Where some devices are needed, use USBGuard.
    """
    if not media.has_usb:
        return not_applicable("the kernel runs no USB bus")
    if media.usbguard:
        return passed("USBGuard runs and decides on each device")
    if media.loaded:
        return failed("the driver usb_storage is in the kernel")
    refused = {line.replace("-", "_") for line in media.refused_by}
    if any(line.startswith("install usb_storage ") and line.endswith(("/false", "/true")) for line in refused):
        return passed(f"modprobe refuses the driver: {'; '.join(media.refused_by)}")
    if {"blacklist usb_storage", "blacklist uas"} <= refused:
        return passed("no device loads the drivers usb_storage and uas by itself: both are blacklisted")
    if not media.installed:
        return passed("the running kernel has no driver for USB storage")
    return failed(f"the driver usb_storage can be loaded; modprobe's rules: {'; '.join(media.refused_by) or 'none'}")
