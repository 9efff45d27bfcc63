"""A sample as files: what was drawn, the evidence of each item, how the population was made whole, and how a stranger
draws the same sample with `sha256sum` and `sort`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.codec import parse
from core.management.sample import Sample
from core.redaction import redact_written
from evidence_store.questions.states import FindingState
from evidence_store.records import Exported, salt
from exports.bundle.archive import Archive
from exports.bundle.parts import File
from exports.leaving import sealed
from exports.tables import Table, csv_lines
from exports.words import visible
from exports.writing import Writing
from management.drawing_from import Item
from management.samples import DrawnSample, listing
from management.sealing import Desk
from runs.completeness import Completeness, moment
from runs.login import login

ITEMS = (
    "number", "part", "rank", "item", "resource", "source", "scope", "status", "reason", "check", "finding", "leaf",
    "collected_at", "population_leaf", "population_unit", "evidence",
)  # fmt: skip
COMPLETENESS = (
    "kind", "source", "scope", "count", "complete", "statement", "collector", "version", "principal", "started",
    "finished", "operation", "endpoint", "parameters", "first_asked", "last_asked", "answers", "items", "cut_off",
    "failed", "counted_by_the_provider", "counted_by", "leaf", "unit",
)  # fmt: skip


def leave(desk: Desk, drawn: DrawnSample, file: Writing, reason: str) -> None:
    """One sample as a ZIP file, sealed as an export before it has its name. Raises `OSError`, `AnnexaError`."""
    with Archive(file.stream) as archive:
        for each in files(drawn, drawn.sample.id):
            archive.add(each)
    digest, size = file.finish()
    left = Exported(
        salt=salt(),
        reason=redact_written(reason),
        login=login(),
        form="sample",
        question={"sample": drawn.sample.id},
        checkpoint=drawn.sample.said.size,
        digest=digest,
        size=size,
    )
    sealed(desk.configuration, left, desk.clock)
    file.give_name()


def files(drawn: DrawnSample, folder: str) -> Iterator[File]:
    """Everything about one sample, below a folder."""
    yield File(f"{folder}/HOW.md", _how(drawn).encode())
    yield File(f"{folder}/sample.json", json_bytes(as_json(drawn.sample)))
    yield File(f"{folder}/items.csv", csv_lines(items(drawn)))
    yield File(f"{folder}/completeness.csv", csv_lines(completeness(drawn.completeness)))
    for number, part in enumerate(drawn.strata, start=1):
        yield File(f"{folder}/population-{number}.txt", listing(part.items))
    for number, item in enumerate(drawn.items, start=1):
        yield File(f"{folder}/evidence/{number:04}.json", json_bytes(_evidence(item)))


def as_json(sample: Sample) -> dict[str, Any]:
    """What was sealed about a sample, with the names of the model."""
    said = sample.said
    return {
        "id": sample.id,
        "at": f"{sample.at.isoformat()}",
        "author": sample.author,
        "login": sample.login,
        "reason": sample.reason,
        "leaf": sample.leaf,
        "of": said.of,
        "drawn_from": list(said.drawn_from),
        "in_sources": list(said.in_sources),
        "log_size": said.size,
        "moment": said.moment.isoformat(),
        "method": said.method.value,
        "strata": said.strata,
        "seed": said.seed,
        "wanted": said.wanted,
        "population": said.population,
        "drawn": said.drawn,
        "complete": not said.unseen,
        "unseen": list(said.unseen),
        "parts": [
            {"part": each.part, "size": each.size, "population_sha256": each.population, "lines": list(each.lines)}
            for each in said.parts
        ],
    }


def items(drawn: DrawnSample) -> Table:
    """The items that were drawn, in the order of their parts and ranks."""
    ranked = [(part.name, each.rank) for part in drawn.strata for each in part.drawn]
    return Table(
        name="items",
        about="An item that was drawn, with one of the verdicts about it.",
        columns=ITEMS,
        rows=(
            row
            for number, ((part, rank), item) in enumerate(zip(ranked, drawn.items, strict=True), start=1)
            for row in _rows(number, part, rank, item)
        ),
    )


def _rows(number: int, part: str, rank: str, item: Item) -> Iterator[tuple[Any, ...]]:
    behind = item.population
    for each in item.verdicts or (None,):
        verdict = (
            (each.status.value, each.reason, each.check, each.id, each.leaf, each.collected_at)
            if each
            else (None, None, None, None, None, behind.collected_at if behind else None)
        )
        place = (behind.leaf, behind.ordinal) if behind else (None, None)
        yield (
            number,
            part,
            rank,
            item.line,
            item.resource,
            item.source,
            item.scope,
            *verdict,
            *place,
            f"evidence/{number:04}.json",
        )


def completeness(found: tuple[Completeness, ...]) -> Table:
    """Who asked what: a row for each question that brought a population home."""
    return Table(
        name="completeness",
        about="A question to a provider, of those that made a population whole.",
        columns=COMPLETENESS,
        rows=(row for each in found for row in _asked(each)),
    )


def _asked(each: Completeness) -> Iterator[tuple[Any, ...]]:
    mine = each.population
    counted = (each.counted.count, each.counted.by) if each.counted else (None, None)
    first = (
        mine.kind, mine.source, mine.scope, mine.count, mine.complete, each.sentence, each.collector, each.version,
        each.principal, each.started, each.finished,
    )  # fmt: skip
    last = (*counted, mine.leaf, mine.ordinal)
    for one in each.asked:
        given = json.dumps(dict(one.parameters), ensure_ascii=False, sort_keys=True)
        asked = (
            one.operation,
            one.endpoint,
            given,
            one.first,
            one.last,
            one.pages,
            one.items,
            one.truncated,
            one.failed,
        )
        yield *first, *asked, *last
    if not each.asked:
        yield *first, *(None,) * 9, *last


def _evidence(item: Item) -> dict[str, Any]:
    """One item: what it is, as the provider described it, and what was judged about it."""
    behind = item.population
    found: dict[str, Any] = {"item": item.line, "source": item.source, "scope": item.scope, "resource": item.resource}
    if behind:
        found |= {
            "kind": behind.kind,
            "collected_at": behind.collected_at.isoformat(),
            "observed": parse(item.readable),
            "sealed_line": item.sealed.decode(),
            "sealed_in": {"population_sha256": behind.lines, "leaf": behind.leaf, "unit": behind.ordinal},
        }
    return {**found, "verdicts": [_verdict(each) for each in item.verdicts]}


def _verdict(each: FindingState) -> dict[str, Any]:
    return {
        "id": each.id,
        "check": each.check,
        "status": each.status.value,
        "reason": each.reason,
        "severity": each.severity.value,
        "since": each.since.isoformat(),
        "as_of": each.as_of.isoformat(),
        "collected_at": each.collected_at.isoformat(),
        "leaf": each.leaf,
        "evidence_leaves": list(each.evidence),
    }


def json_bytes(value: object) -> bytes:
    """JSON as people read it, the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _how(drawn: DrawnSample) -> str:
    """What was drawn of what, and how a stranger does it again."""
    sample, said = drawn.sample, drawn.sample.said
    parts = "\n".join(
        f"| population-{number}.txt | {visible(part.part) or 'all'} | {part.size} | {len(part.lines)} "
        f"| `{part.population}` |"
        for number, part in enumerate(said.parts, start=1)
    )
    unseen = "\n".join(f"* {visible(each)}" for each in said.unseen)
    whole = (
        "\n".join(f"* {visible(each.sentence)}" for each in drawn.completeness) or "* no population stands behind it"
    )
    of = f"{said.of} of {', '.join(said.drawn_from)}"
    where = f" in {', '.join(said.in_sources)}" if said.in_sources else ""
    return f"""# Sample {sample.id}

{said.drawn} of {said.population} {visible(of)}{visible(where)}, as they stood on {moment(said.moment)}: what the first
{said.size} leaves of the log say. Drawn on {moment(sample.at)} by {visible(sample.author)} (logged in as
{visible(sample.login)}): {visible(sample.reason)}. Leaf {sample.leaf} of the log seals it.

Method: {said.method.value}{f" by {said.strata}" if said.strata else ""}. Seed: `{visible(said.seed)}`

| File | Part | Items | Drawn | SHA-256 of the file |
|---|---|---|---|---|
{parts}

## Is the population whole?

{f"NO. Out of sight was:{chr(10)}{chr(10)}{unseen}" if unseen else "Nothing that was asked for was out of sight."}

{whole}

`completeness.csv` has every question that was asked for it.

## Draw it again

An item's rank is the SHA-256 of the seed, a line feed and the item. Those with the smallest ranks are drawn. For the
first file:

```sh
sha256sum population-1.txt
while IFS= read -r item; do
  printf '%s  %s\\n' "$(printf '%s\\n%s' "$SEED" "$item" | sha256sum | cut -c1-64)" "$item"
done < population-1.txt | LC_ALL=C sort | head -n {len(said.parts[0].lines)}
```

with `SEED` set to the seed above. The output is the lines of that part in `sample.json`, in that order. An item is the
name of a check, a source, a scope and the id of a verdict; or a kind, a source, a scope and the SHA-256 of the
resource as it was sealed: `sealed_line` in `evidence/`, without a line feed.
"""
