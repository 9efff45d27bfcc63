"""Is the host a supported system with an identity of its own?"""

from __future__ import annotations

from datetime import date, datetime

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.system import System

RELEASES_AS_OF = date(2026, 11, 22)
"""The day of the table below. Debian and Ubuntu: Debian's distro-info-data; the others: what the vendors announced."""

RED_HAT = ("rhel", "rocky", "almalinux", "ol")

# Distribution and release: end of the regular support, and of the free long term support where there is one.
SUPPORT_ENDS: dict[tuple[str, str], tuple[date, date | None]] = {
    ("debian", "10"): (date(2022, 9, 10), date(2024, 6, 30)),
    ("debian", "11"): (date(2024, 8, 14), date(2026, 8, 31)),
    ("debian", "12"): (date(2026, 7, 11), date(2028, 6, 30)),
    ("debian", "13"): (date(2028, 8, 9), date(2030, 6, 30)),
    ("ubuntu", "18.04"): (date(2023, 5, 31), None),
    ("ubuntu", "20.04"): (date(2025, 5, 29), None),
    ("ubuntu", "22.04"): (date(2027, 6, 1), None),
    ("ubuntu", "24.04"): (date(2029, 5, 31), None),
    ("ubuntu", "24.10"): (date(2025, 7, 10), None),
    ("ubuntu", "25.04"): (date(2026, 1, 15), None),
    ("ubuntu", "25.10"): (date(2026, 7, 9), None),
    ("ubuntu", "26.04"): (date(2031, 5, 29), None),
    ("ubuntu", "26.10"): (date(2027, 7, 15), None),
    ("centos", "7"): (date(2024, 6, 30), None),
    ("centos", "8"): (date(2024, 5, 31), None),
    ("centos", "9"): (date(2027, 5, 31), None),
    ("centos", "10"): (date(2030, 5, 31), None),
    **{(name, "7"): (date(2024, 6, 30), None) for name in RED_HAT},
    **{(name, "8"): (date(2029, 5, 31), None) for name in RED_HAT},
    **{(name, "9"): (date(2032, 5, 31), None) for name in RED_HAT},
    **{(name, "10"): (date(2035, 5, 31), None) for name in RED_HAT},
    ("almalinux", "8"): (date(2029, 3, 1), None),
    ("ol", "7"): (date(2024, 12, 31), None),
    ("amzn", "2"): (date(2026, 6, 30), None),
    ("amzn", "2023"): (date(2029, 6, 30), None),
    ("alpine", "3.18"): (date(2025, 5, 9), None),
    ("alpine", "3.19"): (date(2025, 11, 1), None),
    ("alpine", "3.20"): (date(2026, 4, 1), None),
    ("alpine", "3.21"): (date(2026, 11, 1), None),
    ("alpine", "3.22"): (date(2027, 5, 1), None),
}


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def release_is_supported(system: System, *, as_of: datetime, long_term_support_counts: bool = True) -> Verdict:
    """The release of the operating system still gets security fixes.

    After the end of support known holes stay open for ever, however well the host is patched.

    Remediation: Upgrade to a supported release. On Debian, change the suite in the package sources to the next
    release, then `apt-get update && apt-get dist-upgrade`; go one release at a time.
    """
    ends = SUPPORT_ENDS.get((system.distribution, _release(system)))
    if ends is None:
        return unknown(f"{system.name} is not in the table of support dates of {RELEASES_AS_OF}")
    regular, long_term = ends
    if as_of.date() <= regular:
        return passed(f"{system.name} is supported until {regular}")
    if long_term is None:
        return failed(f"support of {system.name} ended on {regular}")
    told = f"regular support of {system.name} ended on {regular}, long term support of a part of its packages"
    if as_of.date() > long_term:
        return failed(f"{told} on {long_term}")
    if not long_term_support_counts:
        return failed(f"{told} until {long_term} does not count here")
    return passed(f"{told} goes on until {long_term}")


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def machine_identity_is_unique(system: System, systems: Population[System]) -> Verdict:
    """No other host has the same machine identity.

    Hosts copied from one image without a new identity mix up their logs, leases and licences, and often share their
    SSH host keys too.

    Remediation: Empty /etc/machine-id in the image (`: >/etc/machine-id`), or give this host a new one: remove
    /etc/machine-id and /var/lib/dbus/machine-id, run `systemd-machine-id-setup`, and reboot.
    """
    if not system.identity:
        return failed("the host has no machine identity: /etc/machine-id is absent, empty or not initialised")
    twins = sorted({source for source, _ in systems.having(system.identity, by="identity")} - {systems.home})
    if twins:  # whatever could not be looked at, these are twins
        return failed(f"the machine identity is also that of {', '.join(twins)}")
    if len(systems.sources) == 1:
        return not_applicable("this is the only host we look at: there is no other to compare it with")
    systems.require_all(by="identity")
    return passed(f"no other of the {len(systems.sources)} hosts we look at has this machine identity")


def _release(system: System) -> str:
    """The release as the table writes it: Red Hat's family counts majors, Alpine the first two numbers."""
    numbers = system.release.split(".")
    if system.distribution in (*RED_HAT, "centos"):
        return numbers[0]
    return ".".join(numbers[:2])
