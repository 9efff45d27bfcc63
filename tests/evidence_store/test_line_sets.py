from __future__ import annotations

import hashlib
import random

import pytest

from evidence_store.derived import line_sets
from evidence_store.derived.line_sets import LineSets, difference
from evidence_store.errors import BrokenSealError


class Blobs(dict[bytes, bytes]):
    """Blobs in memory that count how often each is read."""

    def __init__(self, *blobs: bytes) -> None:
        super().__init__({hashlib.sha256(each).digest(): each for each in blobs})
        self.asked: list[bytes] = []

    def read(self, digest: bytes) -> bytes:
        self.asked.append(digest)
        if digest not in self:
            raise BrokenSealError(f"blob {digest.hex()} is not in the store")
        return self[digest]


def test_only_the_lines_that_are_not_in_both_are_told() -> None:
    blobs = Blobs(b"a\nb\nc\n", b"b\nc\nd\ne\n")
    old, new = blobs
    sets = LineSets(blobs.read)
    assert sets.difference(old, new) == ([b"a"], [b"d", b"e"])
    assert sets.difference(new, old) == ([b"d", b"e"], [b"a"])
    assert blobs.asked == [new, old]


def test_an_old_blob_that_is_gone_tells_nothing_and_a_new_one_must_be_there() -> None:
    blobs = Blobs(b"a\n")
    (there,) = blobs
    assert LineSets(blobs.read).difference(b"gone", there) is None
    with pytest.raises(BrokenSealError):
        LineSets(blobs.read).difference(there, b"gone")


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_sets, "REMEMBERED", 1)
    blobs = Blobs(b"a\n", b"b\n", b"c\n")
    sets = LineSets(blobs.read)
    for digest in (*blobs, *blobs):
        sets.count(digest)
    assert len(blobs.asked) == 6
    assert sets.count(list(blobs)[-1]) == 1
    assert len(blobs.asked) == 6


@pytest.mark.parametrize("seed", range(40))
def test_what_differs_is_what_sets_of_lines_say(seed: int) -> None:
    """Long lines and short ones, few changes and many, lines that are put in, taken out and moved."""
    chance = random.Random(seed)
    width = chance.choice([1, 40, 700])
    old = [f"{number:05} {chance.randbytes(width).hex()}".encode() for number in range(chance.choice([1, 30, 2000]))]
    new = [
        line if chance.random() > chance.choice([0.01, 0.5]) else b"%s changed" % line[: chance.randrange(len(line))]
        for line in old
        if chance.random() > 0.01
    ]
    for _ in range(chance.randrange(4)):
        new.insert(chance.randrange(len(new) + 1), chance.randbytes(3).hex().encode())
    if seed % 4 == 0:
        chance.shuffle(new)
    found = difference(*(b"".join(line + b"\n" for line in some) for some in (old, new)))
    assert found == (sorted({*old} - {*new}), sorted({*new} - {*old}))
