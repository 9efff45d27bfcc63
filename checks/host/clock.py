"""Does the clock agree with approved sources?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.clock import ClockSettings

PUBLIC_TIME = (
    "pool.ntp.org",
    "ntp.ubuntu.com",
    "time.google.com",
    "metadata.google.internal",
    "169.254.169.123",
    "time.aws.com",
    "time.windows.com",
    "time.cloudflare.com",
    "ptbtime1.ptb.de",
    "ptbtime2.ptb.de",
    "ptbtime3.ptb.de",
    "refclock PHC",
)


@check(objective="clocks-agree", severity=Severity.MEDIUM)
def time_daemon_runs(clock: ClockSettings) -> Verdict:
    """A time daemon runs.

    Without one the clock drifts by seconds a day, and the logs of several systems cannot be put in order.

    Remediation: `apt-get install chrony`, or `systemctl enable --now systemd-timesyncd`.
    """
    if clock.container:
        return _container(clock)
    if clock.daemons:
        return passed(f"{', '.join(clock.daemons)} runs")
    if clock.hypervisor_clocks:
        offered = ", ".join(clock.hypervisor_clocks)
        return failed(f"no time daemon runs; the hypervisor offers {offered}, but nothing here reads the time from it")
    return failed("no time daemon runs")


@check(objective="clocks-agree", severity=Severity.LOW)
def only_one_time_daemon_runs(clock: ClockSettings) -> Verdict:
    """Not more than one time daemon runs.

    Two daemons correct each other's corrections, and nobody can say which source the clock follows.

    Remediation: Keep one, and `apt-get remove` the others.
    """
    if clock.container:
        return _container(clock)
    if len(clock.daemons) > 1:
        return failed(f"{', '.join(clock.daemons)} run at the same time")
    if not clock.daemons:
        return not_applicable("no time daemon runs")
    return passed(f"only {clock.daemons[0]} runs")


@check(objective="clocks-agree", severity=Severity.HIGH)
def clock_is_synchronized(clock: ClockSettings) -> Verdict:
    """The clock is synchronised.

    A daemon that runs but reaches no source leaves the clock to drift, and every log, certificate and token with it.

    Remediation: Look at `chronyc sources` or `timedatectl timesync-status`, and let the host reach its time sources
    (UDP port 123).
    """
    if clock.container:
        return _container(clock)
    if clock.synchronized:
        return passed(f"{clock.synchronized_says} says that the clock is synchronised")
    return failed(f"{clock.synchronized_says} says that the clock is not synchronised")


@check(objective="clocks-agree", severity=Severity.MEDIUM)
def time_sources_are_approved(clock: ClockSettings, *, approved_sources: tuple[str, ...] = PUBLIC_TIME) -> Verdict:
    """The clock takes its time from approved sources only.

    Whoever gives the time can make expired certificates valid and put forged events in order.

    Remediation: Name the approved servers in /etc/chrony/chrony.conf (or `NTP=` below /etc/systemd/timesyncd.conf.d)
    and remove all others.
    """
    if clock.container:
        return _container(clock)
    if not clock.daemons:
        return not_applicable("no time daemon runs")
    if not clock.sources:
        return unknown(f"no source is configured where {clock.daemons[0]} is known to look")
    strange = [source for source in clock.sources if not _approved(source, approved_sources)]
    if strange:
        return failed(f"{', '.join(strange)} is not among the approved sources")
    return passed(f"{', '.join(clock.sources)}: all approved")


def _approved(source: str, approved: tuple[str, ...]) -> bool:
    """An approved name stands for itself and the names below it; `refclock PHC` for every clock of that driver."""
    return any(source == name or source.endswith(f".{name}") or source.startswith(f"{name} ") for name in approved)


def _container(clock: ClockSettings) -> Verdict:
    return not_applicable(f"the clock of this container ({clock.container}) is that of its host")
