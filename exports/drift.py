"""What changed between two moments as one HTML file, made as the report is: it needs nothing else, and runs nothing."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from core import __version__
from exports.html import environment, own, policy, save
from monitoring.drift import Drift
from monitoring.fields import Field

MOST = 1_000
"""Entries of each kind on the page, so that a browser can open it; JSON has every one."""


def write(found: Drift, output: Path, generated: datetime) -> None:
    """Write the page to `output`, whole or not at all. Raises `AnnexaError`."""
    save(render(found, generated), output)


def render(found: Drift, generated: datetime) -> str:
    """The whole page. The same drift gives the same bytes."""
    style = own("report.css")
    return (
        environment()
        .get_template("drift.html")
        .render(
            drift=found,
            generated=generated,
            most=MOST,
            spelt=spelt,
            rule=rule,
            style=style,
            policy=policy(style),
            version=__version__,
        )
    )


def spelt(field: Field) -> str:
    """One side of a field as people read it."""
    if field.unseen:
        return f"could not be seen: {field.unseen}"
    return "none" if field.absent else rule(field.value)


def rule(value: object) -> str:
    """A value as one writes it in the configuration."""
    return json.dumps(value, ensure_ascii=False)
