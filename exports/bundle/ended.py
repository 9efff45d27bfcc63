"""Verdicts of the newest assessments that do not stand any more: their source or their check left the configuration."""

from __future__ import annotations

from collections.abc import Iterator

from core.codec import parse
from evidence_store.errors import BrokenSealError
from evidence_store.records import lines
from exports.bundle.parts import Snapshot


def ended(found: Snapshot) -> Iterator[dict[str, object]]:
    """Each of them, so that nobody takes what is not among the findings for left out."""
    standing = {(each.leaf, each.source, each.scope, each.resource) for each in found.report.findings}
    with found.store.reading() as connection:
        read = found.store.read_blob(connection)
        for each in found.evidence.assessments:
            if not each.newest:
                continue
            try:
                data = read(bytes.fromhex(each.body.verdicts))
            except BrokenSealError:
                continue  # thrown away, which the sealed part says, or refuses
            for line in map(parse, lines(found.names.data(found.names.lines(data)))):
                place = (line["source"], line["scope"], line["resource"])
                if found.question.asks_for(line["source"]) and (each.leaf, *place) not in standing:
                    yield dict(zip(("source", "scope", "resource"), place, strict=True), leaf=each.leaf)
