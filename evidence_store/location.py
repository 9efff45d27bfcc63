"""Where a store is: what opening one needs to know, as one value that can be handed around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evidence_store.backends.address import BucketAddress


@dataclass(frozen=True, slots=True)
class Location:
    """The folder with the packs, the file with the signing key, and the database.

    `database` is empty for the SQLite file in the folder, or the address of a PostgreSQL database without a password;
    `password` gives that when it is asked, unless libpq is to find one by itself. `bucket` is where packs are carried
    to; without one they stay in the folder.
    """

    folder: Path
    key_file: Path
    database: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False, compare=False)
    bucket: BucketAddress | None = None

    @property
    def name(self) -> str:
        """How people call the store: the address of its database, or its folder."""
        return self.database or str(self.folder)
