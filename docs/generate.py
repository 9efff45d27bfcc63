"""Writes docs/checks.md from the checks themselves. Run with: make docs"""

from __future__ import annotations

from pathlib import Path

from runs.plugins import all_checks
from runs.selection import controls_serving

TARGET = Path(__file__).parent / "checks.md"


def page() -> str:
    """The page of all checks, one section per subject."""
    found = all_checks()
    lines = ["# Checks", "", f"{len(found)} checks. Written by `make docs`; do not edit.", ""]
    subject = ""
    for check in found.values():
        if (here := check.id.rpartition(".")[0]) != subject:
            subject = here
            lines += [f"## {subject}", ""]
        lines += [f"### `{check.id}`", "", f"**{check.title}**", "", check.rationale, ""]
        lines += [f"*Remediation.* {check.remediation}", ""]
        settings = ", ".join(f"`{name}` = `{default!r}`" for name, default in check.settings.items())
        controls = ", ".join(controls_serving(check.objective))
        lines += [
            f"Severity {check.severity}. Objective `{check.objective}`. Controls of ISO/IEC 27001:2022: {controls}."
            + (f" Settings: {settings}." if settings else ""),
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
