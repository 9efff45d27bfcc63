"""The running kernel: settings from /proc/sys, weaknesses of the processor, security modules.

The files are read themselves, not with sysctl(8), which a host may lack and which hides the difference between a
setting that is not there and one we may not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host, NeedsRootError
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.kernel import (
    Ipv4Interface,
    Ipv6Interface,
    Kernel,
    KernelNetwork,
    MandatoryAccessControl,
    Processor,
)

ABSENT, UNREADABLE = "-", "!"

# As `head -v -n 1` does: `==> PATH <==` and the first line; `-` for a file that is not there, `!` for one that we may
# not read. Not the shell's own `read`: it asks for one byte after the other, and /proc/sys answers the first only.
_SHOW = """\
show() {
  for file in "$@"; do
    if [ ! -e "$file" ]; then printf '==> %s <==\\n-\\n' "$file"
    else head -v -n 1 "$file" 2>/dev/null || printf '==> %s <==\\n!\\n' "$file"; fi
  done
}
"""
_NAMES = (
    "kernel/randomize_va_space",
    "kernel/kptr_restrict",
    "kernel/dmesg_restrict",
    "kernel/perf_event_paranoid",
    "kernel/yama/ptrace_scope",
    "kernel/unprivileged_bpf_disabled",
    "kernel/sysrq",
    "kernel/kexec_load_disabled",
    "fs/suid_dumpable",
)
KERNEL = Fact(
    "kernel",
    f"{_SHOW}[ -r /proc/sys/kernel/osrelease ] && show /proc/sys/kernel/osrelease /sys/kernel/security/lockdown "
    + " ".join(f"/proc/sys/{name}" for name in _NAMES),
)
# Older kernels show these to root only. Where we may not be root we ask as who we are: newer ones answer anybody.
_LINKS = ("protected_fifos", "protected_hardlinks", "protected_regular", "protected_symlinks")
_HEAD = "/usr/bin/head -v -n 1 " + " ".join(f"/proc/sys/fs/{name}" for name in _LINKS)
PROTECTED_LINKS = Fact(
    "kernel_protected_links", f'[ "$SUDO" != needs-root ] || SUDO=; $SUDO {_HEAD}', privileged=(_HEAD,)
)
PROCESSOR = Fact(
    "processor_vulnerabilities",
    "cd /sys/devices/system/cpu && { [ ! -d vulnerabilities ] || head -v -n 1 vulnerabilities/*; }",
)
SECURITY_MODULES = Fact(
    "security_modules",
    f"{_SHOW}[ -d /sys/module ] || {{ echo /sys/module is not there >&2; exit 1; }}\n"
    "show /sys/module/apparmor/parameters/enabled /sys/fs/selinux/enforce "
    "&& printf '==> selinuxfs <==\\n' && while read -r _ name; do [ \"$name\" != selinuxfs ] || echo known; done "
    "</proc/filesystems",
)
_PROFILES = "/usr/bin/head -n 5000 /sys/kernel/security/apparmor/profiles"
APPARMOR_PROFILES = Fact("apparmor_profiles", f"$SUDO {_PROFILES}", privileged=(_PROFILES,), limit=524_288)
_IPV4 = ["accept_redirects", "accept_source_route", "forwarding", "log_martians", "rp_filter", "send_redirects"]
_IPV6 = ["accept_redirects", "accept_source_route", "disable_ipv6", "forwarding"]
# One head(1) for all interfaces, of which a host of containers has hundreds. Those that vanish meanwhile it leaves out.
NETWORK = Fact(
    "kernel_network",
    f"{_SHOW}cd /proc/sys/net && show ipv4/tcp_syncookies ipv4/icmp_echo_ignore_broadcasts; "
    f"head -v -n 1 {' '.join(f'ipv4/conf/*/{key}' for key in _IPV4)}; "
    f"{{ [ ! -d ipv6/conf ] || head -v -n 1 {' '.join(f'ipv6/conf/*/{key}' for key in _IPV6)}; }}",
)


def parse_shown(text: str) -> dict[str, str]:
    """What `head -v -n 1` printed: first line by path."""
    return dict(re.findall(r"^==> (.+) <==\n(.*)$", text, re.MULTILINE))


def parse_profiles(text: str) -> dict[str, int]:
    """How many AppArmor profiles are loaded in each mode: lines are `NAME (MODE)`. Raises `FactError` for others."""
    modes: list[str] = re.findall(r" \((\w+)\)$", text, re.MULTILINE)
    if text.strip() and not modes:
        raise FactError(APPARMOR_PROFILES, f"{APPARMOR_PROFILES.name}: {text.strip()!r:.80} is no list of profiles")
    return {mode: modes.count(mode) for mode in sorted(set(modes))}


@collector(permissions=(KERNEL, PROTECTED_LINKS))
def kernel(host: Host) -> Iterator[Kernel]:
    """The kernel's settings that protect memory, processes and files, as they are in force now."""
    shown = parse_shown(host.text(KERNEL))
    numbers = {path.rpartition("/")[2]: _number(KERNEL, path, shown) for path in (f"/proc/sys/{n}" for n in _NAMES)}
    release = shown.get("/proc/sys/kernel/osrelease")
    if not release:
        raise FactError(KERNEL, "kernel: /proc/sys/kernel/osrelease was not among the answers")
    links = _protected_links(host)
    yield Kernel(id=host.name, release=release, lockdown=_lockdown(shown), **numbers, **links)


@collector(permissions=(PROCESSOR,))
def processor(host: Host) -> Iterator[Processor]:
    """What the kernel says about known weaknesses of the processor and how it meets them."""
    shown = parse_shown(host.text(PROCESSOR))
    yield Processor(
        id=host.name,
        vulnerabilities={
            path.rpartition("/")[2]: unobserved("the kernel does not let us read it") if state == UNREADABLE else state
            for path, state in shown.items()
        },
    )


@collector(permissions=(SECURITY_MODULES, APPARMOR_PROFILES))
def mandatory_access_control(host: Host) -> Iterator[MandatoryAccessControl]:
    """Whether AppArmor or SELinux is on, and how AppArmor's profiles are loaded."""
    shown = parse_shown(host.text(SECURITY_MODULES))
    apparmor = shown.get("/sys/module/apparmor/parameters/enabled", UNREADABLE)
    selinux = shown.get("/sys/fs/selinux/enforce", UNREADABLE)
    if selinux == ABSENT and shown.get("selinuxfs") == "known":  # a container does not see the files of its host
        selinux = UNREADABLE
    states = {ABSENT: "off", "0": "permissive", "1": "enforcing"}
    yield MandatoryAccessControl(
        id=host.name,
        apparmor=apparmor == "Y"
        if apparmor in ("Y", "N", ABSENT)
        else unobserved("AppArmor's parameter `enabled` cannot be read"),
        selinux=states.get(selinux) or unobserved("/sys/fs/selinux/enforce cannot be read"),
        profiles=host.look(lambda: parse_profiles(host.text(APPARMOR_PROFILES))) if apparmor == "Y" else {},
    )


@collector(permissions=(NETWORK,))
def kernel_network(host: Host) -> Iterator[KernelNetwork]:
    """How the kernel treats redirects, source routes, forged sources and floods, for each interface."""
    shown = parse_shown(host.text(NETWORK, accept=(0, 1)))  # 1: an interface vanished
    ipv4 = {i.name: i for i in (_ipv4(name, shown) for name in _interfaces(4, shown))}
    if "all" not in ipv4:
        raise FactError(NETWORK, "kernel_network: /proc/sys/net/ipv4/conf/all is not there")
    yield KernelNetwork(
        id=host.name,
        tcp_syncookies=_number(NETWORK, "ipv4/tcp_syncookies", shown),
        icmp_echo_ignore_broadcasts=_number(NETWORK, "ipv4/icmp_echo_ignore_broadcasts", shown),
        ipv4_all=ipv4.pop("all"),
        ipv4=tuple(ipv4.values()),
        ipv6=tuple(_ipv6(name, shown) for name in _interfaces(6, shown) if _has_ipv6(name, shown)),
    )


def _protected_links(host: Host) -> dict[str, int | None]:
    try:
        answer = host.answer(PROTECTED_LINKS)
    except NeedsRootError as denied:
        return dict.fromkeys(_LINKS, unobserved(str(denied)))
    shown = parse_shown(answer.output.decode(errors="backslashreplace"))
    for path in (f"/proc/sys/fs/{name}" for name in _LINKS):
        if f"'{path}' for reading: No such file or directory" in answer.error:
            shown[path] = ABSENT
    return {name: _number(PROTECTED_LINKS, f"/proc/sys/fs/{name}", shown) for name in _LINKS}


def _number(fact: Fact, path: str, shown: dict[str, str]) -> int | None:
    """The number in a file, `None` when there is no such file, unobserved when it says anything else."""
    value = shown.get(path, UNREADABLE)
    if value == ABSENT:
        return None
    if re.fullmatch(r"-?\d{1,9}", value):
        return int(value)
    unseen: int = unobserved(f"{fact.name}: {path} cannot be read" if value == UNREADABLE else f"{path} is no number")
    return unseen


def _lockdown(shown: dict[str, str]) -> str | None:
    """The chosen word of `none [integrity] confidentiality`."""
    value = shown.get("/sys/kernel/security/lockdown", UNREADABLE)
    if value == ABSENT:
        return None
    chosen = re.search(r"\[(\w+)\]", value)
    return chosen[1] if chosen else unobserved("/sys/kernel/security/lockdown cannot be read")


def _interfaces(version: int, shown: dict[str, str]) -> list[str]:
    names = (re.fullmatch(rf"ipv{version}/conf/([^/]+)/forwarding", path) for path in shown)
    return sorted(name[1] for name in names if name)


def _has_ipv6(name: str, shown: dict[str, str]) -> bool:
    """Whether IPv6 is on for a real interface: `all` and `default` decide nothing that the interfaces do not say."""
    return name not in ("all", "default") and shown.get(f"ipv6/conf/{name}/disable_ipv6") != "1"


def _ipv4(name: str, shown: dict[str, str]) -> Ipv4Interface:
    return Ipv4Interface(name=name, **{key: _present(f"ipv4/conf/{name}/{key}", shown) for key in _IPV4})


def _ipv6(name: str, shown: dict[str, str]) -> Ipv6Interface:
    keys = [key for key in _IPV6 if key != "disable_ipv6"]
    return Ipv6Interface(name=name, **{key: _present(f"ipv6/conf/{name}/{key}", shown) for key in keys})


def _present(path: str, shown: dict[str, str]) -> int:
    """A number that every kernel has. An interface may vanish between two reads: that is no value either."""
    number = _number(NETWORK, path, shown)
    return unobserved(f"{path} is not there") if number is None else number
