"""Does the kernel defend memory, processes and files, and the processor against its own weaknesses?"""

from __future__ import annotations

import re

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.kernel import Kernel, MandatoryAccessControl, Processor

HARMLESS_KEYS = 2 + 4 + 16 + 32 + 128 + 256
"""What SysRq may do without giving a way in: console, keyboard, sync, read-only, reboot, nice (438, as on Debian)."""

_WEAK = re.compile(r"(?:^|: )(?:processor )?vulnerable\b", re.IGNORECASE)


def _at_least(name: str, value: int | None, minimum: int, without: Verdict) -> Verdict:
    """Judge a setting that protects more the higher it is; `without` is for a kernel that does not have it."""
    if value is None:
        return without
    observed = f"{name} is {value}"
    return passed(observed) if value >= minimum else failed(f"{observed}, which is below {minimum}")


def _not_there(name: str) -> str:
    return f"the kernel does not show {name}"


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def memory_layout_is_random(kernel: Kernel) -> Verdict:
    """Programs get a random memory layout, heap included.

    An attacker who knows where code and data lie needs one bug less to take over a program.

    Remediation: Set `kernel.randomize_va_space = 2` in a file below /etc/sysctl.d and run `sysctl --system`. Look for
    `norandmaps` on the kernel's command line.
    """
    name = "kernel.randomize_va_space"
    return _at_least(name, kernel.randomize_va_space, 2, unknown(_not_there(name)))


@check(objective="systems-are-hardened", severity=Severity.LOW)
def kernel_addresses_are_hidden(kernel: Kernel) -> Verdict:
    """Kernel addresses are hidden from ordinary accounts.

    The addresses in /proc/kallsyms and its like tell an exploit where to jump.

    Remediation: Set `kernel.kptr_restrict = 1` (2 hides them from root as well) in a file below /etc/sysctl.d and run
    `sysctl --system`.
    """
    name = "kernel.kptr_restrict"
    return _at_least(name, kernel.kptr_restrict, 1, unknown(_not_there(name)))


@check(objective="systems-are-hardened", severity=Severity.LOW)
def kernel_messages_are_for_administrators(kernel: Kernel) -> Verdict:
    """Only administrators can read the kernel's messages.

    They tell addresses, devices and faults, which help to build an exploit.

    Remediation: Set `kernel.dmesg_restrict = 1` in a file below /etc/sysctl.d and run `sysctl --system`.
    """
    name = "kernel.dmesg_restrict"
    return _at_least(
        name, kernel.dmesg_restrict, 1, not_applicable(f"{_not_there(name)}: it was built without messages")
    )


@check(objective="systems-are-hardened", severity=Severity.LOW)
def kernel_profiling_is_for_administrators(kernel: Kernel, *, minimum: int = 2) -> Verdict:
    """Ordinary accounts cannot measure what the kernel and the processor do.

    Performance events have had many exploitable bugs, and what they count leaks secrets of other programs.

    Remediation: Set `kernel.perf_event_paranoid = 2` (3 on Debian, which forbids it altogether) in a file below
    /etc/sysctl.d and run `sysctl --system`.
    """
    name = "kernel.perf_event_paranoid"
    without = not_applicable(f"{_not_there(name)}: it was built without performance events")
    return _at_least(name, kernel.perf_event_paranoid, minimum, without)


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def processes_cannot_trace_each_other(kernel: Kernel) -> Verdict:
    """A process cannot take over another process of the same account.

    Without the limit of the Yama module, one cracked program reads keys and passwords out of the memory of all others
    that run under the account, such as an SSH agent.

    Remediation: Set `kernel.yama.ptrace_scope = 1` (or 2) in a file below /etc/sysctl.d and run `sysctl --system`.
    Where the setting is missing, use a kernel with Yama, and name it in `lsm=` on the kernel's command line.
    """
    name = "kernel.yama.ptrace_scope"
    without = failed(f"{_not_there(name)}, so Yama does not limit who may trace whom")
    return _at_least(name, kernel.ptrace_scope, 1, without)


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def planted_links_are_not_followed(kernel: Kernel) -> Verdict:
    """Links that others planted in shared folders are not followed, nor may files of others be linked to.

    In /tmp a planted link turns a careless write of a privileged program into a write wherever the attacker likes.

    Remediation: Set `fs.protected_symlinks = 1` and `fs.protected_hardlinks = 1` in a file below /etc/sysctl.d and run
    `sysctl --system`.
    """
    return _both(
        ("fs.protected_symlinks", kernel.protected_symlinks), ("fs.protected_hardlinks", kernel.protected_hardlinks)
    )


@check(objective="privilege-cannot-be-escalated", severity=Severity.LOW)
def planted_files_are_not_opened(kernel: Kernel) -> Verdict:
    """Files and pipes that others planted in shared folders are not opened for writing by mistake.

    A program that means to create a file in /tmp could otherwise write into one that an attacker put there and owns.

    Remediation: Set `fs.protected_fifos = 1` and `fs.protected_regular = 2` in a file below /etc/sysctl.d and run
    `sysctl --system`. The settings need Linux 4.19.
    """
    return _both(("fs.protected_fifos", kernel.protected_fifos), ("fs.protected_regular", kernel.protected_regular))


def _both(*settings: tuple[str, int | None]) -> Verdict:
    observed = " and ".join(f"{name} is {'missing' if value is None else value}" for name, value in settings)
    return passed(observed) if all(value for _, value in settings) else failed(observed)


@check(objective="secrets-are-stored-safely", severity=Severity.LOW)
def privileged_programs_leave_no_readable_dumps(kernel: Kernel) -> Verdict:
    """When a privileged program crashes, its memory is not written where others can read it.

    The memory of a setuid program may hold password hashes and keys.

    Remediation: Set `fs.suid_dumpable = 0` in a file below /etc/sysctl.d and run `sysctl --system`.
    """
    name, value = "fs.suid_dumpable", kernel.suid_dumpable
    if value is None:
        return unknown(_not_there(name))
    if value == 1:
        return failed(f"{name} is 1: privileged programs dump their memory as any other program does")
    return passed(f"{name} is {value}" + (": only root can read such dumps" if value else ""))


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def only_administrators_load_bpf_programs(kernel: Kernel) -> Verdict:
    """Ordinary accounts cannot load BPF programs into the kernel.

    Bugs in the verifier of BPF programs have given root to local users again and again.

    Remediation: Set `kernel.unprivileged_bpf_disabled = 1` (2 lets an administrator change it back) in a file below
    /etc/sysctl.d and run `sysctl --system`.
    """
    name = "kernel.unprivileged_bpf_disabled"
    without = not_applicable(f"{_not_there(name)}: it was built without the bpf system call")
    return _at_least(name, kernel.unprivileged_bpf_disabled, 1, without)


@check(objective="systems-are-hardened", severity=Severity.LOW)
def magic_keys_cannot_do_harm(kernel: Kernel, *, allowed: int = HARMLESS_KEYS) -> Verdict:
    """The SysRq keys can neither read memory nor kill processes.

    Whoever reaches a keyboard or a serial console could otherwise dump registers or kill the screen lock.

    Remediation: Set `kernel.sysrq = 0`, or a sum of the harmless functions such as Debian's 438, in a file below
    /etc/sysctl.d and run `sysctl --system`.
    """
    value = kernel.sysrq
    if value is None:
        return not_applicable(f"{_not_there('kernel.sysrq')}: it was built without SysRq keys")
    if value == 1:
        return failed("kernel.sysrq is 1: every SysRq function is on")
    if excess := value & ~allowed:
        return failed(f"kernel.sysrq is {value}, which allows {excess} beyond {allowed}")
    return passed(f"kernel.sysrq is {value}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def running_kernel_cannot_be_replaced(kernel: Kernel) -> Verdict:
    """The running kernel cannot be replaced without a reboot.

    With kexec, root starts another kernel past the boot loader and its verification.

    Remediation: Set `kernel.kexec_load_disabled = 1` in a file below /etc/sysctl.d and run `sysctl --system`, after
    kdump (if used) has loaded its kernel.
    """
    value = kernel.kexec_load_disabled
    if value is None:
        return not_applicable(f"{_not_there('kernel.kexec_load_disabled')}: it was built without kexec")
    if value:
        return passed(f"kernel.kexec_load_disabled is {value}")
    if kernel.lockdown in ("integrity", "confidentiality"):
        return passed(f"the kernel is locked down ({kernel.lockdown}), so it starts signed kernels only")
    return failed("kernel.kexec_load_disabled is 0, and the kernel is not locked down")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def processor_weaknesses_are_mitigated(processor: Processor) -> Verdict:
    """The kernel and the microcode mitigate every known weakness of the processor.

    Without mitigations one program or guest reads the memory of others.

    Remediation: Install the processor's microcode (`intel-microcode` or `amd64-microcode`) and current kernel updates,
    take `mitigations=off` off the kernel's command line, and reboot. In a virtual machine the operator of the
    hypervisor has to act.
    """
    states = processor.vulnerabilities
    if not states:
        return unknown("the kernel says nothing about weaknesses of the processor")
    weak = [f"{name}: {state}" for name, state in sorted(states.items()) if _WEAK.search(state)]
    if weak:
        return failed("; ".join(weak))
    unclear = [f"{name}: {state}" for name, state in sorted(states.items()) if state.startswith("Unknown")]
    if unclear:
        return unknown("; ".join(unclear))
    return passed(f"each of {len(states)} known weaknesses is mitigated or does not affect the processor")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def programs_are_confined(confinement: MandatoryAccessControl) -> Verdict:
    """AppArmor or SELinux confines programs.

    File permissions do not stop a cracked service that runs as root; mandatory access control does.

    Remediation: On Debian install `apparmor` and `apparmor-profiles`, boot without `apparmor=0`, and check with
    `aa-status`. On the RHEL family set `SELINUX=enforcing` in /etc/selinux/config and reboot.
    """
    if confinement.selinux == "enforcing":
        return passed("SELinux is enforcing")
    if confinement.apparmor:
        enforced = confinement.profiles.get("enforce", 0)
        if enforced:
            return passed(f"AppArmor is on and enforces {enforced} profiles")
        return failed("AppArmor is on but enforces no profile")
    return failed(f"AppArmor is off and SELinux is {confinement.selinux}")
