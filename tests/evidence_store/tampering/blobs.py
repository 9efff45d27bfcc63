"""Blobs: bytes of packs, places in the index, and other content that is just as well compressed."""

from __future__ import annotations

import hashlib
import random
import re

import zstandard

from evidence_store.store import PACKS
from tests.evidence_store.tampering.families import Alteration, family, flip, naming
from tests.evidence_store.tampering.ground import (
    PLACE,
    Ground,
    Row,
    key_of,
)


@family
def flip_a_byte_of_a_pack(ground: Ground, chance: random.Random) -> Alteration | None:
    pack = chance.choice(ground.packs())
    data = pack.read_bytes()
    pack.write_bytes(flip(data, chance))
    return Alteration(pack.name)


@family
def truncate_or_remove_a_pack(ground: Ground, chance: random.Random) -> Alteration | None:
    pack = chance.choice(ground.packs())
    data = pack.read_bytes()
    if chance.random() < 0.2:
        pack.unlink()
        return Alteration(f"{pack.name} removed")
    kept = chance.randrange(len(data))
    pack.write_bytes(data[:kept])
    return Alteration(f"{pack.name} to {kept} bytes")


@family
def cut_a_piece_out_of_a_pack(ground: Ground, chance: random.Random) -> Alteration | None:
    pack = chance.choice(ground.packs())
    data = pack.read_bytes()
    at, size = chance.randrange(len(data)), chance.randint(1, 100)
    piece = chance.choice([b"", chance.randbytes(size), bytes(size)])
    pack.write_bytes(data[:at] + piece + data[at + size :])
    return Alteration(f"{size} bytes at {at} of {pack.name}")


@family
def swap_two_blobs(ground: Ground, chance: random.Random) -> Alteration | None:
    one, other = chance.sample(ground.rows("blob"), 2)
    place, others = ({column: row[column] for column in row if column in PLACE} for row in (one, other))
    ground.change("blob", one, **others)
    ground.change("blob", other, **place)
    return Alteration(f"{key_of('blob', one)} and {key_of('blob', other)}", naming("blob", one, other))


@family
def put_an_older_blob_in_the_place_of_another(ground: Ground, chance: random.Random) -> Alteration | None:
    """Valid bytes, well compressed, in the pack of the other one and found by its index."""
    rows = ground.rows("blob")
    older, row = (rows[number] for number in sorted(chance.sample(range(len(rows)), 2)))
    digests = {bytes(each["digest"]).hex(): each for each in rows}  # type: ignore[arg-type]
    plain = ground.decoded(bytes(older["digest"]).hex(), digests, 0)  # type: ignore[arg-type]
    store_as(ground, row, plain)
    return Alteration(f"{key_of('blob', older)} for {key_of('blob', row)}", naming("blob", row))


@family
def change_one_word_of_a_blob(ground: Ground, chance: random.Random) -> Alteration | None:
    """A body, a population, a verdict list or an answer says something else, well compressed and well indexed."""
    rows = ground.rows("blob")
    row = chance.choice(rows)
    digests = {bytes(each["digest"]).hex(): each for each in rows}  # type: ignore[arg-type]
    plain = ground.decoded(bytes(row["digest"]).hex(), digests, 0)  # type: ignore[arg-type]
    words = [match.span() for match in re.finditer(rb"\w+", plain)]
    if not words:
        return None
    start, end = chance.choice(words)
    word = chance.choice([b"pass", b"fail", b"alice", b"2026", b"0", b"true"])
    if plain[start:end] == word:
        return None
    store_as(ground, row, plain[:start] + word + plain[end:])
    return Alteration(f"{plain[start:end]!r} to {word!r} in {key_of('blob', row)}", naming("blob", row))


@family
def add_a_blob_that_nothing_names(ground: Ground, chance: random.Random) -> Alteration | None:
    data = chance.randbytes(40)
    row: Row = {**chance.choice(ground.rows("blob")), "digest": hashlib.sha256(data).digest()}
    if chance.random() < 0.5:
        row |= append_to(ground, str(row["pack"]), data)
    ground.insert("blob", row)
    return Alteration(f"{key_of('blob', row)}", naming("blob", row))


def store_as(ground: Ground, row: Row, plain: bytes) -> None:
    """Let the index find these bytes under the name of a blob."""
    ground.change("blob", row, **append_to(ground, str(row["pack"]), plain))


def append_to(ground: Ground, pack: str, plain: bytes) -> Row:
    frame = zstandard.ZstdCompressor(level=19, write_checksum=True, write_content_size=True).compress(plain)
    path = ground.folder / PACKS / pack
    offset = path.stat().st_size
    with path.open("ab") as file:
        file.write(frame)
    return {"pack": pack, "offset": offset, "length": len(frame), "size": len(plain), "base": None}
