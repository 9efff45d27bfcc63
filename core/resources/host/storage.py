"""Where a host keeps its data, and what the mounts allow."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_volume")
class Volume(Resource):
    """A file system that holds data; `id` is the folder where it is mounted (the shortest, when there are several).

    `source` is what mount(8) would show. `devices` are the block devices below it, down to the disks, as the kernel
    names them; empty when it lies on no block device this host can see. `encryption` names the kinds of dm-crypt layers
    below it (`LUKS2`, `LUKS1`, `PLAIN` …); `encrypted` means that every way down to a disk passes one.
    `virtual_machine`: the disk is a hypervisor's, so what lies below it cannot be seen from here.
    """

    id: str
    source: str
    file_system: str
    read_only: bool
    devices: tuple[str, ...]
    encrypted: bool
    encryption: tuple[str, ...]
    virtual_machine: bool


@resource("host_swap")
class Swap(Resource):
    """A swap area; `id` is its path. `in_memory` is true for zram, whose content never reaches a disk."""

    id: str
    in_memory: bool
    encrypted: bool
    devices: tuple[str, ...]
    virtual_machine: bool


@resource("host_shared_folder")
class SharedFolder(Resource):
    """A folder in which every account may put files (/tmp, /var/tmp, /dev/shm, /home), and the mount it lies on.

    `mount_point` equals `id` when the folder is a file system of its own. `options` are those of the mount.
    """

    id: str
    mount_point: str
    file_system: str
    options: tuple[str, ...]


@resource("host_removable_media")
class RemovableMedia(Resource):
    """Whether USB storage can be used. `has_usb`: the kernel runs a USB bus. `loaded`: the driver is in the kernel now.

    `installed`: the driver is there to be loaded. `refused_by` lists the modprobe.d(5) lines about it. `usbguard`:
    USBGuard's daemon runs and decides on each device.
    """

    id: str
    has_usb: bool
    loaded: bool
    installed: bool
    refused_by: tuple[str, ...]
    usbguard: bool
