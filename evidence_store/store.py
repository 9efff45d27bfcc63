"""The store: a folder with the database, the packs of blobs and the public key. The signing key lives elsewhere."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, insert, select

from evidence_store import keys
from evidence_store.blobs import BlobReader, Place
from evidence_store.database import connect, exclusive, migrate, reading, revision, writing
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.key_history import KeyHistory
from evidence_store.notes import Checkpoint, Verifier, open_checkpoint
from evidence_store.schema import about, blob, checkpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DATABASE = "evidence.db"
PACKS = "packs"
RUNNING = "running"
LOCK = "evidence.lock"
RETIRED = "retired/"
"""How rows of `about` with retired keys are called, before the position of the leaf that ended each."""
PUBLIC_KEY = "log.pub"
MOST_AT_ONCE = 500
"""Values in one question: SQLite takes only so many."""


class Store:
    """An open store. Use as a context manager; reading needs no key."""

    def __init__(self, folder: Path, key_file: Path) -> None:
        self.folder = folder
        self.key_file = key_file
        self.path = folder / DATABASE
        self.engine = connect(self.path)
        self.blobs = BlobReader(folder / PACKS)

    @classmethod
    def open(cls, folder: Path, key_file: Path) -> Store:
        """Open an existing store to read it. Raises `StoreError` when there is none, or another version wrote it."""
        if not (folder / DATABASE).is_file():
            raise StoreError(f"{folder}: there is no evidence store here", "make one with: annexa scan")
        store = cls(folder, key_file)
        try:
            if revision(store.engine, store.path) is None:
                raise StoreError(f"{store.path}: the store is empty", "make one with: annexa scan")
            migrate(store.engine, store.path)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, folder: Path, key_file: Path) -> Store:
        """Open a store to write to it, making folder, tables, name and key on first use. Raises `StoreError`."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            for name in (PACKS, RUNNING):
                (folder / name).mkdir(exist_ok=True, mode=0o750)
        except OSError as error:
            raise StoreError(
                f"{folder}: the store cannot be made: {error.strerror}",
                "set store.folder to a path that can be written",
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise StoreError(f"{folder}: not writable", "give the user write permission, or set store.folder")
        _make_private(folder / DATABASE)
        store = cls(folder, key_file)
        try:
            migrate(store.engine, store.path)
            with exclusive(folder / LOCK):
                store._prepare_key()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        self.blobs.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.engine, self.path) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with writing(self.engine, self.path) as connection:
            yield connection

    def verifier(self, connection: Connection) -> Verifier:
        """The public key the store says it is signed with. Raises `BrokenSealError` when it says none."""
        found = connection.execute(select(about.c.value).where(about.c.name == "verifier")).scalar()
        if not isinstance(found, str):
            raise BrokenSealError(f"{self.path}: the store does not name its public key")
        verifier = Verifier.parse(found)
        if str(verifier) != found:
            raise BrokenSealError(f"{self.path}: the public key is not spelt as the store spells it: it was altered")
        return verifier

    def history(self, connection: Connection) -> KeyHistory:
        """All keys the store says it was ever signed with. Raises `BrokenSealError` when that is no history."""
        query = select(about).where(about.c.name.startswith(RETIRED, autoescape=True))
        found = {row.name.removeprefix(RETIRED): row.value for row in connection.execute(query)}
        try:
            retired = tuple(sorted((int(position), Verifier.parse(value)) for position, value in found.items()))
        except (ValueError, TypeError) as error:
            raise BrokenSealError(f"{self.path}: the retired keys are not spelt as the store spells them") from error
        if {str(position): str(verifier) for position, verifier in retired} != found:
            raise BrokenSealError(f"{self.path}: the retired keys are not spelt as the store spells them")
        return KeyHistory(retired, self.verifier(connection))

    def signing_key(self, connection: Connection) -> Ed25519PrivateKey:
        """The key this store is signed with. Raises `StoreError` when the key file holds another one."""
        expected = self.verifier(connection)
        key = keys.load_named(self.key_file, expected.public)
        if key.public_key().public_bytes_raw() != expected.public:
            raise StoreError(
                f"{self.key_file}: this is not the key that signs {self.folder}",
                f"set store.key to the file with the key for {expected}",
            )
        return key

    def latest_checkpoint(self, connection: Connection) -> tuple[Checkpoint, str] | None:
        """The newest checkpoint with its note, its signature verified. Raises `BrokenSealError`."""
        row = connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1)).first()
        if row is None:
            return None
        return open_checkpoint(row.note, self.verifier(connection)), row.note

    def read_blob(self, connection: Connection) -> Callable[[bytes], bytes]:
        """A reader of blobs by digest. It raises `BrokenSealError` that names a missing or altered one."""

        def read(digest: bytes) -> bytes:
            place = find(connection, digest)
            if place is None:
                raise BrokenSealError(f"blob {digest.hex()} is not in the store")
            return self.blobs.read(digest, place)

        return read

    def _prepare_key(self) -> None:
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
            if not path.exists():
                path.write_text(text, encoding="utf-8")
            elif path.read_bytes() in {f"{verifier}\n".encode() for _, verifier in history.retired}:
                new = path.with_name(f"{PUBLIC_KEY}.next")
                new.write_text(text, encoding="utf-8")
                new.replace(path)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}", "make room or mend permissions") from error


def _make_private(path: Path) -> None:
    """Make the database file before SQLite does, which would let everybody read it. Raises `StoreError`.

    An existing file stays untouched: closing any descriptor on it would drop the locks this process has there.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}", "choose a folder you may write") from error


def find(connection: Connection, digest: bytes) -> Place | None:
    """Where a blob lies."""
    row = connection.execute(select(blob).where(blob.c.digest == digest)).first()
    return Place(row.pack, row.offset, row.length, row.size) if row else None


def known_blobs(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Those of these blobs that have a place already: asked many at a time, as the caller may hold the write lock."""
    asked = list(digests)
    known: set[bytes] = set()
    for start in range(0, len(asked), MOST_AT_ONCE):
        query = select(blob.c.digest).where(blob.c.digest.in_(asked[start : start + MOST_AT_ONCE]))
        known.update(connection.execute(query).scalars())
    return known


def default_key_file(environment: dict[str, str], home: Path) -> Path:
    """Outside every store: `$XDG_CONFIG_HOME/annexa/signing-key.pem`, or below `~/.config`."""
    base = environment.get("XDG_CONFIG_HOME") or ""
    folder = Path(base) if re.match("/", base) else home / ".config"
    return folder / "annexa" / "signing-key.pem"
