"""Writes docs/checks.md, and which collectors ask what in docs/sources, from both themselves. Run with: make docs"""

from __future__ import annotations

from pathlib import Path

from core.plugins import Collector
from runs.plugins import all_checks, collectors_of, provider_names, resource_kinds
from runs.selection import controls_serving

FOLDER = Path(__file__).parent
SHARED = "idp_"
"""How kinds of identities begin that several providers have."""


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


def aws_services() -> str:
    """The page of what is asked of AWS: for each subject the operations, and the checks that read their answers."""
    found = collectors_of("aws")
    operations = {str(read) for each in found.values() for read in each.permissions}
    lines = [
        "# What is asked of AWS, and what for",
        "",
        f"{len(found)} collectors, {len(operations)} operations. Written by `make docs`; do not edit.",
        "What is left out on purpose, and why, stands in [AWS](aws.md#services); the checks in [Checks](../checks.md).",
        "",
    ]
    subject = ""
    for each in sorted(found.values(), key=lambda one: one.id):
        if (here := each.id.rpartition(".")[0]) != subject:
            subject = here
            lines += [f"## {subject}", ""]
        lines += [
            f"**{each.summary}** ({', '.join(f'`{kind}`' for kind in sorted(each.kinds))})",
            "",
            f"- asked: {', '.join(f'`{read}`' for read in each.permissions)}",
            f"- read by: {_readers(each)}",
            "",
        ]
    return "\n".join(lines)


def _readers(collector: Collector) -> str:
    readers = [each.id for each in all_checks().values() if each.kinds & collector.kinds]
    return ", ".join(f"`{name}`" for name in readers)


def identities() -> str:
    """The page of the kinds that providers of identities share: who tells them, and the checks that read them."""
    found = [each for name in provider_names() for each in collectors_of(name).values()]
    lines = [
        "# Who tells what of identities",
        "",
        "Written by `make docs`; do not edit. What the kinds are for stands in [Identities](../identities.md).",
        "",
    ]
    for kind, declared in sorted(resource_kinds().items()):
        if not kind.startswith(SHARED):
            continue
        tellers = [each for each in found if kind in each.kinds]
        readers = [each.id for each in all_checks().values() if kind in each.kinds]
        lines += [
            f"**`{kind}`** {' '.join((declared.__doc__ or '').split())}",
            "",
            f"- told by: {', '.join(f'`{each.id}`' for each in tellers) or 'nobody yet'}",
            f"- read by: {', '.join(f'`{name}`' for name in readers)}",
            "",
        ]
    return "\n".join(lines)


PAGES = {
    FOLDER / "checks.md": page,
    FOLDER / "sources" / "aws-services.md": aws_services,
    FOLDER / "sources" / "identities.md": identities,
}

if __name__ == "__main__":
    for path, written in PAGES.items():
        path.write_text(written(), encoding="utf-8")
