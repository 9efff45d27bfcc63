"""Verify a bundle of evidence by itself, with Python (3.9 or later) and openssl alone.

    python3 verify.py                       in the unpacked bundle
    python3 verify.py BUNDLE.zip            in any folder
    python3 verify.py BUNDLE.zip --key KEY  believing this public key (name+hash+base64, or a file with it)

It looks at every file, and believes none. The list SHA256SUMS has the digest of every file, and the key of the log
signed for the list. The same key signed the checkpoint: the Merkle root (RFC 9162) over the log of evidence as it was.
Each proof leads from a leaf of the log to that root. A leaf names its body by digest, the body names verdicts,
populations and recorded answers by digest, and all of these are here under their digests, or it is said why not. Last,
the tables that people read (findings.csv, populations/) are held against what is sealed, line by line.

Without --key it believes the key in the bundle: then compare the key that it prints with one from elsewhere. What it
cannot see is said in VERIFY.md. Exit status: 0 everything holds, 4 something does not, 2 there is no bundle here.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import IO, Any, Union

SUMS, SIGNED = "SHA256SUMS", "SHA256SUMS.signed"
TOKEN = re.compile(rb"~p1\.[A-Za-z0-9_-]*~")
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe"
    "\uffff\U000e0000-\U000e007f]"
)
BAD = (
    ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError, EOFError, zipfile.BadZipFile,
    RuntimeError, zlib.error, csv.Error,
)  # fmt: skip
"""What reading altered bytes can end in."""


class WrongError(Exception):
    """Something does not hold."""


# ----------------------------------------------------------------------------------------------- the files of a bundle


class Folder:
    """A bundle that was unpacked."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.names = sorted(
            os.path.relpath(os.path.join(folder, name), path).replace(os.sep, "/")
            for folder, _, names in os.walk(path)
            for name in names
        )

    def open(self, name: str) -> IO[bytes]:
        path = os.path.join(self.path, *name.split("/"))
        if os.path.islink(path):
            raise WrongError("it is a link")
        return open(path, "rb")

    def problems(self) -> Iterable[str]:
        return ()


class Archive:
    """A bundle as it came."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "rb")  # which is read to the end of the program
        self.zip = zipfile.ZipFile(self.file)
        self.names = self.zip.namelist()

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name)

    def problems(self) -> Iterator[str]:
        """Names that stand twice or lead elsewhere, and bytes that belong to no file."""
        seen: set[str] = set()
        for name in self.names:
            if name in seen:
                yield f"{name}: there are two files of this name"
            seen.add(name)
            if name.startswith("/") or "\\" in name or {"", ".", ".."} & set(name.split("/")):
                yield f"{name}: leads out of the bundle"
        end = 0
        for entry in sorted(self.zip.infolist(), key=lambda each: each.header_offset):
            if entry.header_offset != end:
                yield f"{entry.filename}: bytes before it belong to no file"
            self.file.seek(entry.header_offset + 26)
            head = self.file.read(4)
            lengths = int.from_bytes(head[:2], "little") + int.from_bytes(head[2:], "little")
            end = entry.header_offset + 30 + lengths + entry.compress_size
        if end != self.zip.start_dir or self.zip.comment:
            yield "the archive: bytes at its end belong to no file"


Bundle = Union[Folder, Archive]


def bundle_at(path: str) -> Bundle:
    """The bundle in a file or a folder."""
    return Folder(path) if os.path.isdir(path) else Archive(path)


def digest_of(bundle: Bundle, name: str) -> str:
    found = hashlib.sha256()
    with bundle.open(name) as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def read(bundle: Bundle, name: str) -> bytes:
    if name not in bundle.names:
        raise WrongError(f"{name} is missing")
    with bundle.open(name) as file:
        return file.read()


def rows_of(bundle: Bundle, name: str) -> Iterator[dict[str, str]]:
    """A table as dictionaries; the apostrophe before what could be a formula is taken away."""
    with bundle.open(name) as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""), strict=True):
            yield {key: value[1:] if value[:1] == "'" else value for key, value in row.items()}


def json_lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.splitlines()]


# ------------------------------------------------------------------------------------------------- keys and signatures

Signed = Callable[[bytes, bytes, bytes], bool]
Stamped = Callable[[bytes, bytes, bytes, str], str]


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def openssl_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 key signed a text."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (
            ("key", b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" + public),
            ("t", text),
            ("s", signature),
        ):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        at = [os.path.join(folder, name) for name in ("key", "t", "s")]
        der = ("-pubin", "-keyform", "DER", "-inkey", at[0], "-rawin", "-in", at[1], "-sigfile", at[2])
        return run("openssl", "pkeyutl", "-verify", *der).returncode == 0


def openssl_stamped(message: bytes, response: bytes, certificates: bytes, nonce: str) -> str:
    """What is wrong with a time stamp (RFC 3161), or nothing. Certificates count as of the moment that is stamped."""
    with tempfile.TemporaryDirectory() as folder:
        at = {name: os.path.join(folder, name) for name in ("message", "stamp", "trusted")}
        for name, data in (("message", message), ("stamp", response), ("trusted", certificates)):
            with open(at[name], "wb") as file:
                file.write(data)
        text = run("openssl", "ts", "-reply", "-in", at["stamp"], "-text").stdout.decode(errors="replace")
        said = re.search(r"Nonce: (?:0x)?([0-9A-Fa-f]+)", text)
        if said is None or int(said[1], 16) != int(nonce, 16):
            return "its nonce is not the one that was asked with"
        verify = ("openssl", "ts", "-verify", "-data", at["message"], "-in", at["stamp"], "-CAfile", at["trusted"])
        done = run(*verify, "-no_check_time")
        return (
            "" if done.returncode == 0 else "openssl refuses it: " + done.stdout.decode(errors="replace").strip()[-200:]
        )


def unbase64(text: str) -> bytes:
    """Bytes in base64, spelt in the one right way: some last characters have bits that mean nothing."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise WrongError("its base64 is not spelt as it should be")
    return raw


def parse_key(text: str) -> tuple[str, bytes, bytes]:
    """Name, key hash and public key of `name+hash+base64`."""
    name, number, key = text.strip().split("+", 2)
    raw = unbase64(key)
    if raw[:1] != b"\1" or len(raw) != 33 or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != number:
        raise WrongError(f"{text.strip()[:80]} is no key")
    return name, bytes.fromhex(number), raw[1:]


def signed_text(note: bytes, key: str, signed: Signed) -> str:
    """The text of a note (C2SP signed-note), if this key signed it."""
    text, found, lines = note.decode().rpartition("\n\n")
    name, number, public = parse_key(key)
    for line in lines.rstrip("\n").split("\n") if found else ():
        dash, said, data = line.split(" ")
        raw = unbase64(data)
        ours = (dash, said, raw[:4]) == ("\u2014", name, number) and len(raw) == 68
        if ours and signed(public, (text + "\n").encode(), raw[4:]):
            return text + "\n"
    raise WrongError(f"it is not signed by {key}")


# ---------------------------------------------------------------------------------------- the Merkle tree (RFC 9162)


def climb(leaf: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to from a leaf (RFC 9162, 2.1.3.2)."""
    digest, last = hashlib.sha256(b"\0" + leaf).digest(), size - 1
    if not 0 <= position <= last:
        raise WrongError("it is not in a tree of this size")
    for sibling in path:
        if last == 0:
            raise WrongError("its path is too long")
        if position & 1 or position == last:
            digest = hashlib.sha256(b"\1" + sibling + digest).digest()
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            digest = hashlib.sha256(b"\1" + digest + sibling).digest()
        position, last = position >> 1, last >> 1
    if last:
        raise WrongError("its path is too short")
    return digest


def proven(text: bytes, note: bytes, size: int, root: bytes) -> tuple[int, Any, Any, int]:
    """Position, leaf and, where it leads on, the unit of a proof (C2SP tlog-proof)."""
    head, _, own = text.decode().partition("\n\n")
    lines = head.split("\n")
    if (
        lines[0] != "c2sp.org/tlog-proof@v1"
        or lines[1][:6] != "extra "
        or lines[2][:6] != "index "
        or own.encode() != note
    ):
        raise WrongError("it is no proof against the checkpoint of this bundle")
    extra, position = json.loads(unbase64(lines[1][6:])), int(lines[2][6:])
    leaf = json.loads(extra["leaf"])
    if climb(extra["leaf"].encode(), position, size, [unbase64(line) for line in lines[3:]]) != root:
        raise WrongError("it does not lead to the root that was signed")
    unit = extra["unit"]
    if unit is None:
        return position, leaf, None, -1
    if (
        climb(unit["entry"].encode(), unit["ordinal"], leaf["units"], [unbase64(line) for line in unit["path"]]).hex()
        != leaf["root"]
    ):
        raise WrongError("its unit does not lead to the root in the leaf")
    return position, leaf, json.loads(unit["entry"]), unit["ordinal"]


# ------------------------------------------------------------------------------------------------------ verification


Key = tuple[str, str, str]


class Verification:
    """One verification. `problems` names everything that does not hold, each with the file it is about."""

    def __init__(
        self, bundle: Bundle, key: str = "", signed: Signed = openssl_signed, stamped: Stamped = openssl_stamped
    ) -> None:
        self.bundle, self.key, self.signed, self.stamped = bundle, key, signed, stamped
        self.there = frozenset(bundle.names)
        self.manifest: dict[str, Any] = {}
        self.note, self.size, self.root = b"", 0, b""  # the checkpoint, and what it says of the log
        self.keys: list[Any] = []
        self.people: dict[bytes, bytes] = {}
        self.withheld: dict[str, str] = {}
        self.leaves: dict[int, Any] = {}  # by position
        self.units: dict[tuple[int, int], str] = {}  # the digest of a body, by position and number
        self.named: dict[str, str] = {}  # digests, and the proof that leads to each
        self.assessments: dict[int, Any] = {}  # bodies, by position
        self.seen: dict[tuple[int, int], Any] = {}  # bodies of units
        self.standing: set[str] = set()  # digests of what stood where something was thrown away
        self.thrown: set[str] = set()  # digests that sealed disposals list
        self.notes: list[str] = []

    def problems(self) -> Iterator[str]:
        """Every problem, as it is found."""
        steps: list[Callable[[], Iterator[str]]] = [self.container, self.sums, self.key_history, self.list_signature]
        steps += [self.checkpoint, self.stamps, self.proofs, self.read_tables, self.bodies, self.blobs]
        steps += [self.scans, self.findings, self.populations]
        for what in steps:
            place = {"sums": SUMS, "list_signature": SIGNED, "key_history": "sealed/keys.jsonl"}
            try:
                yield from what()
            except WrongError as error:
                yield f"{place.get(what.__name__, what.__name__)}: {error}"
            except BAD as error:
                yield f"{place.get(what.__name__, what.__name__)}: cannot be read: {type(error).__name__}: {error}"

    def container(self) -> Iterator[str]:
        yield from self.bundle.problems()

    def sums(self) -> Iterator[str]:
        """Every file is listed with its digest, and every listed file is there."""
        listed = {}
        for line in read(self.bundle, SUMS).decode().splitlines():
            digest, _, name = line.partition("  ")
            if name in listed:
                yield f"{SUMS}: lists {name} twice"
            listed[name] = digest
        for name in sorted(set(self.bundle.names) - set(listed) - {SUMS, SIGNED}):
            yield f"{name}: was added: it is not in {SUMS}"
        for name, digest in sorted(listed.items()):
            if name not in self.bundle.names:
                yield f"{name}: is missing"
                continue
            try:
                if digest_of(self.bundle, name) != digest:
                    yield f"{name}: was changed: it does not have its digest in {SUMS}"
            except (WrongError, *BAD) as error:
                yield f"{name}: cannot be read: {error}"

    def key_history(self) -> Iterator[str]:
        """Each key of the log is vouched for by the one before it; the given key is one of them."""
        rows = json_lines(read(self.bundle, "sealed/keys.jsonl"))
        for row in rows:
            if self.keys:
                text = f"annexa.key-change/v1\n{self.keys[-1]['key']}\n{row['key']}\n".encode()
                signature = unbase64(row["signature"])
                if not self.signed(parse_key(self.keys[-1]["key"])[2], text, signature):
                    raise WrongError(f"{row['key']} was not signed for by the key before it")
            if bool(self.keys) == (row["position"] == -1) or bool(self.keys) != bool(row["signature"]):
                raise WrongError(f"{row['key']} has no place in the history of keys")
            self.keys.append(row)
        given = self.key or self.keys[-1]["key"]
        if given.strip() not in [row["key"] for row in self.keys]:
            raise WrongError(f"the log of this bundle is not signed with the given key {given.strip()}")
        parse_key(self.keys[0]["key"])
        yield from ()

    def list_signature(self) -> Iterator[str]:
        """The newest key of the log signed for the list of files."""
        note = read(self.bundle, SIGNED)
        text = signed_text(note, self.keys[-1]["key"], self.signed)
        if note.count(b"\n") != 5 or note[-1:] != b"\n":
            yield f"{SIGNED}: has lines that nobody signed for"
        digest = hashlib.sha256(read(self.bundle, SUMS)).hexdigest()
        if text != f"annexa.bundle/v1\n{parse_key(self.keys[-1]['key'])[0]}\n{digest}\n":
            yield f"{SUMS}: was changed: the key of the log signed for another list"

    def checkpoint(self) -> Iterator[str]:
        """The key in force signed the checkpoint, and the manifest is about it."""
        self.manifest = json.loads(read(self.bundle, "manifest.json"))
        self.note = read(self.bundle, "sealed/checkpoint")
        self.size = int(self.note.split(b"\n")[1])
        after = [row["key"] for row in self.keys if row["position"] < self.size]
        name, size, root, _ = signed_text(self.note, after[-1], self.signed).split("\n")
        self.root = unbase64(root)
        at = self.manifest["checkpoint"]
        if name != parse_key(after[-1])[0] or [name, int(size), self.root.hex()] != [at["log"], at["size"], at["root"]]:
            yield "manifest.json: is about another checkpoint than sealed/checkpoint"

    def stamps(self) -> Iterator[str]:
        """Authorities stamped the checkpoint."""
        names = [name for name in self.bundle.names if name.startswith("sealed/stamps/")]
        if len([name for name in names if name.endswith(".tsr")]) != self.manifest["checkpoint"]["stamps"]:
            yield "sealed/stamps: there are not as many as the manifest says"
        for name in sorted(each for each in names if each.endswith(".tsr")):
            try:
                about = json.loads(read(self.bundle, name[:-4] + ".json"))
                trusted = read(self.bundle, name[:-4] + ".pem")
                wrong = self.stamped(self.note, read(self.bundle, name), trusted, about["nonce"])
            except (WrongError, *BAD) as error:
                wrong = str(error)
            if wrong:
                yield f"{name}: proves nothing: {wrong}"
            else:
                self.notes.append(f"the checkpoint is stamped by {about['authority']}")

    def proofs(self) -> Iterator[str]:
        """Every proof leads to the root of the checkpoint."""
        for name in sorted(each for each in self.bundle.names if each.startswith("sealed/proofs/")):
            try:
                position, leaf, unit, ordinal = proven(read(self.bundle, name), self.note, self.size, self.root)
                stem = f"{position}" if unit is None else f"{position}-{ordinal}"
                if name != f"sealed/proofs/{stem}.txt":
                    raise WrongError(f"it is the proof of {stem}")
            except (WrongError, *BAD, binascii.Error) as error:
                yield f"{name}: does not prove its leaf: {error}"
                continue
            if unit is None:
                self.leaves[position] = leaf
                self.named[leaf["body"]] = name
            else:
                self.units[position, ordinal] = unit["body"]
                self.named[unit["body"]] = name
        changes = {row["position"] for row in self.keys if 0 <= row["position"] < self.size}
        needed = {position for position, _ in self.units} | changes | {self.size - 1}
        for position in sorted(needed - set(self.leaves)):
            yield f"sealed/proofs/{position}.txt: is missing"
        for position in sorted(changes & set(self.leaves)):
            if self.leaves[position]["type"] != "key_changed":
                yield f"sealed/keys.jsonl: leaf {position} changes no key"
        at, asked = self.manifest["checkpoint"], self.manifest["question"]
        if moment(at["made"]) != moment(self.leaves[self.size - 1]["at"]):
            yield "manifest.json: the checkpoint was made at another moment"
        if self.manifest["as_of"] not in (asked["to"], at["made"]):
            yield "manifest.json: tells of neither the end of the period nor its checkpoint"

    def scans(self) -> Iterator[str]:
        """Every scan of the table was opened and ended by its leaves, and every one that was is there."""
        opened = {position for position, leaf in self.leaves.items() if leaf["type"] == "scan_started"}
        for row in rows_of(self.bundle, "scans.csv"):
            for column, when, kind in (("first_leaf", "started", "started"), ("last_leaf", "finished", "finished")):
                if row[column]:
                    leaf = self.leaves.get(int(row[column]), {})
                    told = (leaf.get("type"), leaf.get("scan"), moment(leaf.get("at", "")))
                    if told != (f"scan_{kind}", row["scan"], moment(row[when])):
                        yield f"scans.csv: {row['scan']}: leaf {row[column]} does not say when it {kind}"
            if int(row["first_leaf"]) not in opened:
                yield f"scans.csv: {row['scan']}: stands there twice, or no proven leaf opens it"
            opened.discard(int(row["first_leaf"]))
        for position in sorted(opened):
            yield f"scans.csv: the scan that leaf {position} opens is missing"

    def read_tables(self) -> Iterator[str]:
        """What to read for tokens of people, and what is not here."""
        for row in json_lines(read(self.bundle, "sealed/people.jsonl")):
            self.people[row["token"].encode()] = row["text"].encode("utf-8", "surrogateescape")
        self.withheld = {row["digest"]: row["why"] for row in json_lines(read(self.bundle, "sealed/withheld.jsonl"))}
        yield from ()

    def sealed(self, digest: str) -> bytes | None:
        """Sealed bytes, or the copy of them without names; nothing when they are not here."""
        for name in (f"sealed/blobs/{digest}.txt", f"sealed/redacted/{digest}.txt"):
            if name in self.there:
                return read(self.bundle, name)
        return None

    def plain(self, digest: str) -> bytes | None:
        """The same as it is to be read."""
        data = self.sealed(digest)
        return None if data is None else TOKEN.sub(lambda found: self.people.get(found[0], found[0]), data)

    def bodies(self) -> Iterator[str]:
        """What bodies name by digest: each is to be here as well, or it is to be said why not."""
        digests: dict[str, str] = {}
        wanted: list[tuple[str, str, Any]] = [
            (leaf["type"], leaf["body"], (position,)) for position, leaf in sorted(self.leaves.items())
        ]
        wanted += [("unit", body, place) for place, body in sorted(self.units.items())]
        for kind, digest, place in wanted:
            data = self.plain(digest)
            if data is None or kind not in ("unit", "assessment", "scan_finished", "disposal"):
                continue
            body = json.loads(data)
            if kind == "unit":
                self.seen[place] = body
                below = [each["response"] for each in body["unit"]["exchanges"] if each["response"]]
                below += [each["lines"] for each in body["populations"]]
            elif kind == "assessment":
                self.assessments[place[0]] = body
                below = [body["verdicts"]]
            elif kind == "disposal":
                below = [body["blobs"], body["resources"], body["verdicts"]]
                self.standing.update(below[1:])
                self.thrown.update((self.sealed(body["blobs"]) or b"").decode("ascii").split())
            else:
                below = [*body.get("documents", {}).values(), *filter(None, [body.get("catalogue")])]
            digests.update(dict.fromkeys(below, f"sealed/proofs/{'-'.join(map(str, place))}.txt"))
        self.named.update({digest: name for digest, name in digests.items() if digest not in self.named})
        yield from ()

    def blobs(self) -> Iterator[str]:
        """Sealed bytes have the digest that names them, something names them, and none is missing unsaid."""
        here = {}
        for name in self.bundle.names:
            found = re.fullmatch(r"sealed/(blobs|redacted)/([0-9a-f]{64})\.txt", name)
            if found:
                here[found[2]] = name
                if found[1] == "blobs" and digest_of(self.bundle, name) != found[2]:
                    yield f"{name}: was changed: it does not have the digest that is its name"
                if found[1] == "redacted" and self.withheld.get(found[2]) != "redacted":
                    yield f"{name}: is a copy that sealed/withheld.jsonl does not tell of"
            elif name.startswith(("sealed/blobs/", "sealed/redacted/")):
                yield f"{name}: is no sealed blob"
        for digest, name in sorted(self.named.items()):
            if digest not in here and digest not in self.withheld:
                yield f"sealed/blobs/{digest}.txt: is missing, although {name} leads to it"
        for digest in sorted(set(here) - set(self.named)):
            yield f"{here[digest]}: was added: no proof leads to it"
        redacted = sorted(digest for digest, why in self.withheld.items() if why == "redacted")
        if redacted and not self.manifest["question"]["redact_people"]:
            yield "sealed/withheld.jsonl: tells of redacted copies in a bundle that names people"
        for digest, why in sorted(self.withheld.items()):
            if digest not in self.named:
                yield f"sealed/withheld.jsonl: tells of {digest}, to which no proof leads"
            if why == "not asked for" and digest not in self.standing:
                yield f"sealed/blobs/{digest}.txt: is missing, and was asked for"
        gone = set(self.withheld) - set(redacted) - self.standing
        if redacted:
            self.notes.append(f"{len(redacted)} sealed blobs are here as redacted copies: believed, not proven")
        if gone:
            listed = f"{len(gone & self.thrown)} of them on a list that is sealed in this bundle"
            self.notes.append(f"{len(gone)} sealed blobs were thrown away, {listed}; what they said is not proven")

    def findings(self) -> Iterator[str]:
        """Every finding is a sealed verdict, and every verdict of the newest assessments is a finding."""
        newest: dict[str, int] = {}
        verdicts: dict[int, dict[Key, Any]] = {}
        said: set[tuple[int, Key]] = set()
        for position, body in sorted(self.assessments.items()):
            newest[body["check"]] = position
            data, raw = self.plain(body["verdicts"]), self.sealed(body["verdicts"])
            if data is not None and raw is not None:
                verdicts[position] = {}
                for line, own in zip(json_lines(data), json_lines(raw)):
                    number = canonical([body["check"], own["source"], own["scope"], own["resource"]])
                    verdicts[position][key_of(line)] = (
                        line["status"],
                        spelt(line["reason"]),
                        digest_of_bytes(number)[:12],
                    )
                if len(verdicts[position]) != body["count"]:
                    yield f"sealed/blobs/{body['verdicts']}.txt: its assessment counts {body['count']} verdicts"
        for row in rows_of(self.bundle, "findings.csv"):
            position, key = int(row["leaf"]), (row["source"], row["scope"], row["resource"])
            body = self.assessments.get(position)
            if body is None or body["check"] != row["check"]:
                yield f"findings.csv: {row['id']}: no assessment of {row['check']} is proven at leaf {position}"
                continue
            if (position, key) in said:
                yield f"findings.csv: {row['id']}: stands there twice"
            said.add((position, key))
            for wrong in self.finding(row, body, verdicts.get(position, {}).get(key) if position in verdicts else ()):
                yield f"findings.csv: {row['id']}: {wrong}"
        said |= {(each["leaf"], key_of(each)) for each in self.manifest["ended"]}
        sources = self.manifest["question"]["sources"]
        for check in sorted(set(newest) & set(self.manifest["checks"])):
            for key in sorted(verdicts.get(newest[check], ())):
                if (newest[check], key) not in said and asked_for(key[0], sources):
                    yield f"findings.csv: a verdict of leaf {newest[check]} about {key[2]} in {key[0]} is missing"

    def finding(self, row: dict[str, str], body: Any, sealed: Any) -> Iterator[str]:
        """What is wrong with one row, by its assessment and the verdict there: `()` for one that is not here."""
        if sealed is None:
            yield f"its assessment has no verdict about {row['resource']}"
        elif sealed:
            status, reason, number = sealed
            old = f", past its freshness target; then: {status}: {reason}"
            aged = row["status"] == "unknown" and row["reason"] == f"its evidence is of {row['collected_at']}{old}"
            if (row["status"], row["reason"]) != (status, reason) and not aged:
                yield f"its verdict is not the sealed one, {status}: {reason}"
            if row["id"] != number and body["verdicts"] not in self.withheld:
                yield "its id is not its own"
        here = [at for at in body["subjects"] if at["source"] == row["source"] and row["scope"] in (at["scope"], "")]
        dates = [moment(at["collected_at"])[:-1] for at in (*here, *body["joins"]) if not at["stale"]]
        told = (moment(row["as_of"]), moment(row["collected_at"]))
        if told != (moment(body["as_of"]), min(dates, default=moment(body["as_of"])[:-1]) + "Z"):
            yield "its dates are not those of its assessment"
        if row["severity"] != body["severity"]:
            yield "its severity is not that of its assessment"

    def populations(self) -> Iterator[str]:
        """Every resource in the tables of populations is a sealed one, and every sealed one is there."""
        kinds: dict[str, list[Any]] = {}
        rows: dict[tuple[str, int, int], Any] = {}
        for row in rows_of(self.bundle, "populations.csv"):
            about = (row["kind"], int(row["leaf"]), int(row["unit"]))
            if about in rows:
                yield f"populations.csv: {row['kind']} of leaf {row['leaf']}, unit {row['unit']} stands there twice"
            rows[about] = row
        for place, body in sorted(self.seen.items()):
            for each in body["populations"]:
                row = rows.pop((each["kind"], *place), None)
                told = (str(each["count"]), each["lines"], "false" if body["unit"]["gaps"] else "true")
                if row is None or (row["count"], row["digest"], row["complete"]) != told:
                    yield f"populations.csv: {each['kind']} of leaf {place[0]}, unit {place[1]}: not as it is sealed"
                kinds.setdefault(each["kind"], []).append((place, body["unit"], each))
        for extra in rows:
            yield f"populations.csv: {extra[0]} of leaf {extra[1]}, unit {extra[2]}: no proof leads to it"
        for kind, units in sorted(kinds.items()):
            yield from self.population(f"populations/{kind}.csv", units)

    def population(self, name: str, units: list[Any]) -> Iterator[str]:
        """One table against the sealed lines, in their order."""
        table = rows_of(self.bundle, name)
        for place, unit, each in units:
            data = self.plain(each["lines"])
            lines = [] if data is None else json_lines(data)
            if data is not None and len(lines) != each["count"]:
                yield f"{name}: leaf {place[0]}, unit {place[1]}: {each['count']} are counted, sealed {len(lines)}"
            for line in lines:
                row = next(table, None)
                cells = {key: spelt(field(value)) for key, value in line.items()}
                about = {
                    "source": spelt(unit["source"]),
                    "scope": spelt(unit["scope"]),
                    "leaf": str(place[0]),
                    "unit": str(place[1]),
                }
                about["collected_at"] = moment(unit["finished"])
                if row:
                    row["collected_at"] = moment(row["collected_at"])
                if row is None or {key: value for key, value in row.items() if value} != {
                    key: value for key, value in {**about, **cells}.items() if value
                }:
                    yield f"{name}: leaf {place[0]}, unit {place[1]}: {line['id']} is not as it is sealed"
                    return
        if next(table, None) is not None:
            yield f"{name}: has rows that no proof leads to"


def asked_for(source: str, patterns: list[str]) -> bool:
    """Whether a source is one of those in question: itself, one below it, or one of a shell pattern."""
    return not patterns or any(
        source == each or source.startswith((f"{each}/", f"{each}.")) or fnmatchcase(source, each) for each in patterns
    )


def key_of(line: Any) -> Key:
    """What a verdict is about, as tables have it."""
    return spelt(line["source"]), spelt(line["scope"]), spelt(line["resource"])


def field(value: Any) -> str:
    """A field of a resource as a cell of a table."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def digest_of_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def moment(text: str) -> str:
    """A moment, always spelt alike: without zeros at the end of a fraction of a second."""
    return re.sub(r"\.?0*Z$", "Z", text) if "." in text else text


def spelt(text: str) -> str:
    """Text with everything spelt out that a reader would not see, as tables have it."""

    def code(found: re.Match[str]) -> str:
        number = ord(found[0])
        if 0xDC80 <= number < 0xDD00:
            return f"\\x{number - 0xDC00:02x}"
        return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")

    return text if text.isprintable() else UNSEEN.sub(code, text)


def main(arguments: list[str]) -> int:
    key = ""
    if "--key" in arguments:
        at = arguments.index("--key")
        key = (arguments[at + 1 : at + 2] or [""])[0]
        del arguments[at : at + 2]
        if os.path.isfile(key):
            with open(key, encoding="utf-8") as file:
                key = file.read()
    path = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 2
    try:
        bundle = bundle_at(path)
    except BAD as error:
        print(f"{path}: is no bundle: {error}")
        return 2
    verification, wrong = Verification(bundle, key), 0
    for problem in verification.problems():
        print("WRONG  " + spelt(problem))
        wrong += 1
    for note in verification.notes:
        print("note   " + spelt(note))
    if verification.keys:
        print(
            f"key    {verification.keys[-1]['key']}"
            + ("" if key else " (from the bundle: compare it with one from elsewhere)")
        )
    print(
        f"{wrong} problems"
        if wrong
        else f"everything holds: {len(bundle.names)} files, {len(verification.leaves)} proven leaves"
    )
    return 4 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
