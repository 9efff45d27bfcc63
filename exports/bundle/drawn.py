"""The samples of a period, each drawn again from what stood when it was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.errors import AnnexaError
from core.management.sample import Sample
from evidence_store.errors import BrokenSealError
from evidence_store.questions.events import samples
from evidence_store.questions.past import Past
from evidence_store.questions.populations import Populations
from exports import samples as sample_files
from exports.bundle.parts import File, Snapshot
from exports.tables import Table
from management.samples import DrawnSample, drawn_again
from runs.as_of import AsOf
from runs.state import report

COLUMNS = (
    "id", "drawn_at", "of", "drawn_from", "in_sources", "method", "parts_by", "seed", "population", "wanted", "drawn",
    "complete", "out_of_sight", "author", "reason", "as_of", "log_size", "leaf", "drawn_again",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A sample, and itself drawn again, or why that could not be done."""

    sample: Sample
    again: DrawnSample | None
    problem: str = ""


def samples_of(snapshot: Snapshot) -> tuple[Found, ...]:
    """The samples that were drawn in the period. Raises `BrokenSealError`."""
    with snapshot.store.reading() as connection:
        found = samples(snapshot.store, connection, snapshot.past).values()
    return tuple(_again(snapshot, each) for each in found if each.at >= snapshot.question.start)


def _again(snapshot: Snapshot, sample: Sample) -> Found:
    names = snapshot.names
    past = Past(size=sample.said.size, moment=sample.said.moment)
    shown = _named(snapshot, sample)
    try:
        stood = report(snapshot.configuration, snapshot.store, past.moment, then=AsOf(past=past))
        with snapshot.store.reading() as connection:
            populations = Populations(snapshot.store, connection, names.data, past)
            return Found(shown, replace(drawn_again(sample, stood, populations), sample=shown))
    except BrokenSealError:
        raise
    except AnnexaError as error:  # what it was drawn from was disposed of
        return Found(shown, None, names.text(str(error)))


def _named(snapshot: Snapshot, sample: Sample) -> Sample:
    """The sample with people called as everywhere in the bundle."""
    text = snapshot.names.text
    said = replace(sample.said, unseen=tuple(map(text, sample.said.unseen)))
    return replace(sample, said=said, author=text(sample.author), login=text(sample.login), reason=text(sample.reason))


def table(found: tuple[Found, ...]) -> Table:
    """Every sample of the period."""
    return Table(
        name="samples",
        about="A sample that was drawn in the period.",
        columns=COLUMNS,
        rows=(
            (
                each.id, each.at, each.said.of, " ".join(each.said.drawn_from), " ".join(each.said.in_sources),
                each.said.method.value, each.said.strata, each.said.seed, each.said.population, each.said.wanted,
                each.said.drawn, not each.said.unseen, "; ".join(each.said.unseen), each.author, each.reason,
                each.said.moment, each.said.size, each.leaf, one.problem or "the same items",
            )
            for one in found
            for each in [one.sample]
        ),
    )  # fmt: skip


def files(snapshot: Snapshot, found: tuple[Found, ...]) -> Iterator[File]:
    """The files of every sample that could be drawn again."""
    for each in found:
        for file in sample_files.files(each.again, f"samples/{each.sample.id}") if each.again else ():
            yield _leaving(snapshot, file)


def _leaving(snapshot: Snapshot, file: File) -> File:
    """A file in which people are called as everywhere in the bundle. Lists of items name nobody: they stay."""
    if not snapshot.names.redacted or file.path.endswith(".txt"):
        return file
    return File(file.path, snapshot.names.text(b"".join(file.pieces).decode()).encode())
