"""What the running kernel of a host enforces. `None` stands for a setting this kernel does not have."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@resource("host_kernel")
class Kernel(Resource):
    """The settings below /proc/sys that apply now, whatever the files below /etc/sysctl.d say, named as there.

    `lockdown` is `none`, `integrity` or `confidentiality` (kernel_lockdown(7)), and `None` where the kernel has none.
    """

    id: str
    release: str
    randomize_va_space: int | None
    kptr_restrict: int | None
    dmesg_restrict: int | None
    perf_event_paranoid: int | None
    ptrace_scope: int | None
    suid_dumpable: int | None
    unprivileged_bpf_disabled: int | None
    sysrq: int | None
    kexec_load_disabled: int | None
    protected_hardlinks: int | None
    protected_symlinks: int | None
    protected_fifos: int | None
    protected_regular: int | None
    lockdown: str | None


@resource("host_processor")
class Processor(Resource):
    """What the kernel says about each known weakness of the processor, in its own words, by name of the weakness.

    Empty where the kernel says nothing: it is older than the files in /sys/devices/system/cpu/vulnerabilities.
    """

    id: str
    vulnerabilities: dict[str, str]


@resource("host_mandatory_access_control")
class MandatoryAccessControl(Resource):
    """The security modules that confine programs, whoever runs them.

    `selinux` is `enforcing`, `permissive` or `off`. `profiles` counts AppArmor's loaded profiles by mode (`enforce`,
    `complain`, `unconfined` …).
    """

    id: str
    apparmor: bool
    selinux: str
    profiles: dict[str, int]


@part
class Ipv4Interface(Observed):
    """What /proc/sys/net/ipv4/conf says of one interface; `default` is what an interface made later starts with."""

    name: str
    accept_redirects: int
    accept_source_route: int
    forwarding: int
    log_martians: int
    rp_filter: int
    send_redirects: int


@part
class Ipv6Interface(Observed):
    """What /proc/sys/net/ipv6/conf says of one interface on which IPv6 is on."""

    name: str
    accept_redirects: int
    accept_source_route: int
    forwarding: int


@resource("host_kernel_network")
class KernelNetwork(Resource):
    """How the kernel treats packets. `ipv6` is empty when IPv6 is off.

    `ipv4_all` is `conf/all`, which is combined with each interface by a rule of its own per setting (ip-sysctl).
    """

    id: str
    tcp_syncookies: int | None
    icmp_echo_ignore_broadcasts: int | None
    ipv4_all: Ipv4Interface
    ipv4: tuple[Ipv4Interface, ...]
    ipv6: tuple[Ipv6Interface, ...]
