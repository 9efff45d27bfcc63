"""The Merkle tree of RFC 9162, section 2: hashes, roots and proofs. Pure arithmetic over a way to load nodes.

Node `(level, index)` is the hash of the complete subtree over leaves `index << level` up to `(index + 1) << level`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

Load = Callable[[int, int], bytes]
"""The stored hash of a complete node. Raises `KeyError` when it is missing."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(data: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of one entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_after(size: int, leaf: bytes, load: Load) -> Iterator[tuple[int, int, bytes]]:
    """The complete nodes above level 0 that appending the leaf hash as entry number `size` completes."""
    level, index, digest = 0, size, leaf
    while index & 1:
        digest = hash_node(load(level, index - 1), digest)
        level, index = level + 1, index >> 1
        yield level, index, digest


def root(size: int, load: Load) -> bytes:
    """RFC 9162, 2.1.1: the root over the first `size` entries."""
    return _subtree(0, size, load)


def inclusion(index: int, size: int, load: Load) -> list[bytes]:
    """RFC 9162, 2.1.3.1: the path from entry `index` to the root over `size` entries."""
    if not 0 <= index < size:
        raise IndexError(f"entry {index} is not among {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_subtree(middle, high, load))
            high = middle
        else:
            path.append(_subtree(low, middle, load))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, load: Load) -> list[bytes]:
    """RFC 9162, 2.1.4.1: proof that the first `old` of `new` entries are still the same."""
    if not 0 < old <= new:
        raise IndexError(f"{old} is not between 1 and {new}")
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_subtree(middle, high, load))
            high = middle
        else:
            path.append(_subtree(low, middle, load))
            low, whole = middle, False
    if not whole:
        path.append(_subtree(low, high, load))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """RFC 9162, 2.1.3.2: whether the leaf hash is entry `index` of the tree with this root."""
    if not 0 <= index < size:
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            digest = hash_node(sibling, digest)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            digest = hash_node(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == expected


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: whether the tree of size `new` extends the tree of size `old`."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new:
        return False
    proof = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not proof:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = hash_node(sibling, before), hash_node(sibling, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = hash_node(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


class Tree:
    """A tree in memory: for the units below one source leaf, and for recomputing a whole log."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.size = 0
        self.nodes: dict[tuple[int, int], bytes] = {}
        for entry in entries:
            self.append(hash_leaf(entry))

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more entry."""
        self.nodes[0, self.size] = leaf
        for level, index, digest in nodes_after(self.size, leaf, self.load):
            self.nodes[level, index] = digest
        self.size += 1

    def load(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def root(self, size: int | None = None) -> bytes:
        return root(self.size if size is None else size, self.load)


def _subtree(low: int, high: int, load: Load) -> bytes:
    count = high - low
    if count == 0:
        return EMPTY_ROOT
    level = count.bit_length() - 1
    if count == 1 << level and low % count == 0:
        return load(level, low >> level)
    middle = low + _split(count)
    return hash_node(_subtree(low, middle, load), _subtree(middle, high, load))


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)
