"""Does the machine start only what it should?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.boot import Boot


@check(objective="systems-are-hardened", severity=Severity.LOW)
def only_signed_kernels_start(boot: Boot) -> Verdict:
    """The firmware starts signed boot loaders and kernels only (Secure Boot).

    Else whoever can write to the disk once, or starts the machine from another one, has a kernel of their own below
    everything that the system checks.

    Remediation: Switch on Secure Boot in the set-up of the firmware, or in the options of the virtual machine. Debian,
    Ubuntu and the RHEL family start with it as they are; drivers built on the host must be signed (`mokutil --import`).
    """
    if boot.container:
        return not_applicable(f"this container ({boot.container}) starts no kernel of its own")
    if not boot.uefi:
        return not_applicable("the machine does not start through UEFI, so it has no Secure Boot")
    if not boot.secure_boot:
        return failed("Secure Boot is off")
    if boot.setup_mode:
        return failed("Secure Boot is in set-up mode, in which keys can be put in without a signature")
    return passed("Secure Boot is on")
