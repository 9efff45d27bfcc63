"""Owners and modes of files, by one find(1) per group of folders. No content is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from collectors.host.batch import ERROR_LIMIT
from collectors.host.facts import Answer, Fact
from collectors.host.source import PERMISSIONS_HINT, FactError, Host
from core.plugins import collector
from core.resources.host.files import (
    AccountDatabase,
    BootFile,
    ContainerSocket,
    LogFile,
    PrivateKey,
    ScheduleFile,
    SudoersFile,
    WritableFiles,
)

FAILED = 1
"""How find(1) ends when it could not look at something; what that was is in its errors."""


def find_fact(name: str, arguments: str, *, seconds: int = 10, limit: int = 262_144) -> Fact:
    """A fact of find(1), as root where we may. Else it looks as who we are, and says where it may not look."""
    program = f"/usr/bin/find {arguments}"
    command = f'[ "$SUDO" != needs-root ] || SUDO=; $SUDO {program}'
    return Fact(name, command, (program,), seconds, limit)


ACCOUNT_DATABASES = find_fact(
    "account_databases",
    "-H /etc/passwd /etc/passwd- /etc/shadow /etc/shadow- /etc/group /etc/group- /etc/gshadow /etc/gshadow- "
    "/etc/security/opasswd -maxdepth 0 -ls",
)
SUDOERS_FILES = find_fact("sudoers_files", "-L /etc/sudoers /etc/sudoers.d -maxdepth 1 -ls")
SCHEDULE_FILES = find_fact(
    "schedule_files",
    "-L /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /var/spool/cron "
    "/var/spool/cron/crontabs -maxdepth 1 -ls",
)
BOOT_FILES = find_fact(
    "boot_files",
    "-H /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub2/user.cfg /boot/loader/loader.conf "
    "/boot/efi/loader/loader.conf /boot/extlinux/extlinux.conf -maxdepth 0 -ls",
)
CONTAINER_SOCKETS = find_fact(
    "container_sockets",
    "-H /run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock /run/crio/crio.sock "
    "/run/buildkit/buildkitd.sock /var/lib/lxd/unix.socket /var/snap/lxd/common/lxd/unix.socket "
    "/var/lib/incus/unix.socket -maxdepth 0 -ls",
)
LOG_FILES = find_fact("log_files", "-H /var/log -xdev -maxdepth 3 -type f -ls", limit=1_048_576)
PRIVATE_KEYS = find_fact(
    "private_keys",
    "-H /etc/ssl /etc/pki/tls /etc/letsencrypt /etc/nginx /etc/apache2 /etc/httpd /etc/haproxy /etc/postfix "
    "/etc/dovecot -xdev -maxdepth 4 -type f -ls -o -type d -ls",
    limit=1_048_576,
)
WRITABLE_FOLDERS = ("/etc", "/usr/local/bin", "/usr/local/sbin")
WRITABLE_FILES = find_fact(
    "writable_files", f"-H {' '.join(WRITABLE_FOLDERS)} -xdev -type f -perm -0002 -ls", limit=65_536
)

_LISTED = re.compile(
    r" *\d+ +\d+ (?P<mode>[-dlcbpsD][-rwxsStT]{9})[.+@]? +\d+ (?P<owner>\S+) +(?P<group>\S+) +.*?"
    r"[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d) (?P<path>/.*)"
)
_NO_SUCH_FILE = re.compile(r"\S*find: .*: No such file or directory")
_KEY_NAME = re.compile(r"(?:.*[-_.])?(?:key|privkey\d*)\.pem|.*\.key", re.IGNORECASE)
_LINK_ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `find -ls`."""

    path: str
    mode: int
    owner: str
    group: str
    type: str


def parse_mode(letters: str) -> int:
    """The twelve permission bits of `rwxr-sr-t`. Raises `ValueError` for anything else."""
    if not re.fullmatch(r"(?:[r-][w-][xsS-]){2}[r-][w-][xtT-]", letters):
        raise ValueError(f"{letters!r} is no file mode")
    bits = sum(1 << (8 - place) for place, letter in enumerate(letters) if letter in "rwxst")
    special = zip((0o4000, 0o2000, 0o1000), letters[2::3], strict=True)
    return bits | sum(bit for bit, letter in special if letter in "sStT")


def parse_listing(text: str) -> tuple[Listed, ...]:
    """The lines of `find -ls`, in which unusual characters of names are escaped. Raises `ValueError` for others."""
    return tuple(map(_parse_line, text.splitlines()))


def _parse_line(line: str) -> Listed:
    listed = _LISTED.fullmatch(line)
    if not listed:
        raise ValueError(f"{line!r:.200} is no line of find -ls")
    letters, path = listed["mode"], listed["path"]
    if letters[0] == "l":
        path = path.partition(_LINK_ARROW)[0]
    return Listed(path, parse_mode(letters[1:]), listed["owner"], listed["group"], letters[0])


def look_at(host: Host, fact: Fact) -> tuple[tuple[Listed, ...], FactError | None]:
    """What a `find_fact` saw, and why it may not be all. What does not exist is an answer, and no error.

    Raises `FactError` when find(1) did not work at all.
    """
    answer = host.answer(fact)
    if answer.status not in (0, FAILED):
        raise FactError(fact, f"{fact.name}: ended with status {answer.status}: {answer.error:.300}")
    try:
        seen = parse_listing(answer.output.decode(errors="backslashreplace"))
    except ValueError as error:
        raise FactError(fact, f"{fact.name}: {error}") from error
    whole = "-type" not in fact.command or "-type d" in fact.command
    if whole and not (seen or answer.error):  # what is there is listed, what is not is an error
        raise FactError(fact, f"{fact.name}: find said nothing about any of the files")
    return seen, _blindness(fact, answer)


def _blindness(fact: Fact, answer: Answer) -> FactError | None:
    if len(answer.error.encode()) >= ERROR_LIMIT - 1:
        return FactError(fact, f"{fact.name}: find met more errors than are kept, so we do not know what is missing")
    unseen = [line for line in answer.error.splitlines() if line and not _NO_SUCH_FILE.fullmatch(line)]
    if unseen:
        return FactError(fact, f"{fact.name}: {'; '.join(unseen):.500}", PERMISSIONS_HINT)
    if answer.status and not answer.error:
        return FactError(fact, f"{fact.name}: find failed and did not say why")
    return None


def _all(host: Host, fact: Fact) -> Iterator[Listed]:
    """Everything that was seen; then, if that may not be all, the reason why, raised."""
    seen, blindness = look_at(host, fact)
    yield from seen
    if blindness:
        raise blindness


@collector(permissions=(ACCOUNT_DATABASES,))
def account_databases(host: Host) -> Iterator[AccountDatabase]:
    """Owner and mode of the files that hold accounts, groups and password hashes."""
    for f in _all(host, ACCOUNT_DATABASES):
        yield AccountDatabase(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(SUDOERS_FILES,))
def sudoers_files(host: Host) -> Iterator[SudoersFile]:
    """Owner and mode of the files that say who may use sudo."""
    for f in _all(host, SUDOERS_FILES):
        yield SudoersFile(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(SCHEDULE_FILES,))
def schedule_files(host: Host) -> Iterator[ScheduleFile]:
    """Owner and mode of what cron runs. A folder that two searches meet is yielded twice alike, which is one thing."""
    for f in _all(host, SCHEDULE_FILES):
        yield ScheduleFile(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(BOOT_FILES,))
def boot_files(host: Host) -> Iterator[BootFile]:
    """Owner and mode of the boot loader's configuration."""
    for f in _all(host, BOOT_FILES):
        yield BootFile(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(CONTAINER_SOCKETS,))
def container_sockets(host: Host) -> Iterator[ContainerSocket]:
    """Owner and mode of the sockets of container runtimes."""
    for f in _all(host, CONTAINER_SOCKETS):
        yield ContainerSocket(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(LOG_FILES,))
def log_files(host: Host) -> Iterator[LogFile]:
    """Owner and mode of the files below /var/log, three folders deep."""
    for f in _all(host, LOG_FILES):
        yield LogFile(id=f.path, mode=f.mode, owner=f.owner, group=f.group, type=f.type)


@collector(permissions=(PRIVATE_KEYS,))
def private_keys(host: Host) -> Iterator[PrivateKey]:
    """Owner and mode of private keys of services, known by their names and folders; none is opened."""
    seen, blindness = look_at(host, PRIVATE_KEYS)
    closed = {f.path for f in seen if f.type == "d" and not f.mode & 0o001}
    for f in seen:
        if f.type == "-" and is_key(f.path):
            folders = (str(parent) for parent in PurePosixPath(f.path).parents)
            yield PrivateKey(
                id=f.path,
                mode=f.mode,
                owner=f.owner,
                group=f.group,
                type=f.type,
                closed_folder=next((folder for folder in folders if folder in closed), ""),
            )
    if blindness:
        raise blindness


def is_key(path: str) -> bool:
    """Whether a file is a private key, as far as its name and folder tell."""
    *folders, name = PurePosixPath(path).parts
    return "private" in folders or bool(_KEY_NAME.fullmatch(name))


@collector(permissions=(WRITABLE_FILES,))
def writable_files(host: Host) -> Iterator[WritableFiles]:
    """The files in folders of the system that everybody may write."""
    paths = tuple(sorted(f.path for f in _all(host, WRITABLE_FILES)))
    yield WritableFiles(id=host.name, folders=WRITABLE_FOLDERS, paths=paths)
