"""Appending to the log inside a write transaction, and reading its nodes."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from evidence_store.errors import BrokenSealError
from evidence_store.log.tree import Load, hash_leaf, nodes_after
from evidence_store.schema import leaf, node


def log_size(connection: Connection) -> int:
    """How many leaves the log has."""
    last = connection.execute(select(func.max(leaf.c.position))).scalar()
    return 0 if last is None else int(last) + 1


def loader(connection: Connection) -> Load:
    """Nodes from the database, remembered. Raises `BrokenSealError` when one is missing."""
    known: dict[tuple[int, int], bytes] = {}

    def load(level: int, index: int) -> bytes:
        if (level, index) not in known:
            query = (
                select(node.c.hash).where(node.c.level == level, node.c.index == index)
                if level
                else select(leaf.c.hash).where(leaf.c.position == index)
            )
            found = connection.execute(query).scalar()
            if found is None:
                raise BrokenSealError(f"node {index} of level {level} of the log is missing", "run `annexa verify`")
            known[level, index] = found
        return known[level, index]

    return load


class Appender:
    """Adds leaves and the nodes they complete. Its connection must hold the write lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stored = loader(connection)
        self._new: dict[tuple[int, int], bytes] = {}
        self.size = log_size(connection)

    def append(self, data: bytes) -> int:
        """Add one leaf and return its position."""
        position, digest = self.size, hash_leaf(data)
        self._new[0, position] = digest
        self._connection.execute(insert(leaf), {"position": position, "data": data, "hash": digest})
        for level, index, inner in nodes_after(position, digest, self.load):
            self._new[level, index] = inner
            self._connection.execute(insert(node), {"level": level, "index": index, "hash": inner})
        self.size += 1
        return position

    def load(self, level: int, index: int) -> bytes:
        """A node, whether stored before or just made."""
        found = self._new.get((level, index))
        return self._stored(level, index) if found is None else found
