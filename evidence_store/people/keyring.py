"""The keys of people: whom the evidence of a store names, each under a key that can be destroyed alone.

A row of `person` holds one key and identifier, wrapped with a secret that lies in a file beside the signing key: who
copies the database alone comes to know nobody. Rows stand outside the log; one that is gone erases somebody for good.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, insert, select, update

from evidence_store.errors import StoreError
from evidence_store.keys import secret_file
from evidence_store.people import persons
from evidence_store.people.persons import KEY_BYTES, SUBJECT_BYTES, Concealment, Person
from evidence_store.schema import about, erasure, person
from evidence_store.store import Store

Read = Callable[[bytes], bytes]
ABOUT = "persons"
"""The row of `about` that tells the secret of this store from another one."""
UNPURGED = "unpurged"
"""The row of `about` that says, unless it is empty: what was deleted may still be in the files of the database."""
PSEUDONYM_DIGITS = 8
ERASED, HIDDEN = "erased-", "person-"


def secret_path(key_file: Path) -> Path:
    """The file with the secret that wraps the keys of people."""
    return key_file.with_name(f"{key_file.name}.persons")


def pseudonym(subject: bytes, *, erased: bool) -> str:
    """How somebody without a name is called: the same everywhere and always, and nobody else is."""
    return f"{ERASED if erased else HIDDEN}{subject.hex()[:PSEUDONYM_DIGITS]}"


class PersonSecret:
    """What is made of the secret: keys to wrap, to look up, and a mark that gives none of them away."""

    __slots__ = ("_lookup", "_wrap", "mark")

    def __init__(self, secret: bytes) -> None:
        expanded = HKDF(SHA256(), 128, None, b"annexa persons/v1").derive(secret)
        self._wrap, self._lookup, self.mark = AESSIV(expanded[:64]), expanded[64:96], expanded[96:].hex()

    def lookup(self, identifier: str) -> bytes:
        return hmac.digest(self._lookup, identifier.encode(), sha256)

    def wrap(self, one: Person) -> bytes:
        return self._wrap.encrypt(one.key + one.identifier.encode(), [one.subject])

    def unwrap(self, subject: bytes, wrapped: bytes) -> Person | None:
        try:
            plain = self._wrap.decrypt(wrapped, [subject])
        except (InvalidTag, ValueError):
            return None
        return Person(subject, plain[KEY_BYTES:].decode(), plain[:KEY_BYTES])


class Keyring:
    """Reads names where keys are, and says a pseudonym where they are not. A store is asked for it when it is needed.

    `problem` says why nobody's name can be read, although there may be people with keys.
    """

    def __init__(self, store: Store, connection: Connection) -> None:
        self._connection = connection
        self._people: dict[bytes, Person] | None = None
        self._erased: frozenset[bytes] | None = None
        self._secret: PersonSecret | None = None
        self.problem = ""
        mark = mark_of(connection)
        if mark and not store.without_names:
            try:
                self._secret = opened_secret(secret_file.load(secret_path(store.key_file)), mark, store)
            except StoreError as error:
                self.problem = str(error)

    @property
    def people(self) -> dict[bytes, Person]:
        """Everybody whose key can be read, by subject."""
        if self._people is None:
            secret = self._secret
            rows = self._connection.execute(select(person)) if secret else ()
            found = [secret.unwrap(row.subject, row.wrapped) for row in rows] if secret else []
            self._people = {one.subject: one for one in found if one}
        return self._people

    @property
    def erased(self) -> frozenset[bytes]:
        """The subjects whose keys were destroyed."""
        if self._erased is None:
            self._erased = frozenset(self._connection.execute(select(erasure.c.subject)).scalars())
        return self._erased

    def reveal(self, data: bytes) -> bytes:
        """Evidence as it was before it was sealed, except for those whose key is gone."""
        return persons.reveal(data, self._spelling)

    def text(self, text: str) -> str:
        """The same for text."""
        return self.reveal(text.encode()).decode(errors="backslashreplace") if "~p1." in text else text

    def concealed(self, text: str) -> str:
        """Text as the store holds it, to look something up by name."""
        return Concealment(self.people.values()).text(text)

    def revealing(self, read: Read) -> Read:
        """A reader of blobs that gives them with names."""
        return lambda digest: self.reveal(read(digest))

    def named(self, identifiers: Iterable[str]) -> list[Person]:
        """Those of these identifiers that name somebody who is known here."""
        wanted = persons.identifiers(identifiers)
        return [one for one in self.people.values() if one.identifier in wanted]

    def pseudonyms_of_erased(self) -> frozenset[str]:
        """What the erased are called."""
        return frozenset(pseudonym(subject, erased=True) for subject in self.erased)

    def _spelling(self, subject: bytes, ciphertext: bytes) -> bytes | None:
        one = self.people.get(subject)
        if one is not None:
            return persons.spelling(one, ciphertext)
        return pseudonym(subject, erased=subject in self.erased).encode()


class Nameless(Keyring):
    """Says a pseudonym for everybody: for what goes where nobody could be erased from."""

    @property
    def people(self) -> dict[bytes, Person]:
        """Nobody whose name may be said."""
        return {}


def admit(store: Store, names: Iterable[str]) -> tuple[Concealment, Sequence[Person]]:
    """Give everybody among these names, and whom the store knows already, to one concealment; and say who is new.

    Raises `StoreError` when there are people and the secret is not there: their names would be sealed.
    """
    wanted = persons.identifiers(names)
    if store.without_names:
        raise StoreError(
            f"{store.name}: is read without names, and cannot conceal any", "open it another time to write"
        )
    with store.reading() as connection:
        known = Keyring(store, connection)
        if known.problem:
            raise StoreError(f"names cannot be concealed: {known.problem}", "restore the file from its backup")
        missing = wanted - {one.identifier for one in known.people.values()}
        if not missing:
            return Concealment(known.people.values()), ()
    fresh = secret_file.load_or_create(secret_path(store.key_file))
    with store.writing() as connection:
        secret = opened_secret(fresh, mark_of(connection) or _name(connection, fresh), store)
        before = {bytes(row.lookup) for row in connection.execute(select(person.c.lookup))}
        taken = {subject[: PSEUDONYM_DIGITS // 2] for subject in _subjects(connection)}
        new = [_new(name, taken) for name in sorted(missing) if secret.lookup(name) not in before]
        rows = [
            {"subject": one.subject, "lookup": secret.lookup(one.identifier), "wrapped": secret.wrap(one)}
            for one in new
        ]
        if rows:
            connection.execute(insert(person), rows)
        return Concealment(Keyring(store, connection).people.values()), new


def _new(identifier: str, taken: set[bytes]) -> Person:
    """A person under a new subject, whose pseudonym nobody has."""
    while True:
        subject = secrets.token_bytes(SUBJECT_BYTES)
        if (short := subject[: PSEUDONYM_DIGITS // 2]) not in taken:
            taken.add(short)
            return Person(subject, identifier, secrets.token_bytes(KEY_BYTES))


def _subjects(connection: Connection) -> list[bytes]:
    return [
        bytes(subject)
        for column in (person.c.subject, erasure.c.subject)
        for subject in connection.execute(select(column)).scalars()
    ]


def mark_of(connection: Connection) -> str:
    return connection.execute(select(about.c.value).where(about.c.name == ABOUT)).scalar() or ""


def _name(connection: Connection, secret: bytes) -> str:
    mark = PersonSecret(secret).mark
    connection.execute(insert(about).values(name=ABOUT, value=mark))
    return mark


def opened_secret(secret: bytes, mark: str, store: Store) -> PersonSecret:
    """The secret, if it is the one of this store. Raises `StoreError`."""
    opened = PersonSecret(secret)
    if opened.mark != mark:
        raise StoreError(
            f"{secret_path(store.key_file)}: this is not the secret of {store.folder}", "restore it from its backup"
        )
    return opened


def destroy(connection: Connection, subjects: Iterable[bytes]) -> list[bytes]:
    """Overwrite and remove the keys of these people, within the caller's transaction; say of whom there was one.

    The bytes leave the files with `purge`, which a mark in `about` asks for until it is done. Each time it is another
    one, so that who purged before these keys were destroyed does not take it away.
    """
    gone = []
    for subject in subjects:
        lost = {"lookup": secrets.token_bytes(32), "wrapped": secrets.token_bytes(KEY_BYTES)}
        if connection.execute(update(person).where(person.c.subject == subject).values(lost)).rowcount:
            connection.execute(delete(person).where(person.c.subject == subject))
            gone.append(subject)
    if gone:
        mark = {"value": f"keys of people, {secrets.token_hex(8)}"}
        if not connection.execute(update(about).where(about.c.name == UNPURGED).values(mark)).rowcount:
            connection.execute(insert(about).values(name=UNPURGED, **mark))
    return gone


def purge(store: Store) -> bool:
    """Have destroyed keys leave the files of the database, if there are any left. False while others read the store.

    Raises `StoreError`. What is left undone is done by whoever asks next.
    """
    with store.reading() as connection:
        mark = connection.execute(select(about.c.value).where(about.c.name == UNPURGED)).scalar()
    if not mark:
        return True
    if not store.database.purge():
        return False
    with store.writing() as connection:
        ours = (about.c.name == UNPURGED) & (about.c.value == mark)
        connection.execute(update(about).where(ours).values(value=""))
    return True
