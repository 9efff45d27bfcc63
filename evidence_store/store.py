"""The store: a folder with the database, the packs of blobs and the public key. The signing key lives elsewhere."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Row, insert, select

from evidence_store.backends.local import LocalPacks
from evidence_store.backends.s3 import Bucket
from evidence_store.backends.stored import StoredPacks, Uploaded
from evidence_store.blobs.packs import SUFFIX, PackWriter, known_blobs
from evidence_store.blobs.reader import BlobReader, Place
from evidence_store.database import database_at
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys import signing as keys
from evidence_store.keys.key_history import KeyHistory
from evidence_store.location import Location
from evidence_store.log.notes import Checkpoint, Verifier, open_checkpoint
from evidence_store.schema import about, blob, checkpoint, upload

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PACKS = "packs"
PENDING = "pending"
"""The folder of packs that are to be carried to a bucket."""
VERIFIER = "verifier"
"""How the row of `about` with the current key is called."""
RETIRED = "retired/"
"""How rows of `about` with retired keys are called, before the position of the leaf that ended each."""
PUBLIC_KEY = "log.pub"


class Store:
    """An open store. Use as a context manager; reading needs no key."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self.folder = location.folder
        self.key_file = location.key_file
        self.database = database_at(location)
        self.bucket = Bucket(location.bucket) if location.bucket else None
        packs, pending = location.folder / PACKS, location.folder / PENDING
        # The first takes new packs. A store that once had a bucket may still have some that wait to be carried there.
        self.pack_folders = (pending, packs) if self.bucket else (packs, pending)
        self.blobs = self.reader()
        self.without_names = False
        """Whether whoever reads this store sees nobody's name, although the keys are there."""

    @property
    def name(self) -> str:
        """How messages call the database: a path or an address."""
        return self.database.name

    @classmethod
    def open(cls, location: Location) -> Store:
        """Open an existing store to read it. Raises `StoreError` when there is none, or another version wrote it."""
        store = cls(location)
        try:
            store.database.refuse_missing()
            store.database.migrate()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, location: Location) -> Store:
        """Open a store to write to it, making folder, tables, name and key on first use. Raises `StoreError`."""
        store = cls.nameless(location)
        try:
            with store.database.exclusive():
                store.prepare_key()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def nameless(cls, location: Location) -> Store:
        """Open a store to fill it, making folder and tables; whose log it is, is for the caller to say.

        Raises `StoreError`.
        """
        folder = location.folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            (folder / (PENDING if location.bucket else PACKS)).mkdir(exist_ok=True, mode=0o750)
        except OSError as error:
            raise StoreError(
                f"{folder}: the store cannot be made: {error.strerror}",
                "set store.folder to a path that can be written",
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise StoreError(f"{folder}: not writable", "give the user write permission, or set store.folder")
        store = cls(location)
        try:
            store.database.make()
            store.database.migrate()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        self.blobs.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.database.writing() as connection:
            yield connection

    def verifier(self, connection: Connection) -> Verifier:
        """The public key the store says it is signed with. Raises `BrokenSealError` when it says none."""
        found = connection.execute(select(about.c.value).where(about.c.name == "verifier")).scalar()
        if not isinstance(found, str):
            raise BrokenSealError(f"{self.name}: the store does not name its public key")
        verifier = Verifier.parse(found)
        if str(verifier) != found:
            raise BrokenSealError(f"{self.name}: the public key is not spelt as the store spells it: it was altered")
        return verifier

    def history(self, connection: Connection) -> KeyHistory:
        """All keys the store says it was ever signed with. Raises `BrokenSealError` when that is no history."""
        query = select(about).where(about.c.name.startswith(RETIRED, autoescape=True))
        found = {row.name.removeprefix(RETIRED): row.value for row in connection.execute(query)}
        try:
            retired = tuple(sorted((int(position), Verifier.parse(value)) for position, value in found.items()))
        except (ValueError, TypeError) as error:
            raise BrokenSealError(f"{self.name}: the retired keys are not spelt as the store spells them") from error
        if {str(position): str(verifier) for position, verifier in retired} != found:
            raise BrokenSealError(f"{self.name}: the retired keys are not spelt as the store spells them")
        return KeyHistory(retired, self.verifier(connection))

    def signing_key(self, connection: Connection) -> Ed25519PrivateKey:
        """The key this store is signed with. Raises `StoreError` when the key file holds another one."""
        expected = self.verifier(connection)
        key = keys.load_named(self.key_file, expected.public)
        if key.public_key().public_bytes_raw() != expected.public:
            raise StoreError(
                f"{self.key_file}: this is not the key that signs {self.location.name}",
                f"set store.key to the file with the key for {expected}",
            )
        return key

    def latest_checkpoint(self, connection: Connection, size: int | None = None) -> tuple[Checkpoint, str] | None:
        """The newest checkpoint, or the newest when the log had `size` leaves, with its note, its signature verified.

        Raises `BrokenSealError`.
        """
        query = select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1)
        row = connection.execute(query if size is None else query.where(checkpoint.c.size <= size)).first()
        if row is None:
            return None
        if size is not None:
            return self.history(connection).open(row.note), row.note
        return open_checkpoint(row.note, self.verifier(connection)), row.note

    def reader(self, *, checked: bool = True) -> BlobReader:
        """A reader of blobs; one serves one thread. Unless it is `checked`, whoever reads looks at digests."""
        return BlobReader(StoredPacks(LocalPacks(*self.pack_folders), self.bucket, self._uploaded), checked=checked)

    def read_blob(self, connection: Connection) -> Callable[[bytes], bytes]:
        """A reader of blobs by digest. It raises `BrokenSealError` that names a missing or altered one."""
        return BlobIndex(connection, self.blobs).read

    @contextmanager
    def blob_index(self) -> Iterator[BlobIndex]:
        """What the store has of blobs."""
        with self.reading() as connection:
            yield BlobIndex(connection, self.blobs)

    def pack(self, name: str) -> PackWriter:
        """A pack to write blobs to: `put` them, `flush`, and `index` them in the transaction that names them."""
        return PackWriter(self.pack_folders[0], f"{name}{SUFFIX}", self.blob_index)

    def is_here(self, pack: str) -> bool:
        """Whether a pack lies on this machine."""
        return any((folder / pack).exists() for folder in self.pack_folders)

    def has_elsewhere(self, pack: str) -> bool:
        """Whether a pack was carried to a bucket."""
        return self._uploaded(pack) is not None

    def _uploaded(self, pack: str) -> Uploaded | None:
        with self.reading() as connection:
            row = connection.execute(select(upload).where(upload.c.pack == pack)).first()
        return Uploaded(row.length, row.digest, row.checksum, row.version) if row else None

    def prepare_key(self) -> None:
        """Name the log and make its key on first use; refuse to go on under another key than the store's own."""
        with self.reading() as connection:
            if connection.execute(select(about.c.value).where(about.c.name == "verifier")).scalar() is not None:
                self.signing_key(connection)
                self.publish_key(self.history(connection))
                return
        key = keys.load_or_create(self.key_file)
        verifier = Verifier(f"annexa.log/{secrets.token_hex(8)}", key.public_key().public_bytes_raw())
        with self.writing() as connection:
            connection.execute(insert(about), [{"name": "verifier", "value": str(verifier)}])
        self.publish_key(KeyHistory((), verifier))

    def publish_key(self, history: KeyHistory) -> None:
        """Write the public key beside the log, unless it is there: who should have written it may have died before.

        Raises `StoreError`.
        """
        path, text = self.folder / PUBLIC_KEY, f"{history.current}\n"
        try:
            if not path.exists() or path.read_bytes() in {f"{each}\n".encode() for _, each in history.retired}:
                new = path.with_name(f"{PUBLIC_KEY}.next")
                new.write_text(text, encoding="utf-8")
                new.replace(path)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}", "make room or mend permissions") from error


@dataclass(frozen=True, slots=True)
class BlobIndex:
    """Blobs as one connection sees them."""

    connection: Connection
    reader: BlobReader

    def known(self, digests: Iterable[bytes]) -> set[bytes]:
        """Those of these blobs that the store has."""
        return known_blobs(self.connection, digests)

    def find(self, digest: bytes) -> Place | None:
        """Where a blob lies."""
        return find(self.connection, digest)

    def read(self, digest: bytes) -> bytes:
        """The plain bytes. Raises `BrokenSealError` that names a missing or altered blob."""
        return self.reader.read(digest, self.find)


def find(connection: Connection, digest: bytes) -> Place | None:
    """Where a blob lies."""
    row = connection.execute(select(blob).where(blob.c.digest == digest)).first()
    return place_in(row) if row else None


def place_in(row: Row[Any]) -> Place:
    """Where a blob lies, as its row says."""
    return Place(row.pack, row.offset, row.length, row.size, row.base)


def default_key_file(environment: dict[str, str], home: Path) -> Path:
    """Outside every store: `$XDG_CONFIG_HOME/annexa/signing-key.pem`, or below `~/.config`."""
    base = environment.get("XDG_CONFIG_HOME") or ""
    folder = Path(base) if re.match("/", base) else home / ".config"
    return folder / "annexa" / "signing-key.pem"
