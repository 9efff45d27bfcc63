"""Checks of Direct Connect: no line is the only one."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.directconnect import DirectConnection, DirectInterface

UP = "available"
GONE = ("deleted", "deleting", "rejected")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def lines_end_in_several_places(connections: Population[DirectConnection], *, locations: int = 2) -> Verdict:
    """Lines of one's own to AWS end in more than one place.

    One digger, or one building without power, otherwise cuts off everything.

    Remediation: Order a second connection at another location, with another carrier if possible.
    """
    there = [each for each in connections if each.state not in GONE]
    if not there:
        return not_applicable("there are no lines of Direct Connect")
    places = sorted({each.location for each in there if each.state == UP})
    where = f"lines that are up end in {', '.join(places) or 'no place'}"
    return passed(where) if len(places) >= locations else failed(f"{where}: fewer than {locations} places")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def interface_has_a_twin(interface: DirectInterface, others: Population[DirectInterface]) -> Verdict:
    """The gateway that a virtual interface leads to is reached over another line as well.

    With one interface, or two on one line, the network behind the gateway is gone when the line is.

    Remediation: Make a second virtual interface to the same gateway, on another connection.
    """
    if interface.state in GONE:
        return not_applicable(f"{interface.name} is {interface.state}")
    if not interface.gateway:
        return not_applicable(f"{interface.name} is {interface.type}, and leads to no gateway of ours")
    twins = [
        each
        for each in others
        if (each.gateway, each.state) == (interface.gateway, UP) and each.connection != interface.connection
    ]
    if twins:
        return passed(f"{interface.gateway} is reached over {interface.connection} and {twins[0].connection}")
    return failed(f"{interface.gateway} is reached over {interface.connection} alone")
