"""A bundle as whoever has it alone reads it: verified by the very program that lies in it, and done again from it.

`verify.py` asks `openssl`. Here the same walk over the same files asks the libraries that Annexa uses itself: two
programs would have to be wrong in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.codec import CodecError, decode, moment
from core.errors import AnnexaError
from evidence_store.errors import BrokenSealError, DisposedError
from evidence_store.log.sealed import SealedLeaf
from evidence_store.people.keyring import ERASED, HIDDEN
from evidence_store.questions.states import ScanState
from evidence_store.records import Assessed, SealedVerdict, UnitSeen, lines
from evidence_store.timestamps.timestamp import StampError, check
from exports.bundle.verify import BAD, Verification, bundle_at
from runs.reperform import Asked, Progress, again
from runs.reperformance import Reperformance

T = TypeVar("T")
_PSEUDONYM = re.compile(rf"(?:{ERASED}|{HIDDEN})[0-9a-f]+".encode())
NO_BUNDLE = "give a file that `annexa export bundle` wrote, or the folder where it was unpacked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification of a bundle found: `problems`, each naming the file it is about, and what is worth knowing."""

    bundle: str
    key: str
    files: int
    leaves: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def is_bundle(path: Path) -> bool:
    """Whether this is a bundle, and not the folder of a store: a file, or a folder with the list of its files."""
    return path.is_file() or (path / "SHA256SUMS.signed").is_file()


def verify(path: Path, key: str = "") -> tuple[Verified, Verification]:
    """Verify a bundle, believing the given key or the one it has. Raises `AnnexaError` for what is no bundle."""
    try:
        opened = bundle_at(str(path))
    except BAD as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise AnnexaError(f"{path}: is no bundle: {why}", NO_BUNDLE) from error
    found = Verification(opened, key, _signed, _stamped)
    problems = tuple(found.problems())
    said = found.keys[-1]["key"] if found.keys else ""
    verified = Verified(
        bundle=str(path),
        key=said,
        files=len(opened.names),
        leaves=len(found.leaves),
        problems=problems,
        notes=tuple(found.notes),
    )
    return verified, found


def reperform(path: Path, asked: Asked, progress: Progress = lambda _done, _all: None) -> Reperformance:
    """Do again what a bundle holds, both levels, with nothing but the bundle. Raises `AnnexaError`.

    What does not verify is said to be broken, and what can be read all the same is done again.
    """
    if asked.scan or asked.as_of:
        raise AnnexaError("a bundle answers one question", "leave out --scan and --as-of")
    verified, found = verify(path)
    log = BundledLog(found)
    return again(log, log.scan(), log.leaves(), verified.problems, asked, progress)


class BundledLog:
    """What is sealed and proven in a bundle, in the words of whoever does the work again. It has no other leaves."""

    def __init__(self, found: Verification) -> None:
        self._found = found
        self.checkpoint_size = found.size
        self.names = self
        self._units: dict[int, tuple[UnitSeen, ...]] = {}
        self._places: frozenset[tuple[int, str, str, str]] | None = None

    def pseudonyms_of_erased(self) -> frozenset[str]:
        """What people are called whose names are not in the bundle."""
        said = (found[0] for text in self._found.people.values() if (found := _PSEUDONYM.fullmatch(text)))
        return frozenset(each.decode() for each in said)

    def scan(self) -> ScanState:
        """The newest scan of the period, as the bundle tells of it. Raises `BrokenSealError`."""
        try:
            said = self._found.manifest["scan"]
            return ScanState(
                id=said["id"],
                trigger="",
                started=moment(said["started"]),
                finished=moment(said["finished"]) if said["finished"] else None,
                status=said["status"],
                agent_version=said["agent_version"],
                sources=(),
            )
        except (CodecError, KeyError, TypeError) as error:
            raise BrokenSealError(f"manifest.json: tells of no scan: {error}", "annexa verify says more") from error

    def leaves(self) -> list[SealedLeaf]:
        """The leaves whose proofs hold, in the order of the log."""
        return [SealedLeaf(position, content, True) for position, content in sorted(self._found.leaves.items())]

    def units(self, position: int) -> tuple[UnitSeen, ...]:
        """The units below the leaf of a source that are in the bundle. Raises `BrokenSealError`."""
        if position not in self._units:  # each of many checks asks for them
            here = sorted((ordinal, body) for (leaf, ordinal), body in self._found.units.items() if leaf == position)
            self._units[position] = tuple(
                self._decoded(UnitSeen, self.blob(body), f"unit {position}/{number}") for number, body in here
            )
        return self._units[position]

    def assessed(self, sealed: SealedLeaf) -> Assessed:
        """The assessment that a leaf seals. Raises `BrokenSealError`."""
        return self._decoded(Assessed, self.blob(sealed.content["body"]), f"leaf {sealed.position}")

    def verdicts(self, of: Assessed, position: int = -1) -> tuple[SealedVerdict, ...]:
        """The verdict list of an assessment. Raises `DisposedError` where what it judged is not all in the bundle."""
        there = self._populations()
        for at in (*of.subjects, *of.joins):
            if at.leaf >= 0 and (at.leaf, at.source, at.scope, at.kind) not in there:
                raise DisposedError(f"it also judged {at.kind} of {at.source}, which this bundle was not asked for")
        text = self.blob(of.verdicts, position)
        return tuple(self._decoded(SealedVerdict, line, f"verdicts of {of.check}") for line in lines(text))

    def blob(self, digest: str, position: int = -1) -> bytes:
        """Sealed bytes as they are to be read. Raises `DisposedError` where the bundle says why they are not here."""
        if why := self.thrown_away(digest, position):
            raise DisposedError(why)
        data = self._found.plain(digest)
        if data is None:
            raise BrokenSealError(f"sealed/blobs/{digest}.txt: is missing")
        return data

    def thrown_away(self, digest: str, position: int = -1) -> str | None:  # noqa: ARG002 - of a store a later leaf says
        """Why sealed bytes are not in the bundle."""
        return None if self._found.plain(digest) is not None else self._found.withheld.get(digest)

    def _populations(self) -> frozenset[tuple[int, str, str, str]]:
        """Leaf, source, scope and kind of every population that is in the bundle."""
        if self._places is None:
            self._places = frozenset(
                (leaf, body["unit"]["source"], body["unit"]["scope"], each["kind"])
                for (leaf, _), body in self._found.seen.items()
                for each in body["populations"]
            )
        return self._places

    def _decoded(self, cls: type[T], data: bytes, where: str) -> T:
        try:
            return decode(cls, data)
        except CodecError as error:
            raise BrokenSealError(f"{where}: is not of this format: {error}") from error


def _signed(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _stamped(message: bytes, response: bytes, certificates: bytes, nonce: str) -> str:
    try:
        check(response, message, certificates.decode("ascii", errors="replace"), int(nonce, 16))
    except StampError as error:
        return str(error)
    return ""
