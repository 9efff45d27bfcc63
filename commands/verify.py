"""annexa verify"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import count, plain, say, write_json

if TYPE_CHECKING:
    from evidence_store.notes import Verifier

Key = Annotated[
    str,
    typer.Option("--key", metavar="KEY", help="The published key (name+hash+base64), or a file with it, to believe."),
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="A checkpoint kept elsewhere, which the log must extend. Repeatable."),
]


def verify(config: Config = None, key: Key = "", checkpoint: Checkpoints = None, json: Json = False) -> None:
    """Recompute every seal of the store and name what is wrong. Exit status 4 when anything is."""
    from evidence_store.verify import verify as run
    from runs.authorities import authorities

    settings = configuration(config)
    given = _published(key) if key else None
    with open_store(settings) as store:
        found = run(
            store,
            verifier=given,
            authorities=authorities(settings),
            published=[_note(file) for file in checkpoint or ()],
            progress=_progress if sys.stderr.isatty() and not json else None,
        )
    if json:
        write_json({"verified": not found.problems, **plain(found)})
    else:
        parts = (count(found.leaves, "leaf"), count(found.blobs, "blob"), count(found.checkpoints, "checkpoint"))
        say(f"{settings.folder}: {', '.join(parts)}")
        say(f"  believing {found.trusted}: {found.verifier}")
        if found.pending:
            say(f"  not covered by a checkpoint yet: {count(found.pending, 'leaf')}", style="yellow")
        for authority in found.stamps:
            say(f"  stamps of {authority}")
        for sentence in found.clock:
            say(f"  ! {sentence}", style="yellow")
        for problem in found.problems:
            say(f"✗ {problem}", style="red")
        if not found.problems:
            say("✓ every seal holds", style="green")
    raise typer.Exit(4 if found.problems else 0)


def _published(key: str) -> Verifier:
    """The key a person gave. A wrong one is a mistake in what was typed, not a broken seal. Raises `AnnexaError`."""
    from core.errors import AnnexaError
    from evidence_store.errors import BrokenSealError
    from evidence_store.notes import Verifier

    try:
        text = Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key
        return Verifier.parse(text)
    except UnicodeDecodeError as error:
        raise AnnexaError(f"--key: {key} is not a text file", "give the file log.pub, or what it holds") from error
    except BrokenSealError as error:
        raise AnnexaError(f"--key: {error}", error.hint) from error


def _note(file: Path) -> str:
    """A checkpoint as it was kept. Raises `AnnexaError` for what is no text; `OSError` names its file itself."""
    from core.errors import AnnexaError

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AnnexaError(f"--checkpoint: {file} is not a text file", "give the note that a scan printed") from error


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\rverifying: {done} of {total} leaves")
    sys.stderr.write("\r\x1b[K" if done >= total else "")
