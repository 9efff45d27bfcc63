"""What the collectors of the kernel make of recorded answers."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from collectors.host import kernel as module
from collectors.host.facts import Answer
from collectors.host.kernel import (
    APPARMOR_PROFILES,
    KERNEL,
    NETWORK,
    PROCESSOR,
    PROTECTED_LINKS,
    SECURITY_MODULES,
    parse_profiles,
    parse_shown,
)
from collectors.host.source import FactError
from core.resource import NotObservedError, missing_fields
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

# Collectors promise resources of some kind; these tests know which.
kernel: Any = module.kernel
kernel_network: Any = module.kernel_network
mandatory_access_control: Any = module.mandatory_access_control
processor: Any = module.processor

# Linux 6.18 in a small virtual machine; Yama, SysRq, kexec and lockdown are not built in.
SHOWN = """\
==> /proc/sys/kernel/osrelease <==
6.18.44
==> /sys/kernel/security/lockdown <==
-
==> /proc/sys/kernel/randomize_va_space <==
2
==> /proc/sys/kernel/kptr_restrict <==
0
==> /proc/sys/kernel/dmesg_restrict <==
1
==> /proc/sys/kernel/perf_event_paranoid <==
-1
==> /proc/sys/kernel/yama/ptrace_scope <==
-
==> /proc/sys/kernel/unprivileged_bpf_disabled <==
2
==> /proc/sys/kernel/sysrq <==
438
==> /proc/sys/kernel/kexec_load_disabled <==
!
==> /proc/sys/fs/suid_dumpable <==
0
"""
LINKS = """\
==> /proc/sys/fs/protected_fifos <==
0

==> /proc/sys/fs/protected_hardlinks <==
1

==> /proc/sys/fs/protected_regular <==
0

==> /proc/sys/fs/protected_symlinks <==
1
"""


def test_settings_that_are_there_absent_and_hidden_are_told_apart() -> None:
    (seen,) = kernel(RecordedHost({KERNEL: SHOWN, PROTECTED_LINKS: LINKS}))
    assert (seen.id, seen.release, seen.lockdown) == ("web-1", "6.18.44", None)
    assert (seen.randomize_va_space, seen.kptr_restrict, seen.perf_event_paranoid, seen.sysrq) == (2, 0, -1, 438)
    assert seen.ptrace_scope is None
    assert (seen.protected_fifos, seen.protected_hardlinks, seen.protected_symlinks) == (0, 1, 1)
    assert set(missing_fields(seen)) == {"kexec_load_disabled"}


def test_lockdown_is_the_word_in_brackets() -> None:
    for words, chosen in {"none [integrity] confidentiality": "integrity", "[none] integrity": "none"}.items():
        (seen,) = kernel(
            RecordedHost({KERNEL: SHOWN.replace("lockdown <==\n-", f"lockdown <==\n{words}"), PROTECTED_LINKS: LINKS})
        )
        assert seen.lockdown == chosen
    (seen,) = kernel(
        RecordedHost({KERNEL: SHOWN.replace("lockdown <==\n-", "lockdown <==\n!"), PROTECTED_LINKS: LINKS})
    )
    with pytest.raises(NotObservedError):
        _ = seen.lockdown


def test_links_that_only_root_may_see_cost_their_own_fields() -> None:
    """Older kernels: head(1) without root is refused, with sudo but no rule it is not run at all."""
    refused = Answer(
        b"", "\n".join(f"head: cannot open '/proc/sys/fs/{n}' for reading: Permission denied" for n in "ab"), 1
    )
    for answer in (refused, NEEDS_ROOT):
        (seen,) = kernel(RecordedHost({KERNEL: SHOWN, PROTECTED_LINKS: answer}))
        assert set(missing_fields(seen)) >= {"protected_fifos", "protected_symlinks"}
        assert seen.randomize_va_space == 2


def test_an_old_kernel_lacks_settings() -> None:
    error = "/usr/bin/head: cannot open '/proc/sys/fs/protected_fifos' for reading: No such file or directory"
    answer = Answer(LINKS.partition("\n\n")[2].encode(), error, 1)
    (seen,) = kernel(RecordedHost({KERNEL: SHOWN, PROTECTED_LINKS: answer}))
    assert (seen.protected_fifos, seen.protected_hardlinks) == (None, 1)


@pytest.mark.parametrize("answer", [Answer(b"", "", 1), "", "\x00\xff garbage", Answer(SHOWN.encode(), truncated=True)])
def test_no_proc_is_a_failure_to_look(answer: str | Answer) -> None:
    with pytest.raises(FactError):
        list(kernel(RecordedHost({KERNEL: answer, PROTECTED_LINKS: LINKS})))


def test_a_value_that_is_no_number_is_not_observed() -> None:
    (seen,) = kernel(RecordedHost({KERNEL: SHOWN.replace("438", "many"), PROTECTED_LINKS: LINKS}))
    with pytest.raises(NotObservedError, match="is no number"):
        _ = seen.sysrq


def test_the_processor_in_the_kernel_s_words() -> None:
    text = "==> vulnerabilities/mds <==\nNot affected\n\n==> vulnerabilities/srso <==\nVulnerable: Microcode, no safe RET\n"
    (seen,) = processor(RecordedHost({PROCESSOR: text}))
    assert seen.vulnerabilities == {"mds": "Not affected", "srso": "Vulnerable: Microcode, no safe RET"}
    (silent,) = processor(RecordedHost({PROCESSOR: ""}))
    assert silent.vulnerabilities == {}


MODULES = (
    "==> /sys/module/apparmor/parameters/enabled <==\n{}\n==> /sys/fs/selinux/enforce <==\n{}\n==> selinuxfs <==\n{}"
)


@pytest.mark.parametrize(
    ("apparmor", "selinux", "known", "expected"),
    [
        ("Y", "-", "", (True, "off")),
        ("N", "-", "", (False, "off")),
        ("-", "1", "known\n", (False, "enforcing")),
        ("-", "0", "known\n", (False, "permissive")),
        ("-", "-", "", (False, "off")),
    ],
)
def test_security_modules(apparmor: str, selinux: str, known: str, expected: tuple[bool, str]) -> None:
    profiles = "/usr/sbin/cupsd (enforce)\n/usr/bin/man (enforce)\nunix-chkpwd (complain)\n"
    host = RecordedHost({SECURITY_MODULES: MODULES.format(apparmor, selinux, known), APPARMOR_PROFILES: profiles})
    (seen,) = mandatory_access_control(host)
    assert (seen.apparmor, seen.selinux) == expected
    assert seen.profiles == ({"complain": 1, "enforce": 2} if seen.apparmor else {})


def test_a_container_cannot_tell_what_selinux_does_on_its_host() -> None:
    (seen,) = mandatory_access_control(RecordedHost({SECURITY_MODULES: MODULES.format("-", "-", "known\n")}))
    assert set(missing_fields(seen)) == {"selinux"}
    (seen,) = mandatory_access_control(RecordedHost({SECURITY_MODULES: MODULES.format("!", "!", "")}))
    assert set(missing_fields(seen)) == {"apparmor", "selinux"}


def test_profiles_need_root() -> None:
    host = RecordedHost({SECURITY_MODULES: MODULES.format("Y", "-", ""), APPARMOR_PROFILES: NEEDS_ROOT})
    (seen,) = mandatory_access_control(host)
    assert set(missing_fields(seen)) == {"profiles"}


def _conf(version: int, name: str, **values: int) -> str:
    return "".join(f"==> ipv{version}/conf/{name}/{key} <==\n{value}\n\n" for key, value in values.items())


FOUR = {
    "accept_redirects": 1,
    "accept_source_route": 0,
    "forwarding": 0,
    "log_martians": 0,
    "rp_filter": 2,
    "send_redirects": 1,
}
SIX = {"accept_redirects": 1, "accept_source_route": 0, "disable_ipv6": 0, "forwarding": 0}
PACKETS = (
    "==> ipv4/tcp_syncookies <==\n1\n==> ipv4/icmp_echo_ignore_broadcasts <==\n-\n"
    + "".join(_conf(4, name, **FOUR) for name in ("all", "default", "eth0.100", "lo"))
    + "".join(_conf(6, name, **SIX) for name in ("all", "default", "eth0.100"))
    + _conf(6, "lo", **{**SIX, "disable_ipv6": 1})
)


def test_interfaces() -> None:
    (seen,) = kernel_network(RecordedHost({NETWORK: PACKETS}))
    assert (seen.tcp_syncookies, seen.icmp_echo_ignore_broadcasts) == (1, None)
    assert [i.name for i in seen.ipv4] == ["default", "eth0.100", "lo"]
    assert (seen.ipv4_all.name, seen.ipv4[1].rp_filter, seen.ipv4[1].send_redirects) == ("all", 2, 1)
    assert [i.name for i in seen.ipv6] == ["eth0.100"]


def test_an_interface_that_vanishes_meanwhile_is_no_zero() -> None:
    (seen,) = kernel_network(
        RecordedHost({NETWORK: Answer((PACKETS + _conf(4, "veth1", forwarding=0)).encode(), "", 1)})
    )
    with pytest.raises(NotObservedError):
        _ = seen.ipv4[-1].rp_filter


@pytest.mark.parametrize("answer", [MISSING, "", Answer(PACKETS.encode(), "", 124), Answer(b"", "", 2)])
def test_a_network_nobody_saw_is_a_failure_to_look(answer: str | Answer) -> None:
    with pytest.raises(FactError):
        list(kernel_network(RecordedHost({NETWORK: answer})))


def test_parsers_survive_garbage() -> None:
    assert parse_shown("==> only a heading <==") == {}
    assert parse_shown("\x00\n\n==> a <==\n\n==> b <==\n7\n") == {"a": "", "b": "7"}
    assert parse_profiles("nothing here\n(odd) name (enforce)\n") == {"enforce": 1}


@pytest.mark.parametrize("fact", [KERNEL, NETWORK, PROCESSOR, SECURITY_MODULES])
def test_the_commands_are_understood_by_a_posix_shell(fact: object) -> None:
    subprocess.run(["sh", "-n", "-c", fact.command], check=True)  # type: ignore[attr-defined] # a Fact
