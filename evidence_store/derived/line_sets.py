"""Blobs of lines as sets: from one day to the next most lines are the same, and only the others are looked at.

Both blobs list their lines in the same order, so they are compared as bytes, in long steps where they are alike.
"""

from __future__ import annotations

from collections import OrderedDict

from evidence_store.errors import BrokenSealError, UnreachableError
from evidence_store.records import Read, lines

REMEMBERED = 2**26
"""Bytes of blobs that are remembered, for the next day compares with them again."""

SHORTEST_STEP, LONGEST_STEP = 64, 2**20
LOOKED_AHEAD = 2**16
"""Bytes in which a line of the one blob is looked for in the other, to see what was put before it."""


class LineSets:
    """Reads blobs of lines and remembers the newest of them.

    `standing` is for whoever derives many leaves and is alone in writing: by check, the digest of the verdict list that
    is all that stands.
    """

    def __init__(self, read: Read) -> None:
        self.read = read
        self.standing: dict[str, bytes] = {}
        self._blobs: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def count(self, digest: bytes) -> int:
        """How many lines a blob has. Raises `BrokenSealError`."""
        return self._remembered(digest).count(b"\n")

    def difference(self, old: bytes, new: bytes) -> tuple[list[bytes], list[bytes]] | None:
        """The lines that only the old and only the new blob has; `None` when the old one cannot be read.

        Raises `BrokenSealError` when the new one cannot be read.
        """
        after = self._remembered(new)
        try:
            before = self._remembered(old)
        except (BrokenSealError, UnreachableError):
            return None
        return difference(before, after)

    def _remembered(self, digest: bytes) -> bytes:
        if digest in self._blobs:
            self._blobs.move_to_end(digest)
            return self._blobs[digest]
        data = self.read(digest)
        self._blobs[digest] = data
        self._size += len(data)
        while self._size > REMEMBERED and len(self._blobs) > 2:  # noqa: PLR2004 - two are compared with one another
            self._size -= len(self._blobs.popitem(last=False)[1])
        return data


def difference(old: bytes, new: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that only `old` has and those that only `new` has, each sorted."""
    gone: set[bytes] = set()
    come: set[bytes] = set()
    here = there = 0
    while here < len(old) and there < len(new):
        alike = _alike(old, here, new, there)
        alike = max(0, old.rfind(b"\n", here, here + alike) + 1 - here)
        here, there = here + alike, there + alike
        line, other = _line(old, here), _line(new, there)
        if _follow_alike(old, here + len(line), new, there + len(other)):  # the most common change: within a line
            gone.update(lines(line))
            come.update(lines(other))
            here, there = here + len(line), there + len(other)
        elif line != other and (found := new.find(b"\n" + line, there, there + LOOKED_AHEAD)) >= 0:
            come.update(lines(new[there : found + 1]))
            there = found + 1
        elif line != other and (found := old.find(b"\n" + other, here, here + LOOKED_AHEAD)) >= 0:
            gone.update(lines(old[here : found + 1]))
            here = found + 1
        else:
            gone.update(lines(line))
            come.update(lines(other))
            here, there = here + len(line), there + len(other)
    gone.update(lines(old[here:]))
    come.update(lines(new[there:]))
    return sorted(gone - come), sorted(come - gone)  # what only moved is in both


def _alike(old: bytes, here: int, new: bytes, there: int) -> int:
    """About how many bytes are the same from here on: in steps that grow while they are, and shrink when not."""
    alike, step = 0, SHORTEST_STEP
    growing = True
    while step >= SHORTEST_STEP:
        piece = new[there + alike : there + alike + step]
        if piece and old.startswith(piece, here + alike):
            alike += len(piece)
            step = min(2 * step, LONGEST_STEP) if growing else step // 2
        else:
            growing = False
            step //= 2
    return alike


def _follow_alike(old: bytes, here: int, new: bytes, there: int) -> bool:
    """Whether the lines that begin here are one and the same."""
    line = _line(old, here)
    return line != b"" and new.startswith(line, there)


def _line(data: bytes, start: int) -> bytes:
    """The line that begins here, with its end."""
    return data[start : (data.find(b"\n", start) + 1) or len(data)]
