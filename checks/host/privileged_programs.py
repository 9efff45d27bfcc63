"""Checks of programs that lend the rights of another account."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.host.privileged_programs import PrivilegedProgram

USUAL = (
    "Xorg.wrap", "at", "bsd-write", "chage", "chfn", "chsh", "crontab", "dbus-daemon-launch-helper", "dotlockfile",
    "exim4", "expiry", "fusermount", "fusermount3", "gpasswd", "grub2-set-bootflag", "locate", "mount", "mount.cifs",
    "mount.nfs", "newgidmap", "newgrp", "newuidmap", "ntfs-3g", "pam_extrausers_chkpwd", "pam_timestamp_check",
    "passwd", "ping", "pkexec", "plocate", "polkit-agent-helper-1", "postdrop", "postqueue", "screen", "ssh-agent",
    "ssh-keysign", "su", "sudo", "umount", "unix_chkpwd", "userhelper", "usernetctl", "utempter", "wall", "write",
    "write.ul",
)  # fmt: skip
"""Programs that distributions deliver with one of the bits."""


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def privileged_program_comes_from_a_package(program: PrivilegedProgram) -> Verdict:
    """A program that runs with another account's rights was brought by a package.

    A copy of a shell with this bit is the oldest back door there is. And what no package brought, nobody patches.

    Remediation: Find out who put it there and when (`stat FILE`), then `rm FILE`, or take the bit off
    (`chmod ug-s FILE`).
    """
    if program.package:
        return passed(f"{_observed(program)}, and comes from the package {program.package}")
    return failed(f"{_observed(program)}, and comes from no package")


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def privileged_program_is_usual(program: PrivilegedProgram, *, approved: tuple[str, ...] = USUAL) -> Verdict:
    """Only programs that need it run with another account's rights.

    Each such program is a way to that account for whoever finds a fault in it; on an editor or an interpreter the bit
    itself is the fault.

    Remediation: `chmod ug-s FILE`, kept over updates by `dpkg-statoverride --add root root 0755 FILE`; name programs
    that need it in the setting `approved`, by name or by path.
    """
    if {program.id, program.id.rpartition("/")[2]} & {*approved}:
        return passed(f"{_observed(program)}, as approved")
    return failed(f"{_observed(program)}, and is not approved")


def _observed(program: PrivilegedProgram) -> str:
    return f"{program.id} has mode {program.mode:04o}, belongs to {program.owner}:{program.group}"
