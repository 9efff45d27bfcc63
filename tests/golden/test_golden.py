"""Stores that older formats left behind open, migrate, verify and reperform for ever.

Each archive was made by `make.py` with the code of its revision and is never made again: it is what auditors hold.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import collectors.host
from evidence_store.database import DATABASE, REVISION
from evidence_store.location import Location
from evidence_store.log.notes import Verifier
from evidence_store.store import Store
from evidence_store.timestamps.timestamp import Authority
from evidence_store.verification.verify import Verification, verify
from runs.clock import now
from runs.configuration import Configuration, load
from runs.reperform import Asked, reperform
from runs.reperformance import Answer, CheckAgain, UnitAgain
from runs.scan import Progress, scan
from runs.selection import Wish
from tests.command_line import Folder, Said
from tests.golden.make import recorded

HERE = Path(__file__).parent
RECORDING = HERE.parent / "collectors" / "host" / "data" / "rich_host.json"
REVISIONS = sorted(archive.name.removesuffix(".tar.xz") for archive in HERE.glob("*.tar.xz"))
SEALED_SCANS = {"0001": 5, "0002": 5}
"""How many scans each store holds, of which one died."""


@dataclass(frozen=True, slots=True)
class Golden:
    """A store as an auditor keeps it: with the first public key, the published checkpoints and the authority's root."""

    revision: str
    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def open(self) -> Store:
        return Store.open(Location(self.store, self.folder / "keys" / "signing-key.pem"))

    def verify(self) -> Verification:
        authority = Authority("golden", "http://127.0.0.1:9/", (self.folder / "authority.pem").read_text())
        checkpoints = sorted((self.folder / "published").glob("*/*.checkpoint"), key=lambda each: int(each.stem))
        with self.open() as store:
            return verify(
                store,
                verifier=Verifier.parse((self.folder / "first.pub").read_text()),
                authorities=[authority],
                published=[checkpoints[-1].read_text()],
                folders=[self.folder / "published"],
            )

    def configuration(self) -> Configuration:
        store = {"folder": str(self.store), "key": str(self.folder / "keys" / "signing-key.pem")}
        hosts = [{"name": "web-1"}, {"name": "db-1"}]
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump({"store": store, "sources": {"host": hosts}}), encoding="utf-8")
        return load(file, {}, self.folder)


@pytest.fixture(scope="module", params=REVISIONS)
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Golden:
    """The store as it was left, which no test opens."""
    folder = tmp_path_factory.mktemp("golden")
    with tarfile.open(HERE / f"{request.param}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return Golden(request.param, folder)


@pytest.fixture(scope="module")
def migrated(original: Golden, tmp_path_factory: pytest.TempPathFactory) -> Golden:
    """A copy that was opened by the code of today."""
    golden = _copy(original, tmp_path_factory.mktemp("migrated"))
    golden.open().close()
    return golden


def _copy(golden: Golden, folder: Path) -> Golden:
    shutil.copytree(golden.folder, folder, dirs_exist_ok=True)
    return Golden(golden.revision, folder)


def _rows(golden: Golden, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(golden.store / DATABASE)) as connection:
        return connection.execute(query).fetchall()


def _revision(golden: Golden) -> object:
    return _rows(golden, "SELECT version_num FROM alembic_version")[0][0]


def test_every_format_that_shipped_has_its_store() -> None:
    known = [f"{number:04}" for number in range(1, int(REVISION) + 1)]
    assert REVISIONS in (known, known[:-1]), "the newest may not have shipped yet"


def test_a_store_of_that_time_migrates_forward_and_every_seal_holds(original: Golden, migrated: Golden) -> None:
    assert (_revision(original), _revision(migrated)) == (original.revision, REVISION)
    found = migrated.verify()
    assert found.problems == ()
    assert (found.pending, found.unread, found.clock) == (0, (), ())
    assert found.trusted == "the key that was given"
    assert len(found.rotations) == 1
    assert found.published
    assert any("checkpoints stamped: 2, verified with" in said for said in found.stamps)


def test_every_scan_of_that_time_comes_to_the_same_again(migrated: Golden) -> None:
    """`changed`: the check or the collector is not the one of that time any more, which is an answer of its own."""
    names = [name for (name,) in _rows(migrated, "SELECT id FROM scan")]
    assert len(names) == SEALED_SCANS[migrated.revision]
    with migrated.open() as store:
        for name in names:
            found = reperform(store, Asked(scan=str(name)))
            assert (found.broken, found.pending) == ((), ())
            assert found.units
            again: tuple[CheckAgain | UnitAgain, ...] = (*found.checks, *found.units, *found.rechecks)
            for each in again:
                assert each.answer in (Answer.REPRODUCED, Answer.CHANGED), each
                assert each.same or each.answer is Answer.CHANGED, each


def test_what_that_time_knew_is_told_by_the_commands(migrated: Golden, tmp_path: Path) -> None:
    migrated.configuration()
    folder = Folder(tmp_path)

    def annexa(*arguments: str) -> Said:
        return folder.annexa(*arguments, "--config", str(migrated.folder / "config.yaml"), "--json")

    said = annexa("status")
    assert said.status in (1, 3), said.err
    failing = next(finding for finding in said.json["findings"] if finding["status"] == "fail")
    shown = annexa("show", failing["id"])
    assert shown.status == 0, shown.err
    assert failing["check"] in shown.out
    controls = annexa("controls")
    assert controls.status == 0, controls.err
    assert {each["conclusion"] for each in controls.json} >= {"contradicted", "no_evidence"}


def test_a_scan_of_today_goes_on_where_that_time_ended(
    migrated: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = _copy(migrated, tmp_path / "golden")
    rich = json.loads(RECORDING.read_text(encoding="utf-8"))
    monkeypatch.setattr(collectors.host, "open_sources", recorded({"web-1": rich, "db-1": rich}))
    before = golden.verify()
    done = scan(golden.configuration(), Wish(), now, trigger="test", progress=Progress())
    found = golden.verify()
    assert found.problems == ()
    assert found.leaves > before.leaves
    assert found.checkpoints == before.checkpoints + 1
    with golden.open() as store:
        assert reperform(store, Asked(scan=done.scan)).exit_status == 0
