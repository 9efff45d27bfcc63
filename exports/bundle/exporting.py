"""Writing a bundle: every part of it, and the signed list of its files."""

from __future__ import annotations

import hashlib
from typing import IO

from evidence_store.leaving.signing import sign_list
from evidence_store.store import Store
from exports.bundle import manifest
from exports.bundle.archive import Archive, sums
from exports.bundle.contents import PARTS
from exports.bundle.parts import File, Snapshot
from exports.leaving import Step

SUMS, SIGNED = "SHA256SUMS", "SHA256SUMS.signed"


def write(found: Snapshot, file: IO[bytes], step: Step) -> int:
    """Write the archive that answers a question, and say how many files it has. Raises `OSError`, `AnnexaError`."""
    about = 60 + 3 * len(found.conclusions.controls) + len(found.report.checks) + 8 * len(found.evidence.units)
    with Archive(file) as archive:
        for part in (*PARTS, manifest.files):
            what = f"writing {part.__module__.rpartition('.')[2]}"
            for each in part(found):
                archive.add(each)
                done = len(archive.written)
                step(what, done, max(about, done))
        listed = sums(archive.written.values())
        archive.add(File(SUMS, listed))
        with Store.open(found.configuration.location) as store, store.reading() as connection:
            signed = sign_list(store, connection, hashlib.sha256(listed).hexdigest())
        archive.add(File(SIGNED, signed.encode()))
    return len(archive.written)
