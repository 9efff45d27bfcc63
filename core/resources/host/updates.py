"""Updates of a host: what is known of them, what is pending, and what installs them."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class PendingUpdate(Observed):
    """One package that an upgrade would change. `installed` is empty when the upgrade would add it."""

    package: str
    installed: str
    candidate: str
    origin: str
    security: bool


@part
class PackageIndex(Observed):
    """One signed list of packages. `published` is the date its publisher wrote into it."""

    origin: str
    suite: str
    published: datetime
    security: bool


@resource("host_updates")
class Updates(Resource):
    """What the package manager knows about updates, from its own lists and without asking the network.

    `refreshed` is the newest moment that proves a refresh of the lists: none when there are no lists.
    """

    id: str
    manager: str
    indexes: tuple[PackageIndex, ...]
    refreshed: datetime | None
    pending: tuple[PendingUpdate, ...]


@resource("host_automatic_updates")
class AutomaticUpdates(Resource):
    """Whether updates install themselves: the program, its switches, and `started_by` (`systemd`, `cron` or empty)."""

    id: str
    container: str
    program: str
    refreshes_lists: bool
    installs: bool
    covers_security: bool
    started_by: str


@resource("host_reboot")
class Reboot(Resource):
    """Whether a reboot is due.

    `newest_kernel` is empty when no kernel is installed on the host's own disk, as in containers and under some
    hypervisors.
    """

    id: str
    container: str
    requested: bool
    requested_for: tuple[str, ...]
    running_kernel: str
    newest_kernel: str
    newest_is_running: bool
