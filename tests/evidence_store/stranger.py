"""Verifies a store by FORMAT.md alone, with nothing of the program that wrote it: `python stranger.py STORE KEY`.

Needs Python, the `openssl` command, and the `zstandard` package (from Python 3.14 on, `compression.zstd` does as well).
KEY is a file with the public key as it was published. Prints what is wrong, a line each, and ends with 1 if anything is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import zstandard

DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


def merkle_root(entries: list[bytes]) -> bytes:
    """FORMAT.md, "Hashes": pairs from the left, a lone one rises as it is."""
    if not entries:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2])]  # noqa: B905
        level = pairs + level[len(level) // 2 * 2 :]
    return level[0]


def public_key(key: str) -> tuple[str, str, bytes]:
    """FORMAT.md, "Checkpoints": name, hash and public bytes of a key. Raises `ValueError`."""
    name, key_id, encoded = key.strip().split("+", 2)
    public = base64.b64decode(encoded, validate=True)
    if public[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] != key_id:
        raise ValueError("the key is not an Ed25519 key under its own name")
    return name, key_id, public


def changes(leaves: list[bytes], blobs: Blobs) -> list[tuple[int, str, str]]:
    """FORMAT.md, "Keys that change": position, old and new key of every change. Raises `ValueError`."""
    found: list[tuple[int, str, str]] = []
    for position, leaf in enumerate(map(json.loads, leaves)):
        if leaf["type"] == "key_changed":
            body = json.loads(blobs.read(leaf["body"]))
            old, new = body["old"], body["new"]
            said = f"annexa.key-change/v1\n{old}\n{new}\n".encode()
            name, _, public = public_key(old)
            if not openssl_verifies(said, base64.b64decode(body["signature"]), public[1:]):
                raise ValueError(f"leaf {position}: the old key did not hand over")
            known = {key for _, before, after in found for key in (before, after)}
            if public_key(new)[0] != name or (found and found[-1][2] != old) or new in {*known, old}:
                raise ValueError(f"leaf {position}: the keys do not follow one another")
            found.append((position, old, new))
    return found


def keys_at(size: int, key: str, changed: list[tuple[int, str, str]]) -> list[str]:
    """FORMAT.md, "Keys that change": who must have signed a checkpoint. Raises `ValueError` for a key of no part."""
    if key.strip() not in {each for _, old, new in changed for each in (old, new)} and changed:
        raise ValueError("the key is none of this log")
    current = changed[0][1] if changed else key
    for position, old, new in changed:
        if size <= position:
            return [old]
        if size == position + 1:
            return [old, new]
        current = new
    return [current]


def signed(note: str, key: str) -> tuple[int, bytes]:
    """FORMAT.md, "Checkpoints": the size and root that the key signed for. Raises `ValueError`."""
    name, key_id, public = public_key(key)
    text, signatures = note.split("\n\n")
    origin, size, root = text.split("\n")
    if origin != name:
        raise ValueError(f"it is about {origin}")
    for line in signatures.removesuffix("\n").split("\n"):
        dash, signer, signature = line.split(" ")
        raw = base64.b64decode(signature, validate=True)
        if (dash, signer, raw[:4].hex()) == ("\N{EM DASH}", name, key_id):
            if not openssl_verifies(f"{text}\n".encode(), raw[4:], public[1:]):
                raise ValueError("the signature does not verify")
            return int(size), base64.b64decode(root, validate=True)
    raise ValueError("the key did not sign it")


def openssl_verifies(text: bytes, signature: bytes, public: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("text", text), ("signature", signature), ("key.der", DER_PREFIX + public)):
            Path(folder, name).write_bytes(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


class Blobs:
    """FORMAT.md, "Blobs": bytes by their SHA-256, out of the packs."""

    def __init__(self, store: Path, database: sqlite3.Connection) -> None:
        self.store = store
        query = 'SELECT digest, pack, "offset", length, base FROM blob'
        self.places = {digest: place for digest, *place in database.execute(query)}

    def read(self, digest: str) -> bytes:
        """Raises `ValueError` when it is not what its name says."""
        chain, wanted, data = [], bytes.fromhex(digest), b""
        try:
            while wanted is not None:
                if wanted in chain:
                    raise ValueError("its bases go round in a circle")
                chain.append(wanted)
                wanted = self.places[wanted][3]
            for each in reversed(chain):
                data = self.frame(each, data)
        except (KeyError, OSError, ValueError, zstandard.ZstdError) as error:
            raise ValueError(f"blob {digest} cannot be read: {error!r}") from error
        return data

    def frame(self, digest: bytes, before: bytes) -> bytes:
        """FORMAT.md, "Differences": the plain bytes of a frame, with those of its base as a prefix."""
        pack, offset, length, base = self.places[digest]
        frame = (self.store / "packs" / pack).read_bytes()[offset : offset + length]
        prefix = None
        if base is not None:
            if frame[:40] != bytes.fromhex("502a4d1820000000") + base:
                raise ValueError("it does not name its base")
            frame = frame[40:]
            prefix = zstandard.ZstdCompressionDict(before, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        data: bytes = zstandard.ZstdDecompressor(dict_data=prefix).decompress(frame)
        if hashlib.sha256(data).digest() != digest:
            raise ValueError(f"blob {digest.hex()} has other content")
        return data


def named_blobs(leaf: dict[str, str], entries: list[bytes], blobs: Blobs) -> Iterator[tuple[str, bool]]:
    """FORMAT.md, "Bodies" and "Disposal": every digest that a leaf leads to, and whether it may be thrown away."""
    body = json.loads(blobs.read(leaf["body"]))
    if leaf["type"] == "assessment":
        yield body["verdicts"], True
    if leaf["type"] == "scan_finished":
        yield from ((digest, False) for digest in body.get("documents", {}).values())
        yield from ((digest, False) for digest in filter(None, [body.get("catalogue", "")]))
    if leaf["type"] == "disposal":
        yield from ((body["blobs"], False), (body["resources"], True), (body["verdicts"], True))
    for entry in entries:
        unit = json.loads(blobs.read(json.loads(entry)["body"]))
        yield from ((population["lines"], True) for population in unit["populations"])
        yield from ((exchange["response"], True) for exchange in unit["unit"]["exchanges"] if exchange["response"])


def thrown_away(leaves: list[bytes], blobs: Blobs) -> dict[str, int]:
    """FORMAT.md, "Disposal": the position of the last leaf that lists a digest as gone."""
    found: dict[str, int] = {}
    for position, leaf in enumerate(map(json.loads, leaves)):
        if leaf["type"] == "disposal":
            body = json.loads(blobs.read(leaf["body"]))
            found |= dict.fromkeys(blobs.read(body["blobs"]).decode().split(), position)
    return found


def checkpoints(notes: list[tuple[int, str]], leaves: list[bytes], key: str, blobs: Blobs) -> Iterator[str]:
    """What is wrong with checkpoints and with the keys they are signed by."""
    changed: list[tuple[int, str, str]] = []
    try:
        changed = changes(leaves, blobs)
    except (ValueError, KeyError, TypeError) as error:
        yield str(error)
    for position, _, _ in changed:
        if position + 1 not in dict(notes):
            yield f"checkpoint {position + 1}: missing, although the key changes there"
    for size, note in notes:
        try:
            about, root = [signed(note, signer) for signer in keys_at(size, key, changed)][-1]
            if about != size or size > len(leaves) or merkle_root(leaves[:size]) != root:
                raise ValueError("its root is not that of the leaves")
        except (ValueError, TypeError) as error:
            yield f"checkpoint {size}: {error}"


def verify(store: Path, key: str) -> list[str]:
    """What is wrong with a store; nothing, when every seal holds."""
    database = sqlite3.connect(store / "evidence.db")
    database.text_factory = lambda data: data.decode(errors="replace")
    wrong = []
    blobs = Blobs(store, database)
    leaves = database.execute("SELECT position, data, hash FROM leaf ORDER BY position").fetchall()
    gone: dict[str, int] = {}
    try:
        gone = thrown_away([leaf[1] for leaf in leaves], blobs)
    except (ValueError, KeyError, TypeError) as error:
        wrong.append(f"a disposal: {error}")
    for expected, (position, data, digest) in enumerate(leaves):
        try:
            if position != expected or hashlib.sha256(b"\x00" + data).digest() != digest:
                raise ValueError("missing, moved or altered")
            leaf = json.loads(data)
            query = "SELECT data FROM entry WHERE position = ? ORDER BY ordinal"
            entries = [row[0] for row in database.execute(query, (position,))]
            if leaf["type"] == "source" and leaf["root"] != merkle_root(entries).hex():
                raise ValueError("its entries do not have the root it seals")
            for named, may_go in named_blobs(leaf, entries, blobs):
                if may_go and bytes.fromhex(named) not in blobs.places and gone.get(named, -1) > position:
                    continue
                blobs.read(named)
        except (ValueError, KeyError, TypeError) as error:
            wrong.append(f"leaf {expected}: {error}")
    notes = database.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
    wrong += checkpoints(notes, [leaf[1] for leaf in leaves], key, blobs)
    database.close()
    if not notes:
        wrong.append("nothing is signed")
    return wrong


if __name__ == "__main__":
    problems = verify(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"))
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or "every seal holds\n")
    raise SystemExit(1 if problems else 0)
