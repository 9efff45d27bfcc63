"""annexa verify"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import count, plain, say, say_seals, write_json

if TYPE_CHECKING:
    from evidence_store.log.notes import Verifier
    from evidence_store.log.publication import PublishedNote
    from evidence_store.verification.verify import Verification

Key = Annotated[
    str,
    typer.Option("--key", metavar="KEY", help="The published key (name+hash+base64), or a file with it, to believe."),
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help="A checkpoint kept elsewhere, which the log must extend. Repeatable."
    ),
]
Deep = Annotated[
    bool,
    typer.Option("--deep", help="Read every byte of every pack, and say first how much that is and how long it takes."),
]
ProofFile = Annotated[
    Path | None,
    typer.Option(
        "--proof", metavar="FILE", help="Verify this proof instead of the store; with --key no store is needed."
    ),
]

KEPT = "give the file of a checkpoint, as a report prints it or store.publish keeps it"
PROVEN = "give what `annexa proof` wrote"
PUBLISHED = "give the file log.pub, or what it holds: name+hash+base64"


Bundle = Annotated[
    str,
    typer.Argument(
        metavar="[BUNDLE]",
        help="A bundle that `annexa export bundle` wrote, or the folder where it was unpacked. Default: the store.",
    ),
]


def verify(
    bundle: Bundle = "",
    config: Config = None,
    key: Key = "",
    checkpoint: Checkpoints = None,
    proof: ProofFile = None,
    deep: Deep = False,
    json: Json = False,
) -> None:
    """Recompute every seal of the store, or of a bundle.

    Exit status 4 when anything is wrong: each such thing is named.

    The log must extend every checkpoint in the folders of store.publish, too. On this machine every blob is read. Of
    packs in a bucket (store.blobs) presence, size and checksum are looked at, and everything is read that verdicts
    follow from, but not the raw answers of providers: --deep reads those as well.
    """
    if bundle:
        _verify_bundle(Path(bundle), key, json=json)
    if proof:
        _verify_proof(proof, key, config, json=json)
        return
    from evidence_store.verification.verify import verify as run
    from runs.authorities import authorities
    from runs.memory import collect_seldom

    collect_seldom()
    settings = configuration(config)
    given = published_key(key) if key else None
    with open_store(settings) as store:
        found = run(
            store,
            verifier=given,
            authorities=authorities(settings),
            published=[_note(file) for file in checkpoint or ()],
            folders=settings.publish,
            progress=_progress if sys.stderr.isatty() and not json else None,
            deep=_tell if deep else None,
        )
    if json:
        write_json({"verified": not found.problems, **plain(found)})
    else:
        _show(found, settings.location.name)
    raise typer.Exit(4 if found.problems else 0)


def _show(found: Verification, store: str) -> None:
    parts = (count(found.leaves, "leaf"), count(found.blobs, "blob"), count(found.checkpoints, "checkpoint"))
    say(f"{store}: {', '.join(parts)}")
    say(f"  believing {found.trusted}: {found.verifier}")
    if found.pending:
        say(f"  not covered by a checkpoint yet: {count(found.pending, 'leaf')}", style="yellow")
    for change in found.rotations:
        say(f"  key changed: {change}")
    for disposal in found.disposals:
        say(f"  {disposal}")
    for authority in found.stamps:
        say(f"  stamps of {authority}")
    for place in found.published:
        say(f"  published in {place}")
    for place in found.unread:
        say(f"  ! published checkpoints cannot be read: {place}", style="yellow")
    for sentence in found.packs:
        say(f"  {sentence}")
    for sentence in found.clock:
        say(f"  ! {sentence}", style="yellow")
    say_seals(found.problems)


def _verify_bundle(path: Path, key: str, *, json: bool) -> NoReturn:
    """Verify a bundle by itself: no store and no configuration is needed. Raises `AnnexaError` for what is none."""
    from exports.bundle.reading import verify as run

    found, _ = run(path, str(published_key(key)) if key else "")
    if json:
        write_json({"verified": not found.problems, **plain(found)})
    else:
        say(f"{found.bundle}: {count(found.files, 'file')}, {count(found.leaves, 'leaf')} proven")
        where = "the key that was given" if key else "the key in the bundle; compare it with one from elsewhere"
        say(f"  believing {where}: {found.key or 'none'}")
        for note in found.notes:
            say(f"  {note}")
        say_seals(found.problems, " in the bundle")
    raise typer.Exit(4 if found.problems else 0)


def _verify_proof(file: Path, key: str, config: Path | None, *, json: bool) -> None:
    """Open a proof with the given key, or with that of the store. Raises `BrokenSealError` when it does not hold."""
    from core.codec import parse
    from core.errors import AnnexaError
    from evidence_store.log.proofs import HEAD, open_proof

    text = _text(file, "--proof", PROVEN)
    if not text.startswith(f"{HEAD}\n"):
        raise AnnexaError(f"--proof: {file} is no proof", PROVEN)
    if key:
        verifier = published_key(key)
        found = open_proof(text, verifier)
    else:
        with open_store(configuration(config)) as store, store.reading() as connection:
            history = store.history(connection)
        found = open_proof(text, history)
        verifier = history.signers(found.checkpoint.size)[-1]
    leaf, unit = parse(found.leaf), parse(found.entry) if found.entry else None
    if json:
        size = found.checkpoint.size
        write_json({"verified": True, "position": found.index, "leaf": leaf, "unit": unit, "checkpoint_size": size})
        return
    say(f"✓ leaf {found.index} is in the log that {verifier} signed at size {found.checkpoint.size}", style="green")
    say(f"  {leaf['type']} of scan {leaf['scan']}, {leaf['at']}, body {leaf['body']}")
    if unit:
        say(f"✓ below it is the unit with the body {unit['body']}", style="green")


def published_key(key: str) -> Verifier:
    """The key a person gave. A wrong one is a mistake in what was typed, not a broken seal. Raises `AnnexaError`."""
    from core.errors import AnnexaError
    from evidence_store.errors import BrokenSealError
    from evidence_store.log.notes import Verifier

    try:
        text = Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key
        return Verifier.parse(text)
    except UnicodeDecodeError as error:
        raise AnnexaError(f"--key: {key} is not a text file", PUBLISHED) from error
    except BrokenSealError as error:
        if "+" not in key and not Path(key).exists():
            raise AnnexaError(f"--key: there is no file {key}, and it is no key", PUBLISHED) from error
        raise AnnexaError(f"--key: {error}", error.hint) from error


def _note(file: Path) -> PublishedNote:
    """A checkpoint as it was kept. Raises `AnnexaError` for what is none."""
    from core.errors import AnnexaError
    from evidence_store.log.publication import PublishedNote

    note = _text(file, "--checkpoint", KEPT)
    if not re.match(r"[^\n]+\n\d+\n[^\n]+\n\n", note):
        raise AnnexaError(f"--checkpoint: {file} is no checkpoint", KEPT)
    return PublishedNote(note.rstrip("\n") + "\n", str(file))  # sqlite3 ends with an empty line what it prints


def _text(file: Path, option: str, hint: str) -> str:
    from core.errors import AnnexaError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise AnnexaError(f"{option}: {file} cannot be read: {reason}", hint) from error


def _tell(sentence: str) -> None:
    """Now, and beside the result: it may take hours."""
    sys.stderr.write(f"{sentence}\n")


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\rverifying: {done} of {total} leaves")
    sys.stderr.write("\r\x1b[K" if done >= total else "")
