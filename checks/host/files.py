"""Are files that decide about access, schedule and evidence safe from those who should not read or change them?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
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

GROUP_WRITE, OTHERS_READ, OTHERS_WRITE = 0o020, 0o004, 0o002
GROUP_ANY, OTHERS_ANY = 0o070, 0o007

# Debian's login records: its packages make them so, and the programs of group utmp add to them.
LOGIN_RECORDS = ("wtmp", "btmp", "lastlog")


def _observed(file: File) -> str:
    return f"mode {file.mode:04o}, owner {file.owner}, group {file.group}"


def _changed_only_by_root(file: File, extra: int = 0, groups: tuple[str, ...] = ("root",)) -> Verdict:
    """Judge that nobody but root may write the file; `extra` are further bits that must be off."""
    if file.type == "l":
        return not_applicable("a link to nothing")
    wrong: list[str] = []
    if file.owner != "root":
        wrong.append("it does not belong to root")
    if file.mode & GROUP_WRITE and file.group not in groups:
        wrong.append(f"the group {file.group} may write it")
    if file.mode & OTHERS_WRITE:
        wrong.append("everybody may write it")
    if file.mode & extra & OTHERS_READ:
        wrong.append("everybody may read it")
    return failed(f"{_observed(file)}: {' and '.join(wrong)}") if wrong else passed(_observed(file))


@check(objective="system-files-are-protected", severity=Severity.CRITICAL)
def account_databases_are_changed_only_by_root(file: AccountDatabase) -> Verdict:
    """Only root can change the files that say who may log in.

    Whoever can write one of them can give himself an account with any rights.

    Remediation: `chown root FILE` and `chmod go-w FILE`. `pwck -r` looks for more.
    """
    return _changed_only_by_root(file)


@check(objective="secrets-are-stored-safely", severity=Severity.CRITICAL)
def password_hashes_are_hidden(file: AccountDatabase, *, groups: tuple[str, ...] = ("root", "shadow")) -> Verdict:
    """Only root and the programs of group shadow can read password hashes.

    Hashes that can be read can be guessed offline, as fast as the attacker's hardware allows.

    Remediation: `chown root:shadow FILE` and `chmod 0640 FILE` (0000 or 0600 on the RHEL family).
    """
    if "shadow" not in file.id and "opasswd" not in file.id:
        return not_applicable(f"{file.id} holds no password hashes")
    if file.mode & OTHERS_READ:
        return failed(f"{_observed(file)}: everybody may read it")
    if file.mode & GROUP_ANY and file.group not in groups:
        return failed(f"{_observed(file)}: the group {file.group} may use it")
    return passed(_observed(file))


@check(objective="system-files-are-protected", severity=Severity.HIGH)
def sudo_rules_are_changed_only_by_root(file: SudoersFile) -> Verdict:
    """Only root can change the rules of sudo, and not everybody can read them.

    Whoever can write them is root; whoever can read them knows which account is worth stealing.

    Remediation: `chown root:root FILE` and `chmod 0440 FILE` (`0750` for the folder). Edit with `visudo` only.
    """
    return _changed_only_by_root(file, extra=0 if file.type == "d" else OTHERS_READ)


@check(objective="system-files-are-protected", severity=Severity.HIGH)
def schedules_are_changed_only_by_root(file: ScheduleFile) -> Verdict:
    """Only root can change what cron runs for the system.

    Cron runs most of it as root, so a line more in such a file is a root shell. A user's own table below
    /var/spool/cron belongs to that user; there, nobody else may write.

    Remediation: `chown root:root FILE` and `chmod go-w FILE`.
    """
    if file.id.startswith("/var/spool/cron/") and file.type == "-":
        others = file.mode & (GROUP_WRITE | OTHERS_WRITE)
        return (failed if others else passed)(_observed(file) + (": others may write it" if others else ""))
    return _changed_only_by_root(file, groups=("root", "crontab"))


@check(objective="system-files-are-protected", severity=Severity.MEDIUM)
def boot_loader_is_changed_only_by_root(file: BootFile) -> Verdict:
    """Only root can change the boot loader's configuration, and not everybody can read it.

    It decides which kernel starts with which protections, and may hold the hash of the boot password.

    Remediation: `chown root:root FILE` and `chmod 0600 FILE`.
    """
    if "/efi/" in file.id:  # FAT keeps no modes: the mount decides for all of its files
        return _changed_only_by_root(file)
    return _changed_only_by_root(file, extra=OTHERS_READ)


@check(objective="privilege-cannot-be-escalated", severity=Severity.CRITICAL)
def container_runtimes_are_not_open_to_everybody(socket: ContainerSocket) -> Verdict:
    """Not everybody can command the container runtime.

    Whoever may write to its socket can start a container that owns the host. So can every member of its group: they
    count as administrators.

    Remediation: `chmod o-rw SOCKET`, and the same in the unit that makes it (`SocketMode=0660`). Prefer rootless mode.
    """
    if socket.mode & OTHERS_WRITE:
        return failed(f"{_observed(socket)}: everybody may write to it")
    return passed(_observed(socket))


@check(objective="logs-are-protected", severity=Severity.MEDIUM)
def logs_are_changed_only_by_their_writers(log: LogFile, *, login_records: tuple[str, ...] = LOGIN_RECORDS) -> Verdict:
    """Only the service that writes a log can change it.

    A log that others can write proves nothing: they can take out what they did.

    Remediation: `chmod g-w,o-w FILE`, and set the mode where the log is made (`create 0640` for logrotate,
    `FileCreateMode` for rsyslog).
    """
    if log.mode & OTHERS_WRITE:
        return failed(f"{_observed(log)}: everybody may write it")
    if log.mode & GROUP_WRITE and not (log.group == "utmp" and _is_one_of(log, login_records)) and log.group != "root":
        return failed(f"{_observed(log)}: the group {log.group} may write it")
    return passed(_observed(log))


@check(objective="logs-are-protected", severity=Severity.LOW)
def logs_are_not_readable_by_everybody(
    log: LogFile,
    *,
    harmless: tuple[str, ...] = (
        *LOGIN_RECORDS,
        "faillog",
        "dpkg.log",
        "alternatives.log",
        "fontconfig.log",
        "bootstrap.log",
        "history.log",
        "eipp.log",
    ),
) -> Verdict:
    """Not everybody can read the logs.

    Logs hold names, addresses, and at times passwords typed into the wrong field.

    Remediation: `chmod o-r FILE`, and set the mode where the log is made (`create 0640 root adm` for logrotate,
    `FileCreateMode` for rsyslog). Name logs that may be public in the setting `harmless`.
    """
    if not log.mode & OTHERS_READ:
        return passed(_observed(log))
    if _is_one_of(log, harmless):
        return passed(f"{_observed(log)}: everybody may read it, which does no harm")
    return failed(f"{_observed(log)}: everybody may read it")


def _is_one_of(log: LogFile, names: tuple[str, ...]) -> bool:
    """Whether a log, or what rotation made of it (`dpkg.log.2.gz`), has one of the names."""
    own = log.id.rpartition("/")[2]
    return any(own == name or own.startswith((f"{name}.", f"{name}-")) for name in names)


@check(objective="secrets-are-stored-safely", severity=Severity.CRITICAL)
def private_keys_are_not_open_to_everybody(key: PrivateKey) -> Verdict:
    """Not everybody can read or change a private key.

    Whoever reads the key of a service can pose as the service.

    Remediation: `chmod 0600 FILE`, or 0640 with the group of the one service that reads it. Then replace the key:
    others may have read it.
    """
    if not key.mode & (OTHERS_READ | OTHERS_WRITE):
        return passed(_observed(key))
    if key.closed_folder:
        return passed(f"{_observed(key)}, but others may not enter {key.closed_folder}")
    return failed(f"{_observed(key)}: everybody may {'write' if key.mode & OTHERS_WRITE else 'read'} it")


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def private_keys_are_shared_with_no_large_group(
    key: PrivateKey, *, groups: tuple[str, ...] = ("root", "ssl-cert")
) -> Verdict:
    """A private key is open to its owner and, at most, to a group made for keys, which cannot change it.

    Each further account that can read a key is one more way to lose it.

    Remediation: `chmod g-rwx FILE`, or `chgrp ssl-cert FILE` with mode 0640. Name further groups made for keys in the
    setting `groups`.
    """
    if key.mode & GROUP_WRITE:
        return failed(f"{_observed(key)}: the group {key.group} may change it")
    if key.mode & GROUP_ANY and key.group not in groups:
        return failed(f"{_observed(key)}: the group {key.group} may read it")
    return passed(_observed(key))


@check(objective="system-files-are-protected", severity=Severity.HIGH)
def system_files_are_not_writable_by_everybody(files: WritableFiles) -> Verdict:
    """No file of the configuration or of locally installed programs can be written by everybody.

    Programs of root read and run these files.

    Remediation: `chmod o-w FILE` for each, and find out who made it so and what it holds now.
    """
    folders = ", ".join(files.folders)
    if files.paths:
        shown = ", ".join(files.paths[:20])
        return failed(f"everybody may write {len(files.paths)} files: {shown}")
    return passed(f"no file below {folders} can be written by everybody")
