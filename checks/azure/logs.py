"""What it takes for a resource to be logged: all categories that are wanted, switched on and sent somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.model import Verdict, failed, passed, unknown
from core.population import Population
from core.resources.azure.logging import DiagnosticSetting, ResourceLogging

EVERYTHING, AUDIT = "allLogs", "audit"


def is_logged(
    name: str,
    resource: str,
    logging: Population[ResourceLogging],
    wanted: Sequence[str],
    *,
    groups: Sequence[str] = (EVERYTHING, AUDIT),
    any_of: bool = False,
) -> Verdict:
    """Whether a resource logs all of the wanted categories, or at least one of them.

    `groups` are the groups of categories that have the wanted ones in them.
    """
    found = logging.get(resource)
    if found is None:
        return unknown(f"nobody looked at what {name} logs")
    lacking = not_sent(found.settings, wanted, groups)
    if not lacking or (any_of and len(lacking) < len(wanted)):
        return passed(f"{name} logs {', '.join(each for each in wanted if each not in lacking)}")
    if not found.settings:
        return failed(f"{name} has no diagnostic setting")
    return failed(f"no diagnostic setting of {name} sends {' or '.join(lacking) if any_of else ', '.join(lacking)}")


def not_sent(settings: Iterable[DiagnosticSetting], wanted: Sequence[str], groups: Sequence[str]) -> list[str]:
    """Those of the wanted categories that are sent nowhere, neither by name nor in one of these groups.

    Azure takes no notice of case, and gives back names as somebody wrote them.
    """
    sent = [each for each in settings if each.arrives]
    if {group.lower() for each in sent for group in each.groups} & {group.lower() for group in groups}:
        return []
    there = {category.lower() for each in sent for category in each.categories}
    return [each for each in wanted if each.lower() not in there]
