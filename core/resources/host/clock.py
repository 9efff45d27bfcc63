"""The clock of a host and what keeps it right."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_clock")
class ClockSettings(Resource):
    """Time synchronisation.

    `daemons` are the time daemons that run. `synchronized` is what the kernel or the daemon says and
    `synchronized_says` who said it. `sources` are the configured servers, pools and reference clocks.
    `hypervisor_clocks` are clocks that the hypervisor offers: a time daemon can read them, by themselves they
    synchronise nothing.
    """

    id: str
    container: str
    daemons: tuple[str, ...]
    synchronized: bool
    synchronized_says: str
    sources: tuple[str, ...]
    hypervisor_clocks: tuple[str, ...]


@resource("host_clock_offset")
class ClockOffset(Resource):
    """How far the host's clock is from that of the machine that asked, in whole seconds; positive when it is ahead.

    It was measured around one batch of questions, so all that is known is that it lies between the two.
    """

    id: str
    asked_by_itself: bool
    """The host was not asked by another machine: there was one clock only."""
    at_least: int
    at_most: int
