"""annexa export bundle, oscal, ocsf, csv, xlsx, pdf: an answer to one question, each in a format of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from commands.export.asking import (
    DEFAULT_FRAMEWORK,
    Control,
    Framework,
    From,
    Output,
    Reason,
    Redact,
    Source,
    To,
    asking,
)
from commands.options import Config, Json, configuration
from commands.output import count, say, size, write_json
from commands.progress import showing_steps

if TYPE_CHECKING:
    from exports.leaving import Left

HELP = {
    "bundle": "Write one archive that answers an auditor and proves what it says.\n\n"
    "It holds pages to read, tables, and the sealed evidence with its proofs. It is pinned to the last checkpoint at "
    "or before --to, so who asks twice gets the same bytes. Whoever has it verifies it without this store: annexa "
    "verify FILE, or the program verify.py in it; and does it again: annexa reperform FILE. The export itself is "
    "sealed.",
    "oscal": "Write OSCAL 1.2 assessment results.\n\n"
    "Findings by control, observations with the digests of their evidence, risks for nonconformities and acceptances.",
    "ocsf": "Write OCSF Compliance Findings.\n\nOne event of class 2003 for each verdict, a line of JSON each.",
    "csv": "Write every table as CSV, in one ZIP file.\n\n"
    "After RFC 4180. What a spreadsheet could take for a formula begins with an apostrophe.",
    "xlsx": "Write a workbook.\n\nA sheet for each table, with filters, frozen heads and real dates.",
    "pdf": "Write the report on paper.\n\nControls, the period, failures, gaps, populations and samples.",
}
"""Each format with its help."""


def writing(form: str) -> Callable[..., None]:
    """The command that writes a format."""

    def write(
        output: Output,
        framework: Framework = DEFAULT_FRAMEWORK,
        start: From = "",
        end: To = "",
        control: Control = None,
        source: Source = None,
        redact: Redact = "",
        reason: Reason = "",
        config: Config = None,
        json: Json = False,
    ) -> None:
        from exports.formats import export
        from exports.leaving import Wish
        from runs.clock import now

        settings = configuration(config)
        ask = asking(framework, (start, end), (control, source), now(), redact_people=redact == "people")
        with showing_steps(quiet=json) as step:
            left = export(settings, Wish(ask, reason), form, output, now, step)
        if json:
            write_json(left)
        else:
            _show(left)

    write.__doc__ = HELP[form]
    return write


def _show(left: Left) -> None:
    """What left, and where that is sealed."""
    say(f"{left.form.capitalize() if left.form == 'bundle' else left.form.upper()}: {left.file}", style="bold")
    say(f"  {count(left.files, 'file')}, {size(left.size)}, {count(left.findings, 'finding')}")
    say(f"  pinned to the checkpoint over {count(left.checkpoint, 'leaf')}")
    say(f"  SHA-256 {left.digest}")
    say(f"  sealed as leaf {left.leaf}; give that digest on a way of its own, so that nobody can swap the file")
    for warning in left.warnings:
        say(f"  warning: {warning}", style="yellow")


def add_to(export: typer.Typer) -> None:
    """A command for each format."""
    for form in HELP:
        export.command(form)(writing(form))
