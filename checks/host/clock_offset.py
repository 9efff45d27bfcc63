"""Is the clock right?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.clock import ClockOffset


@check(objective="clocks-agree", severity=Severity.HIGH)
def clock_is_right(clock: ClockOffset, *, seconds: int = 2) -> Verdict:
    """The host's clock agrees with that of the machine that asked it.

    A daemon can run and be wrong. This is measured, not configured: what was sealed and what the host logged can then
    be put in one order. It takes for granted that the machine that asks has the right time.

    Remediation: Look at `chronyc tracking` or `timedatectl`, and at whether the host reaches its time sources; see that
    the machine that runs Annexa is synchronised too.
    """
    if clock.asked_by_itself:
        return not_applicable("the host was asked by itself, so there was no other clock to compare with")
    reason = f"its clock is between {_signed(clock.at_least)} and {_signed(clock.at_most)} seconds from ours"
    if clock.at_least > seconds or clock.at_most < -seconds:
        return failed(f"{reason}; at most {seconds} are allowed")
    if clock.at_least >= -seconds and clock.at_most <= seconds:
        return passed(reason)
    return unknown(f"{reason}: the way there and back took too long to say more")


def _signed(value: int) -> str:
    return f"{value:+d}" if value else "0"
