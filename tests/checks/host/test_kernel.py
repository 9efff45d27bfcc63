"""Truth tables of the checks about the kernel."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import kernel as checks
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.host.kernel import Kernel, MandatoryAccessControl, Processor

HARDENED: dict[str, Any] = {
    "release": "6.1.0-37-amd64",
    "randomize_va_space": 2,
    "kptr_restrict": 2,
    "dmesg_restrict": 1,
    "perf_event_paranoid": 3,
    "ptrace_scope": 1,
    "suid_dumpable": 0,
    "unprivileged_bpf_disabled": 2,
    "sysrq": 438,
    "kexec_load_disabled": 1,
    "protected_hardlinks": 1,
    "protected_symlinks": 1,
    "protected_fifos": 1,
    "protected_regular": 2,
    "lockdown": None,
}
P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def kernel(**changed: Any) -> Kernel:
    return Kernel(id="web-1", **{**HARDENED, **changed})


@pytest.mark.parametrize(
    ("check", "field", "values"),
    [
        (checks.memory_layout_is_random, "randomize_va_space", {2: P, 1: F, 0: F, None: U}),
        (checks.kernel_addresses_are_hidden, "kptr_restrict", {2: P, 1: P, 0: F, None: U}),
        (checks.kernel_messages_are_for_administrators, "dmesg_restrict", {1: P, 0: F, None: N}),
        (checks.kernel_profiling_is_for_administrators, "perf_event_paranoid", {3: P, 2: P, 1: F, -1: F, None: N}),
        (checks.processes_cannot_trace_each_other, "ptrace_scope", {1: P, 3: P, 0: F, None: F}),
        (checks.planted_links_are_not_followed, "protected_symlinks", {1: P, 0: F, None: F}),
        (checks.planted_links_are_not_followed, "protected_hardlinks", {1: P, 0: F, None: F}),
        (checks.planted_files_are_not_opened, "protected_fifos", {1: P, 0: F, None: F}),
        (checks.planted_files_are_not_opened, "protected_regular", {1: P, 0: F, None: F}),
        (checks.privileged_programs_leave_no_readable_dumps, "suid_dumpable", {0: P, 2: P, 1: F, None: U}),
        (checks.only_administrators_load_bpf_programs, "unprivileged_bpf_disabled", {1: P, 2: P, 0: F, None: N}),
        (checks.magic_keys_cannot_do_harm, "sysrq", {0: P, 176: P, 438: P, 1: F, 64: F, 502: F, None: N}),
        (checks.running_kernel_cannot_be_replaced, "kexec_load_disabled", {1: P, 0: F, None: N}),
    ],
)
def test_a_setting_decides(check: Any, field: str, values: dict[int | None, Status]) -> None:
    for value, status in values.items():
        verdict = check(kernel(**{field: value}))
        assert verdict.status is status, (field, value, verdict)
        assert field in verdict.reason
        assert value is None or str(value) in verdict.reason
    with pytest.raises(NotObservedError):
        check(kernel(**{field: unobserved("only root may see this")}))


def test_reasons_say_what_else_counts() -> None:
    assert (
        checks.magic_keys_cannot_do_harm(kernel(sysrq=502)).reason == "kernel.sysrq is 502, which allows 64 beyond 438"
    )
    assert checks.magic_keys_cannot_do_harm(kernel(sysrq=64), allowed=64).status is P
    assert "only root can read" in checks.privileged_programs_leave_no_readable_dumps(kernel(suid_dumpable=2)).reason
    assert checks.kernel_profiling_is_for_administrators(kernel(perf_event_paranoid=2), minimum=3).status is F


def test_a_locked_down_kernel_starts_signed_kernels_only() -> None:
    for lockdown, status in {"integrity": P, "confidentiality": P, "none": F}.items():
        assert (
            checks.running_kernel_cannot_be_replaced(kernel(kexec_load_disabled=0, lockdown=lockdown)).status is status
        )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Not affected", P),
        ("Mitigation: PTI", P),
        ("Mitigation: Clear CPU buffers; SMT vulnerable", P),
        ("Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT vulnerable", P),
        ("Vulnerable", F),
        ("Vulnerable: Microcode, no safe RET", F),
        ("Processor vulnerable", F),
        ("KVM: Vulnerable", F),
        ("Mitigation: Retpolines; STIBP: disabled; BHI: Vulnerable", F),
        ("Mitigation: PTE Inversion; VMX: vulnerable", F),
        ("Unknown: Dependent on hypervisor status", U),
    ],
)
def test_the_kernel_s_own_words_decide_about_the_processor(state: str, status: Status) -> None:
    verdict = checks.processor_weaknesses_are_mitigated(
        Processor(id="web-1", vulnerabilities={"mds": "Not affected", "x": state})
    )
    assert verdict.status is status
    assert status is P or f"x: {state}" in verdict.reason


def test_a_kernel_that_says_nothing_about_the_processor_is_no_pass() -> None:
    assert checks.processor_weaknesses_are_mitigated(Processor(id="web-1", vulnerabilities={})).status is U


@pytest.mark.parametrize(
    ("apparmor", "selinux", "profiles", "status"),
    [
        (True, "off", {"complain": 3, "enforce": 12}, P),
        (True, "off", {"complain": 3}, F),
        (False, "enforcing", {}, P),
        (False, "permissive", {}, F),
        (False, "off", {}, F),
    ],
)
def test_programs_are_confined(apparmor: bool, selinux: str, profiles: dict[str, int], status: Status) -> None:
    confinement = MandatoryAccessControl(id="web-1", apparmor=apparmor, selinux=selinux, profiles=profiles)
    assert checks.programs_are_confined(confinement).status is status


def test_profiles_that_only_root_may_see_are_unknown() -> None:
    confinement = MandatoryAccessControl(
        id="web-1", apparmor=True, selinux="off", profiles=unobserved("only root may see this")
    )
    with pytest.raises(NotObservedError):
        checks.programs_are_confined(confinement)
