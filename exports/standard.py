"""The whole standard as one HTML file, made as the report is: it needs nothing else, and runs nothing."""

from __future__ import annotations

from pathlib import Path

from core import __version__
from exports.html import environment, own, policy, save
from management.assets import Known
from management.standard import Standard

MOST = 1_000
"""Rows of each kind on the page, so that a browser can open it; JSON has every one."""


def write(found: Standard, output: Path) -> None:
    """Write the page to `output`, whole or not at all. Raises `AnnexaError`."""
    save(render(found), output)


def render(found: Standard) -> str:
    """The whole page. The same state gives the same bytes."""
    style = own("report.css") + own("standard.css")
    return (
        environment()
        .get_template("standard.html")
        .render(
            found=found,
            organization=found.report.answers.organization,
            known=Known,
            most=MOST,
            style=style,
            policy=policy(style),
            version=__version__,
        )
    )
