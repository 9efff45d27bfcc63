"""The kernel's audit of a host, as loaded, and what becomes of its records."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class AuditRule(Observed):
    """One loaded rule that records something.

    `path` is the file or folder it watches and `permissions` for what (`r w x a`); `syscalls` and `architecture`
    (`b64`, `b32`, empty for both) are the system calls. `narrowed_by` holds every further condition.
    """

    path: str
    permissions: str
    syscalls: tuple[str, ...]
    architecture: str
    narrowed_by: tuple[str, ...]


@resource("host_audit")
class Audit(Resource):
    """The audit subsystem; see auditctl(8).

    `installed` is about auditctl; without it the fields about the kernel hold nothing. `enabled` is 0 off, 1 on,
    2 locked until the next boot. `daemon_runs` is true when a process takes the records. `other_recorders` are
    programs that run here and can take the place of auditd. `processes_are_exempt` is true when a rule (`never,task`)
    keeps the kernel from looking at what processes do, whatever the other rules say.
    """

    id: str
    container: str
    installed: bool
    enabled: int
    daemon_runs: bool
    other_recorders: tuple[str, ...]
    rules: tuple[AuditRule, ...]
    processes_are_exempt: bool


@resource("host_audit_storage")
class AuditStorage(Resource):
    """What auditd does with its files; see auditd.conf(5). Values nobody set are auditd's own defaults.

    `defaulted` names the settings that are not in the file. Sizes are megabytes.
    """

    id: str
    file_full_action: str
    file_megabytes: int
    files: int
    space_left_action: str
    admin_space_left_action: str
    disk_full_action: str
    defaulted: tuple[str, ...]
