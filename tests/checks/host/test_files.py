"""Truth tables of the checks about owners and modes of files."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest

from checks.host import files as checks
from core.model import Status
from core.resources.host.files import (
    AccountDatabase,
    BootFile,
    ContainerSocket,
    File,
    LogFile,
    PrivateKey,
    ScheduleFile,
    SudoersFile,
    WritableFiles,
)

P, F, N = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
Kind = TypeVar("Kind", bound=File)


def made(kind: type[Kind], path: str, mode: int, owner: str = "root:root", letter: str = "-", **more: str) -> Kind:
    user, _, group = owner.partition(":")
    return kind(id=path, mode=mode, owner=user, group=group, type=letter, **more)


@pytest.mark.parametrize(
    ("check", "file", "status"),
    [
        (checks.account_databases_are_changed_only_by_root, made(AccountDatabase, "/etc/passwd", 0o644), P),
        (checks.account_databases_are_changed_only_by_root, made(AccountDatabase, "/etc/passwd", 0o646), F),
        (
            checks.account_databases_are_changed_only_by_root,
            made(AccountDatabase, "/etc/passwd", 0o664, "root:staff"),
            F,
        ),
        (checks.account_databases_are_changed_only_by_root, made(AccountDatabase, "/etc/passwd", 0o644, "bob:root"), F),
        (checks.account_databases_are_changed_only_by_root, made(AccountDatabase, "/etc/passwd", 0o777, letter="l"), N),
        (checks.password_hashes_are_hidden, made(AccountDatabase, "/etc/passwd", 0o644), N),
        (checks.password_hashes_are_hidden, made(AccountDatabase, "/etc/shadow", 0o640, "root:shadow"), P),
        (checks.password_hashes_are_hidden, made(AccountDatabase, "/etc/shadow", 0o000), P),
        (checks.password_hashes_are_hidden, made(AccountDatabase, "/etc/gshadow-", 0o644, "root:shadow"), F),
        (checks.password_hashes_are_hidden, made(AccountDatabase, "/etc/security/opasswd", 0o640, "root:staff"), F),
        (checks.sudo_rules_are_changed_only_by_root, made(SudoersFile, "/etc/sudoers", 0o440), P),
        (checks.sudo_rules_are_changed_only_by_root, made(SudoersFile, "/etc/sudoers", 0o444), F),
        (checks.sudo_rules_are_changed_only_by_root, made(SudoersFile, "/etc/sudoers.d", 0o755, letter="d"), P),
        (checks.sudo_rules_are_changed_only_by_root, made(SudoersFile, "/etc/sudoers.d/x", 0o460, "root:admin"), F),
        (checks.schedules_are_changed_only_by_root, made(ScheduleFile, "/etc/cron.d/backup", 0o644), P),
        (checks.schedules_are_changed_only_by_root, made(ScheduleFile, "/etc/cron.d/backup", 0o666), F),
        (checks.schedules_are_changed_only_by_root, made(ScheduleFile, "/etc/cron.d/gone", 0o777, letter="l"), N),
        (
            checks.schedules_are_changed_only_by_root,
            made(ScheduleFile, "/var/spool/cron/crontabs", 0o1730, "root:crontab", "d"),
            P,
        ),
        (
            checks.schedules_are_changed_only_by_root,
            made(ScheduleFile, "/var/spool/cron/crontabs/bob", 0o600, "bob:crontab"),
            P,
        ),
        (
            checks.schedules_are_changed_only_by_root,
            made(ScheduleFile, "/var/spool/cron/crontabs/bob", 0o620, "bob:crontab"),
            F,
        ),
        (checks.boot_loader_is_changed_only_by_root, made(BootFile, "/boot/grub/grub.cfg", 0o400), P),
        (checks.boot_loader_is_changed_only_by_root, made(BootFile, "/boot/grub/grub.cfg", 0o444), F),
        (checks.boot_loader_is_changed_only_by_root, made(BootFile, "/boot/efi/loader/loader.conf", 0o755), P),
        (
            checks.container_runtimes_are_not_open_to_everybody,
            made(ContainerSocket, "/run/docker.sock", 0o660, "root:docker", "s"),
            P,
        ),
        (
            checks.container_runtimes_are_not_open_to_everybody,
            made(ContainerSocket, "/run/docker.sock", 0o666, "root:docker", "s"),
            F,
        ),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/auth.log", 0o640, "syslog:adm"), P),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/wtmp", 0o664, "root:utmp"), P),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/btmp.1", 0o660, "root:utmp"), P),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/auth.log", 0o660, "root:utmp"), F),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/wtmp", 0o664, "root:users"), F),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/auth.log", 0o660), P),
        (checks.logs_are_changed_only_by_their_writers, made(LogFile, "/var/log/auth.log", 0o642), F),
        (checks.logs_are_not_readable_by_everybody, made(LogFile, "/var/log/auth.log", 0o640, "root:adm"), P),
        (checks.logs_are_not_readable_by_everybody, made(LogFile, "/var/log/auth.log", 0o644), F),
        (checks.logs_are_not_readable_by_everybody, made(LogFile, "/var/log/dpkg.log.2.gz", 0o644), P),
        (checks.logs_are_not_readable_by_everybody, made(LogFile, "/var/log/dpkg.logger", 0o644), F),
        (checks.private_keys_are_not_open_to_everybody, made(PrivateKey, "/k", 0o600, closed_folder=""), P),
        (checks.private_keys_are_not_open_to_everybody, made(PrivateKey, "/k", 0o644, closed_folder=""), F),
        (checks.private_keys_are_not_open_to_everybody, made(PrivateKey, "/k", 0o602, closed_folder=""), F),
        (checks.private_keys_are_not_open_to_everybody, made(PrivateKey, "/a/k", 0o644, closed_folder="/a"), P),
        (
            checks.private_keys_are_shared_with_no_large_group,
            made(PrivateKey, "/k", 0o600, "root:users", closed_folder=""),
            P,
        ),
        (
            checks.private_keys_are_shared_with_no_large_group,
            made(PrivateKey, "/k", 0o640, "root:ssl-cert", closed_folder=""),
            P,
        ),
        (
            checks.private_keys_are_shared_with_no_large_group,
            made(PrivateKey, "/k", 0o640, "root:users", closed_folder=""),
            F,
        ),
        (
            checks.private_keys_are_shared_with_no_large_group,
            made(PrivateKey, "/k", 0o660, "root:ssl-cert", closed_folder=""),
            F,
        ),
    ],
)
def test_owner_and_mode_decide(check: Any, file: File, status: Status) -> None:
    verdict = check(file)
    assert verdict.status is status, verdict
    assert status is N or f"{file.mode:04o}" in verdict.reason


def test_a_group_can_be_allowed() -> None:
    key = made(PrivateKey, "/k", 0o640, "root:web", closed_folder="")
    assert checks.private_keys_are_shared_with_no_large_group(key, groups=("web",)).status is P


def test_nothing_may_be_writable_by_everybody() -> None:
    clean = WritableFiles(id="web-1", folders=("/etc", "/usr/local/bin"), paths=())
    assert checks.system_files_are_not_writable_by_everybody(clean).reason.startswith(
        "no file below /etc, /usr/local/bin"
    )
    dirty = WritableFiles(id="web-1", folders=("/etc",), paths=tuple(f"/etc/{n}" for n in range(50)))
    verdict = checks.system_files_are_not_writable_by_everybody(dirty)
    assert verdict.status is F
    assert "50 files" in verdict.reason
    assert len(verdict.reason) < 300
