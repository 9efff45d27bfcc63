"""Signed notes and checkpoints, after C2SP `signed-note.md` and `tlog-checkpoint.md`.

A checkpoint is three lines (origin, size, root in base64), an empty line, and a signature line. Small, exact and read
by every implementation of the specification.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evidence_store.errors import BrokenSealError

ED25519 = b"\x01"
DASH = "\N{EM DASH}"
NAME = r"[^\s+]+"
SIGNATURE = rf"{DASH} ({NAME}) (\S+)"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log was when somebody signed it: `size` entries with this Merkle root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under, written as a C2SP verifier key: `name+hash+key`."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key. Raises `BrokenSealError` when it is not one, or its hash is not its own."""
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        try:
            raw = _base64(key)
        except ValueError:
            raw = b""
        if not re.fullmatch(NAME, name) or raw[:1] != ED25519 or len(raw) != 33:  # noqa: PLR2004 - one byte of type and 32 of key
            raise BrokenSealError(f"not an Ed25519 verifier key: {text.strip():.80}", "it looks like name+hash+base64")
        verifier = cls(name, raw[1:])
        if verifier.key_id.hex() != key_id:
            raise BrokenSealError(f"the verifier key {text.strip():.80} does not match its own hash")
        return verifier


def sign(checkpoint: Checkpoint, *keys: Ed25519PrivateKey) -> str:
    """The checkpoint as a note signed in the name of its origin, by one key or, where keys change, by two."""
    return f"{checkpoint.text}\n" + "".join(_signature(checkpoint, key) for key in keys)


def size_of(note: str) -> int:
    """The size a note says it is about, which nobody has verified yet; 0 when it says none."""
    found = re.match(r"[^\n]*\n(0|[1-9][0-9]{0,18})\n", note) if isinstance(note, str) else None
    return int(found[1]) if found else 0


def _signature(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    verifier = Verifier(checkpoint.origin, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.key_id + key.sign(checkpoint.text.encode())).decode()
    return f"{DASH} {checkpoint.origin} {signature}\n"


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note. Raises `BrokenSealError` unless this key signed it; other signatures are ignored.

    A note has one spelling: a byte that was altered shows even where the signature does not cover it. The origin must
    be the name of the key: one key may sign several logs, and the checkpoint of one is none of the others'.
    """
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    found = [re.fullmatch(SIGNATURE, line) for line in signatures.split("\n")[:-1]]
    whole = signatures.endswith("\n") and all(found)
    if not whole or len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):  # noqa: PLR2004 - and the end
        raise BrokenSealError("the note is not a checkpoint of three lines and signatures")
    if lines[0] != verifier.name:
        raise BrokenSealError(f"the checkpoint is about the log {lines[0]:.80}, not about {verifier.name}")
    for match in found:
        if match and match[1] == verifier.name and _signed(match[2], verifier, text):
            return _checkpoint(lines)
    raise BrokenSealError(f"the checkpoint has no valid signature by {verifier.name}")


def _signed(signature: str, verifier: Verifier, text: str) -> bool:
    try:
        raw = _base64(signature)
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(raw[4:], text.encode())
    except (ValueError, InvalidSignature):
        return False
    return raw[:4] == verifier.key_id


def _checkpoint(lines: list[str]) -> Checkpoint:
    try:
        root = _base64(lines[2])
    except ValueError as error:
        raise BrokenSealError("the checkpoint's root is not base64") from error
    return Checkpoint(lines[0], int(lines[1]), root)


def _base64(text: str) -> bytes:
    """Bytes in the one spelling that base64 has for them. Raises `ValueError` for any other."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("bits are set that say nothing")
    return raw
