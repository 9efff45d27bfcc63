"""Checks of what looks for attacks."""

from __future__ import annotations

from checks.gcp.containers import unless_judged
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.threats import DetectionService

WANTED = ("event-threat-detection", "container-threat-detection", "vm-threat-detection")


@check(objective="threat-detection-is-on", severity=Severity.HIGH)
def attacks_are_looked_for(
    container: Container, services: Population[DetectionService], *, wanted: tuple[str, ...] = WANTED
) -> Verdict:
    """In an organization Security Command Center looks for attacks: in logs, in containers, and in machines.

    Who steals a key or mines coins is otherwise noticed by the bill. Name the services that count in the setting
    `wanted`.

    Remediation: *Security Command Center*, *Settings*, *Services* (tier Premium or Enterprise).
    """
    if verdict := unless_judged(container, "organization"):
        return verdict
    found = {each.name: each for _, each in services.here.having(container.id, by="container") if each.name in wanted}
    off = [name for name, each in sorted(found.items()) if "on" not in missing_fields(each) and not each.on]
    if off:
        return failed(f"in {container.name} {', '.join(off)} is off")
    services.here.require_all(by="name")
    if unclear := [name for name in wanted if name not in found or missing_fields(found[name])]:
        return unknown(f"in {container.name} Google does not say whether {', '.join(unclear)} is on")
    return passed(f"in {container.name} {', '.join(wanted)} is on")
