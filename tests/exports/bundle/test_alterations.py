"""What happens to a bundle on its way is found, and named: 500 alterations by `make soak`, a share of them in every run.

Strangers alter what they have. Insiders, who hold the key of the log, list and sign anew what they altered: then only
what is sealed speaks against them, so they are let loose on what is proven.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import AnnexaError
from evidence_store.keys.signing import load_named
from evidence_store.leaving.signing import sign_list
from evidence_store.store import Store
from exports.bundle import reading
from exports.bundle.archive import Archive, Written, sums
from exports.bundle.exporting import SIGNED, SUMS
from exports.bundle.parts import File
from exports.bundle.verify import Verification, bundle_at
from tests.conftest import SEED
from tests.exports.bundle.conftest import Estate

ALL, SHARE = 500, 20
"""How many alterations `make soak` makes, and how many every run does."""

Files = dict[str, bytes]
Altered = str
"""The file that has to be named; several, with a space between them, where any will do."""


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def some(files: Files, chance: random.Random, *folders: str) -> str:
    return chance.choice([name for name in files if name.startswith(folders or "") and files[name]])


def a_byte(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance)
    files[name] = flipped(files[name], chance)
    return name


def missing(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance)
    del files[name]
    return name


def added(files: Files, chance: random.Random) -> Altered:
    name = f"{chance.choice(['', 'sealed/blobs/', 'sealed/proofs/', 'evidence/', '../'])}{chance.randrange(10**9)}.txt"
    files[name] = chance.randbytes(9)
    return name


def swapped(files: Files, chance: random.Random) -> Altered:
    one, other = some(files, chance), some(files, chance)
    while files[one] == files[other]:
        other = some(files, chance)
    files[one], files[other] = files[other], files[one]
    return f"{one} {other}"


def a_date(files: Files, chance: random.Random) -> Altered:
    name = chance.choice([name for name, data in files.items() if b"2026-0" in data])
    files[name] = files[name].replace(b"2026-0", b"2025-0", 1)
    return name


def a_verdict(files: Files, chance: random.Random) -> Altered:
    name = chance.choice([name for name, data in files.items() if b"fail" in data])
    files[name] = files[name].replace(b"fail", b"pass", 1)
    return name


def a_proof(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance, "sealed/proofs/")
    files[name] = flipped(files[name], chance)
    return name


def proofs_swapped(files: Files, chance: random.Random) -> Altered:
    one, other = chance.sample([name for name in files if name.startswith("sealed/proofs/")], 2)
    files[one], files[other] = files[other], files[one]
    return f"{one} {other}"


def a_proof_missing(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance, "sealed/proofs/")
    del files[name]
    return f"{name} sealed/ populations.csv findings.csv scans.csv"  # whatever it led to is there for nothing


def a_blob(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance, "sealed/blobs/")
    files[name] = flipped(files[name], chance)
    return name


def a_blob_missing(files: Files, chance: random.Random) -> Altered:
    name = some(files, chance, "sealed/blobs/")
    del files[name]
    return name


def the_checkpoint(files: Files, chance: random.Random) -> Altered:
    files["sealed/checkpoint"] = flipped(files["sealed/checkpoint"], chance)
    return "sealed/checkpoint checkpoint sealed/proofs"


def a_cell(*tables: tuple[str, tuple[str, ...]]) -> Callable[[Files, random.Random], Altered]:
    """An insider writes something else in one of these columns of a table."""

    def altered(files: Files, chance: random.Random) -> Altered:
        name, columns = chance.choice(tables)
        rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
        column = rows[0].index(chance.choice(columns))
        row = chance.choice([row for row in rows[1:] if row[column]])
        others = {each[column] for each in rows[1:]} - {row[column], ""}
        row[column] = (
            chance.choice(sorted(others)) if others and chance.random() < 0.5 else changed(row[column], chance)
        )
        files[name] = table(rows)
        return name

    return altered


def a_row(*tables: str) -> Callable[[Files, random.Random], Altered]:
    """An insider leaves out a row of a table, or has one twice."""

    def altered(files: Files, chance: random.Random) -> Altered:
        name = chance.choice(tables)
        rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
        at = chance.randrange(1, len(rows))
        rows[at:at] = [rows[at]] if chance.random() < 0.5 else []
        if len(rows) == len(list(csv.reader(io.StringIO(files[name].decode(), newline="")))):
            del rows[at]
        files[name] = table(rows)
        return name

    return altered


def changed(cell: str, chance: random.Random) -> str:
    """A digit or a letter of a cell made another one."""
    at = chance.choice([found.start() for found in re.finditer(r"[0-9A-Za-z]", cell)])
    return f"{cell[:at]}{'7' if cell[at] != '7' else '8'}{cell[at + 1 :]}"


def table(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


STRANGERS = (a_byte, missing, added, swapped, a_date, a_verdict)
INSIDERS = (
    a_proof, proofs_swapped, a_proof_missing, a_blob, a_blob_missing, the_checkpoint,
    a_cell(("findings.csv", ("status", "reason", "resource", "source", "severity", "check", "leaf", "id"))),
    a_cell(("findings.csv", ("collected_at", "as_of")), ("scans.csv", ("started", "finished", "first_leaf", "scan"))),
    a_cell(
        ("populations.csv", ("count", "complete", "digest", "leaf", "unit")),
        ("populations/vineyard.vine.csv", ("id", "height_cm", "keeper", "source", "collected_at", "leaf")),
    ),
    a_row("findings.csv", "populations.csv", "populations/vineyard.vine.csv", "scans.csv"),
)  # fmt: skip


@dataclass(frozen=True)
class Original:
    """The files of a bundle, its bytes, and the key of its log."""

    files: Files
    data: bytes
    key: Ed25519PrivateKey
    store: Store


@pytest.fixture(scope="module")
def original(estate: Estate) -> Original:
    path = Path(estate.bundle("small.zip", controls=("A.8.17",)).file)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    store = estate.farm.store()
    return Original(files, path.read_bytes(), load_named(store.key_file, b""), store)


def written(files: Files, path: Path) -> Path:
    with path.open("w+b") as file, Archive(file) as archive:
        for name, data in files.items():
            archive.add(File(name, data))
    return path


def signed_anew(original: Original, files: Files) -> None:
    """What somebody does who has the key."""
    listed = [
        Written(name, hashlib.sha256(data).hexdigest(), len(data))
        for name, data in files.items()
        if name not in (SUMS, SIGNED)
    ]
    files[SUMS] = sums(listed)
    with original.store.reading() as connection:
        files[SIGNED] = sign_list(original.store, connection, hashlib.sha256(files[SUMS]).hexdigest()).encode()


def found_by_both(path: Path) -> tuple[list[str], list[str]]:
    """What the program in the bundle says, with openssl, and what `annexa verify` says."""
    try:
        alone = list(Verification(bundle_at(str(path))).problems())
    except Exception as error:  # noqa: BLE001 - what is no archive any more
        alone = [f"no bundle: {error}"]
    try:
        return alone, list(reading.verify(path)[0].problems)
    except AnnexaError as error:
        return alone, [str(error)]


def alter(original: Original, number: int, path: Path) -> None:
    seed = f"{os.environ[SEED]} bundle {number}"
    chance = random.Random(seed)
    families = (*STRANGERS, *INSIDERS, None)
    family = families[number % len(families)]
    if family is None:
        raw(original, chance, path)
        return
    files = dict(original.files)
    name = family(files, chance)
    if family in INSIDERS:
        signed_anew(original, files)
    written(files, path)
    for problems in found_by_both(path):
        said = f"{SEED}={os.environ[SEED]}, alteration {number}, {getattr(family, '__qualname__', family)}: {name}"
        assert problems, said
        assert any(each in problem for each in name.split(" ") for problem in problems), (said, problems)
    path.unlink()


def raw(original: Original, chance: random.Random, path: Path) -> None:
    """A byte of the archive itself: found, or every file in it still says the same."""
    data = (
        flipped(original.data, chance)
        if chance.random() < 0.8
        else original.data[: chance.randrange(len(original.data))]
    )
    path.write_bytes(data)
    alone, ours = found_by_both(path)
    if not (alone and ours):
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == original.files
    path.unlink()


def test_what_is_not_altered_is_believed(original: Original, tmp_path: Path) -> None:
    files = dict(original.files)
    signed_anew(original, files)
    assert found_by_both(written(files, tmp_path / "same.zip")) == ([], [])


def test_a_share_of_all_alterations_is_found_and_named(original: Original, tmp_path: Path) -> None:
    for number in range(SHARE):
        alter(original, number, tmp_path / "altered.zip")


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_every_alteration_is_found_and_named(original: Original, tmp_path: Path, part: int) -> None:
    for number in range(part * ALL // 10, (part + 1) * ALL // 10):
        alter(original, number, tmp_path / "altered.zip")


def test_another_key_is_not_believed(original: Original, tmp_path: Path) -> None:
    path = written(original.files, tmp_path / "other.zip")
    other = "annexa.log/0123456789abcdef+7f8c3a0b+AcmoU3hRhfFjwUNIeAo48ejU7yTvEvM1WX0NUmtV9qVx"
    assert any(
        "not signed with the given key" in problem for problem in Verification(bundle_at(str(path)), other).problems()
    )
