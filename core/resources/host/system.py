"""What a host is: its release, its kernel, and whether it is a machine at all or a container on one."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("host_system")
class System(Resource):
    """One host as os-release(5) and the kernel describe it.

    `identity` is the SHA-256 of /etc/machine-id, which itself should not leave the host; empty when none is set.
    `container` names the container technology, and is empty where the host has a kernel of its own.
    `hypervisor` is what the firmware calls its vendor and product, or `unnamed` for a guest of one that hides; it is
    empty on bare metal. `systemd_runs` is true when systemd is the first process.
    """

    id: str
    name: str
    distribution: str
    release: str
    codename: str
    kernel: str
    architecture: str
    identity: str
    container: str
    hypervisor: str
    first_process: str
    systemd_runs: bool
    booted_at: datetime
