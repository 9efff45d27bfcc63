"""Checks of computers that are members of a domain."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resource import missing_fields
from core.resources.active_directory import AdComputer

ENDED = {
    "Windows NT": date(2004, 12, 31), "Windows 2000": date(2010, 7, 13),
    "Windows XP": date(2014, 4, 8), "Windows Vista": date(2017, 4, 11),
    "Windows 7": date(2020, 1, 14), "Windows 8.1": date(2023, 1, 10), "Windows 8": date(2016, 1, 12),
    "Windows 10": date(2025, 10, 14), "Windows Server 2003": date(2015, 7, 14),
    "Windows Server 2008": date(2020, 1, 14), "Windows Server 2012": date(2023, 10, 10),
    "Windows Server 2016": date(2027, 1, 12), "Windows Server 2019": date(2029, 1, 9),
    "Windows Server 2022": date(2031, 10, 14), "Windows Server 2025": date(2034, 11, 14),
}  # fmt: skip
"""Until when fixes for everybody are published, by how a name begins
(https://learn.microsoft.com/lifecycle/products/). Of Windows 8 and 8.1 the longer name stands first."""
LONG_TERM = ("LTSC", "LTSB", "IoT")
"""Editions with an end of their own, which the name does not tell."""
WINDOWS_11 = {
    22000: (date(2023, 10, 10), date(2024, 10, 8)), 22621: (date(2024, 10, 8), date(2025, 10, 14)),
    22631: (date(2025, 11, 11), date(2026, 11, 10)), 26100: (date(2026, 10, 13), date(2027, 10, 12)),
    26200: (date(2027, 10, 12), date(2028, 10, 10)),
}  # fmt: skip
"""The same of Windows 11 by build: of most editions, and of Enterprise and Education."""
LONGER = ("Enterprise", "Education")
BUILD = re.compile(r"\((\d+)\)")
HYPER_V = "Hyper-V Server"
"""A Windows Server that runs machines alone, with the ends of the Windows Server of its year."""
WINDOWS = ("Windows", HYPER_V, "Azure Stack HCI", "Azure Local")
"""How names of all that is a Windows begin."""
DECORATION = str.maketrans("", "", "®™©")
GRACE_DAYS, LONGEST_DAYS = 14, 365
"""How long a computer may be away; and the longest time that policies of LAPS know."""


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def computer_is_used(computer: AdComputer, *, as_of: datetime, max_unused_days: int = 90) -> Verdict:
    """The account of every computer was used lately.

    A computer that is gone leaves an account with a key that nobody misses; one that is there and does not come gets no
    rules and no fixes.

    Remediation: Disable the account, look for the computer, and delete the account after a while.
    """
    if not computer.enabled:
        return not_applicable(f"{_called(computer)} is switched off")
    bound = as_of - timedelta(days=max_unused_days)
    if computer.last_sign_in is None:
        verdict = passed if computer.created >= bound else failed
        return verdict(f"{_called(computer)} has not signed in, and was added on {computer.created:%Y-%m-%d}")
    said = f"{_called(computer)} last signed in on {computer.last_sign_in:%Y-%m-%d}"
    if computer.last_sign_in >= bound:
        return passed(said)
    latest = computer.last_sign_in + timedelta(days=computer.sign_ins_lag_days)
    return (failed if latest < bound else unknown)(f"{said}, or up to {computer.sign_ins_lag_days} days later")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def windows_gets_fixes(computer: AdComputer, *, as_of: datetime, extended: tuple[str, ...] = ()) -> Verdict:
    """No computer runs a Windows for which fixes are no longer published.

    Weaknesses found after that day stay. Name systems for which you pay for fixes in the setting `extended`, as
    `Windows 10`.

    Remediation: Replace the system, or switch off the computer's account.
    """
    if not computer.enabled:
        return not_applicable(f"{_called(computer)} is switched off")
    if not computer.operating_system:
        return unknown(f"{_called(computer)} does not say what it runs")
    system = _system(computer)
    if not system.startswith(WINDOWS):
        return not_applicable(f"{_called(computer)} runs {system}")
    if any(system.startswith(each) for each in extended):
        return passed(f"{_called(computer)} runs {system}, for which fixes are paid for")
    if any(each in system for each in LONG_TERM):
        return unknown(f"{_called(computer)} runs {system}, an edition with an end of its own")
    end = _end(system, computer)
    if end is None:
        return unknown(f"{_called(computer)} runs {system}, of which we do not know until when it gets fixes")
    ended = end < as_of.date()
    return (failed if ended else passed)(
        f"{_called(computer)} runs {system}, whose fixes {'ended' if ended else 'end'} on {end}"
    )


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def local_password_is_replaced(computer: AdComputer, *, as_of: datetime, approved: tuple[str, ...] = ()) -> Verdict:
    """The local administrator's password is replaced by LAPS, and differs on each computer.

    One password for all lets whoever takes one computer walk through all of them. A date that no policy of LAPS asks
    for was written by hand, so that the password stays. Where LAPS keeps passwords in Entra ID, name the computers in
    the setting `approved`.

    Remediation: Switch Windows LAPS on by policy, and let it keep passwords in the domain.
    """
    if computer.controller:
        return not_applicable(f"{_called(computer)} is a controller, which has no local administrator")
    if not computer.enabled:
        return not_applicable(f"{_called(computer)} is switched off")
    if computer.operating_system and not _system(computer).startswith(WINDOWS):
        return not_applicable(f"{_called(computer)} runs {computer.operating_system}, for which LAPS does not exist")
    if computer.local_password_until is not None and computer.local_password_until > as_of + timedelta(LONGEST_DAYS):
        return failed(
            f"the local password of {_called(computer)} is to be replaced on "
            f"{computer.local_password_until:%Y-%m-%d} only, which no policy of LAPS asks for"
        )
    if computer.local_password_until is not None:
        overdue = computer.local_password_until < as_of - timedelta(days=GRACE_DAYS)
        return (failed if overdue else passed)(
            f"the local password of {_called(computer)} {'was' if overdue else 'is'} to be replaced on "
            f"{computer.local_password_until:%Y-%m-%d}"
        )
    if approved and computer.name in approved:
        return passed(f"LAPS keeps no password of {computer.name} here, which is approved")
    return failed(f"LAPS keeps no password of {_called(computer)}")


def _end(system: str, computer: AdComputer) -> date | None:
    """Until when fixes are published, `None` where neither name nor build is known."""
    if system.startswith("Windows 11"):
        build = BUILD.search(computer.operating_system_version)
        ends = WINDOWS_11.get(int(build[1])) if build else None
        return ends[any(each in system for each in LONGER)] if ends else None
    system = system.replace(HYPER_V, "Windows Server", 1)
    return next((end for name, end in ENDED.items() if system.startswith(name)), None)


def _system(computer: AdComputer) -> str:
    """What it runs, as Microsoft calls it without ornaments."""
    return " ".join(computer.operating_system.translate(DECORATION).split()).removeprefix("Microsoft ")


def _called(computer: AdComputer) -> str:
    return computer.id if "name" in missing_fields(computer) else computer.name
