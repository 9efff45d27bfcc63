"""annexa proof"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import Config, configuration, open_store
from commands.output import say

Name = Annotated[
    str, typer.Argument(metavar="ID", help="A finding's id, a leaf's number, or LEAF/UNIT for a unit below a leaf.")
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the proof to this file instead of printing it.")
]


def proof(name: Name, output: Output = None, config: Config = None) -> None:
    """Write the proof that a leaf is in the signed log.

    The format is one that others verify too: C2SP tlog-proof.
    """
    from core.errors import AnnexaError
    from runs.tracing import proof_of

    with open_store(configuration(config)) as store:
        text = proof_of(store, name)
    if output:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise AnnexaError(
                f"--output: {output} cannot be written: {error.strerror}",
                f"name a file in a folder that is there and may be written; {output.parent} was asked for",
            ) from error
        say(f"Proof: {output}")
    else:
        sys.stdout.write(text)
