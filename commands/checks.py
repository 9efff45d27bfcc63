"""annexa checks"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.options import Config, Json, configuration
from commands.output import Cell, count, plain, say, table, write_json

if TYPE_CHECKING:
    from core.plugins import Check


def checks(config: Config = None, json: Json = False) -> None:
    """List every check with the controls it serves."""
    from runs.plugins import all_checks
    from runs.selection import controls_serving

    disabled = configuration(config).disabled
    found = all_checks().values()
    if json:
        write_json([check_as_json(check, enabled=check.id not in disabled) for check in found])
        return
    rows: list[list[Cell]] = []
    for check in found:
        controls = ", ".join(controls_serving(check.objective)) or "no control of this edition"
        off = " (disabled)" if check.id in disabled else ""
        rows.append([check.severity.value, [check.id + off, f"  {check.title} ({controls})"]])
    table(["Severity", "Check, and what is true when it passes (the controls it serves)"], rows)
    say(f"{count(len(found), 'check')}. More about one: annexa explain CHECK")


def check_as_json(check: Check[...], *, enabled: bool) -> dict[str, Any]:
    """A check with its documentation, settings and controls."""
    from runs.selection import controls_serving

    return {
        "id": check.id,
        "title": check.title,
        "rationale": check.rationale,
        "remediation": check.remediation,
        "objective": check.objective,
        "severity": check.severity.value,
        "subject": check.subject.kind,
        "whole_population": check.whole_population,
        "joins": [join.kind for join in check.joins.values()],
        "settings": plain(check.settings),
        "controls": list(controls_serving(check.objective)),
        "enabled": enabled,
    }
