"""Files whose owner and mode matter: who may read them, and who may change what others run or trust."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_file")
class File(Resource):
    """One file; `id` is its path, unusual bytes escaped as find(1) does. `mode` holds the twelve permission bits.

    `owner` and `group` are names, or numbers where the host knows no name. `type` is the letter that ls(1) shows.
    """

    id: str
    mode: int
    owner: str
    group: str
    type: str


@resource("host_account_database")
class AccountDatabase(File):
    """A file that says who may log in: passwd, shadow, group, gshadow and the copies that tools leave beside them."""


@resource("host_sudoers_file")
class SudoersFile(File):
    """/etc/sudoers, its folder, or a file in it."""


@resource("host_schedule_file")
class ScheduleFile(File):
    """A file or folder from which cron runs commands as root or as other accounts."""


@resource("host_boot_file")
class BootFile(File):
    """A configuration of the boot loader."""


@resource("host_container_socket")
class ContainerSocket(File):
    """The socket of a container runtime: whoever may write to it can become root on the host."""


@resource("host_log_file")
class LogFile(File):
    """A file below /var/log, at most three folders deep."""


@resource("host_private_key")
class PrivateKey(File):
    """A file that, by its name or folder, holds a private key. Its content was not read.

    `closed_folder` is the nearest folder above it that others may not enter, or empty.
    """

    closed_folder: str


@resource("host_writable_files")
class WritableFiles(Resource):
    """The files that everybody may write, below `folders`."""

    id: str
    folders: tuple[str, ...]
    paths: tuple[str, ...]
