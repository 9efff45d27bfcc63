"""What leaves: the wish for it, the record that is sealed of it, and what its maker is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.codec import timestamp
from core.recording import Clock
from evidence_store.leaving.signing import seal_export
from evidence_store.records import Exported
from evidence_store.store import Store
from exports.bundle.parts import Question
from runs.configuration import Configuration
from runs.outward import bring_out

Step = Callable[[str, int, int], None]
"""Hears what is being written, how much is, and about how much there will be: 0 where nobody can say that."""
AT_ONCE = 500
"""Pieces (a row, a verdict) between two steps."""


def stepping(pieces: Iterable[bytes], what: str, about: int, step: Step, done: int = 0) -> Iterator[bytes]:
    """The same pieces; every so many of them, a step is told. Before the first one, nobody knows how long it takes."""
    step(what, 0, 0)
    for number, piece in enumerate(pieces, start=done + 1):
        if number % AT_ONCE == 0:
            step(what, number, max(about, number))
        yield piece


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, and why somebody asks (or nothing). `ask` makes the question in view of the store."""

    ask: Callable[[Store], Question]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A file that was made, with SHA-256 and length, and the leaf of the log that says that it left.

    `files` is how many are in it: one, unless it is an archive.
    """

    file: str
    form: str
    digest: str
    size: int
    files: int
    findings: int
    checkpoint: int
    leaf: int
    warnings: tuple[str, ...]


def question(asked: Question) -> dict[str, object]:
    """A question as the manifest of a bundle and the sealed record of an export have it."""
    return {
        "framework": asked.framework,
        "from": timestamp(asked.start),
        "to": timestamp(asked.end),
        "controls": list(asked.controls),
        "sources": list(asked.sources),
        "redact_people": asked.redact_people,
    }


def sealed(configuration: Configuration, left: Exported, clock: Clock) -> int:
    """Seal that a file left, and bring the checkpoint out. Returns the leaf. Raises `AnnexaError`."""
    with Store.open(configuration.location) as store:
        leaf = seal_export(store, left, clock())
        bring_out(configuration, store, clock)
    return leaf
