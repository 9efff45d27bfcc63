"""Which key signs for which part of a log. A log keeps its name when its key changes; the old key hands over.

The leaf `key_changed` seals the old and the new key and a signature by the old one. The checkpoint that covers this
leaf and nothing after it is signed by both: by the old key, so that whoever knows the first key can follow it to the
newest; by the new one, so that whoever knows the newest can believe the log before it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.codec import CodecError, decode, parse
from evidence_store import records
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.log.notes import Checkpoint, Verifier, open_checkpoint, size_of
from evidence_store.records import KeyChanged

CONTEXT = "annexa.key-change/v1"
"""The first line of what the old key signs. No log is called so: such a signature is never one of a checkpoint."""


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """The keys of a log: the retired ones, in order, with the position of the leaf that ended each, and the current."""

    retired: tuple[tuple[int, Verifier], ...]
    current: Verifier

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """All keys, the first one first."""
        return (*(verifier for _, verifier in self.retired), self.current)

    def signers(self, size: int) -> tuple[Verifier, ...]:
        """Who must have signed a checkpoint of this size: two, where it is the one that hands over."""
        for number, (position, verifier) in enumerate(self.retired):
            if size <= position:
                return (verifier,)
            if size == position + 1:
                return (verifier, self.keys[number + 1])
        return (self.current,)

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in a note. Raises `BrokenSealError` unless the keys in force at its size signed it."""
        size = size_of(note)
        signers = self.signers(size)
        try:
            return [open_checkpoint(note, signer) for signer in signers][-1]
        except BrokenSealError:
            for number, other in enumerate(self.keys):
                if other not in signers and _signed(note, other):
                    when = "any more" if number < self.keys.index(signers[0]) else "yet"
                    said = f"it is signed by {other}, which did not sign {when} at size {size}"
                    raise BrokenSealError(said) from None
            raise


def hand_over(old: Ed25519PrivateKey, current: Verifier, new: Verifier) -> KeyChanged:
    """The body of the leaf with which `old`, the current key, hands over to a new one."""
    signature = base64.b64encode(old.sign(_statement(str(current), str(new)))).decode()
    return KeyChanged(salt=records.salt(), old=str(current), new=str(new), signature=signature)


class KeyWalk:
    """The history of keys as a log seals it, believed where it begins or ends with, or leads over, the `key`.

    Before `problems` was walked through, and when the key has no part in the log, `history` knows only that key.
    """

    def __init__(self, key: Verifier | None, stated: KeyHistory | None) -> None:
        self.history = None if key is None else KeyHistory((), key)
        self._key = key
        self._stated = stated

    def problems(self, sealed: Iterable[Sealed], read: Callable[[bytes], bytes]) -> Iterator[str]:
        """What is wrong with how keys change. A change that does not hold is none."""
        retired: list[tuple[int, Verifier]] = []
        current = None if self._stated is None else self._stated.keys[0]
        for leaf in sealed:
            if not _changes_key(leaf.data):
                continue
            try:
                old, new = _opened(leaf, read)
                if retired and old != current:
                    raise BrokenSealError(f"{old} hands over, but the key then was {current}")
                if new in (old, *(verifier for _, verifier in retired)):
                    raise BrokenSealError(f"{new} was retired before, and cannot come back")
            except BrokenSealError as error:
                yield f"leaf {leaf.position}: the change of the key does not hold: {error}"
            else:
                retired.append((leaf.position, old))
                current = new
        if self._key is None:
            return
        found = KeyHistory(tuple(retired), current or self._key)
        if self._stated is not None and found != self._stated:
            yield "table about: its keys are not those that the log hands over to one another"
        if self._key in found.keys:
            self.history = found
        else:
            yield f"the store says it is signed by {found.current}, not by the given {self._key}"

    def said(self) -> tuple[str, ...]:
        """Each change of the key, in words."""
        history = self.history
        if history is None:
            return ()
        return tuple(
            f"leaf {position}: {old} handed over to {history.keys[number + 1]}"
            for number, (position, old) in enumerate(history.retired)
        )


def _opened(leaf: Sealed, read: Callable[[bytes], bytes]) -> tuple[Verifier, Verifier]:
    """The old and the new key of a leaf that changes them. Raises `BrokenSealError` unless the old one signed that."""
    try:
        body = decode(KeyChanged, read(bytes.fromhex(parse(leaf.data)["body"])))
        signature = base64.b64decode(body.signature, validate=True)
    except (CodecError, KeyError, TypeError, ValueError) as error:
        raise BrokenSealError(f"its body is not of this format: {error}") from error
    old, new = Verifier.parse(body.old), Verifier.parse(body.new)
    if (str(old), str(new)) != (body.old, body.new):
        raise BrokenSealError("the keys are not spelt as this format spells them")
    if old.name != new.name:
        raise BrokenSealError("the keys do not sign under the same name")
    try:
        Ed25519PublicKey.from_public_bytes(old.public).verify(signature, _statement(body.old, body.new))
    except (InvalidSignature, ValueError) as error:
        raise BrokenSealError(f"it is not signed by {old}") from error
    return old, new


def _statement(old: str, new: str) -> bytes:
    return f"{CONTEXT}\n{old}\n{new}\n".encode()


def _signed(note: str, verifier: Verifier) -> bool:
    try:
        open_checkpoint(note, verifier)
    except BrokenSealError:
        return False
    return True


def _changes_key(data: bytes) -> bool:
    try:
        content = parse(data)
    except CodecError:
        return False
    return isinstance(content, dict) and content.get("type") == records.KEY_CHANGED
