"""Writing a bundle: every part of it, and the signed list of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO

from evidence_store.leaving.signing import sign_list
from evidence_store.store import Store
from exports.bundle import forms, manifest
from exports.bundle.archive import Archive, sums
from exports.bundle.contents import PARTS
from exports.bundle.parts import File, Snapshot
from exports.leaving import AT_ONCE, Step

SUMS, SIGNED = "SHA256SUMS", "SHA256SUMS.signed"
TABLES_OF_VERDICTS = 8
"""About how many pieces of a bundle there are for each verdict: rows, events, parts of pages."""
OPAQUE = (forms.files,)
"""Parts in which something large is made whole before its first byte: paper, a workbook."""


def write(found: Snapshot, file: IO[bytes], step: Step) -> int:
    """Write the archive that answers a question, and say how many files it has. Raises `OSError`, `AnnexaError`."""
    about = 60 + 3 * len(found.conclusions.controls) + len(found.report.checks) + 8 * len(found.evidence.units)
    about += TABLES_OF_VERDICTS * len(found.report.findings)
    done = 0

    def told(pieces: Iterable[bytes], what: str) -> Iterator[bytes]:
        nonlocal done
        for piece in pieces:
            done += 1
            if done % AT_ONCE == 0:
                step(what, done, max(about, done))
            yield piece

    with Archive(file) as archive:
        for part in (*PARTS, manifest.files):
            what = f"writing {part.__module__.rpartition('.')[2]}"
            for each in part(found):
                if isinstance(each.content, bytes):
                    archive.add(each)
                    done += 1
                else:
                    archive.add(File(each.path, told(each.content, what)))
                step(what, done, 0 if part in OPAQUE else max(about, done))
        listed = sums(archive.written.values())
        archive.add(File(SUMS, listed))
        with Store.open(found.configuration.location) as store, store.reading() as connection:
            signed = sign_list(store, connection, hashlib.sha256(listed).hexdigest())
        archive.add(File(SIGNED, signed.encode()))
    return len(archive.written)
