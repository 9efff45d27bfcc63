"""What a full disk, a killed scan or a careless copy leaves behind is named, and what nothing names can be removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evidence_store.blobs.compaction import compact
from evidence_store.retention.consistency import Condition, conditions
from evidence_store.retention.statistics import count
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import Look, World, opening

LOOK = Look(doors={"front": 90})


@pytest.fixture
def kept(world: World) -> World:
    world.scan(LOOK)
    world.scan(Look(doors={"front": 91}))
    return world


def found(world: World) -> list[Condition]:
    with world.open() as store:
        return conditions(store)


def untidy(world: World) -> list[tuple[str, str, str]]:
    return [(each.subject, each.state, each.finding) for each in found(world) if each.state != "good"]


def test_a_store_in_order(kept: World) -> None:
    assert untidy(kept) == []
    assert [each.finding for each in found(kept)] == [
        "2 of 2 are there and as long as they must be",
        "all of 8 leaves are covered by a checkpoint",
    ]


def test_a_pack_that_is_missing_or_short(kept: World) -> None:
    first, second = kept.packs()
    first.unlink()
    os.truncate(second, 10)
    (missing, short) = untidy(kept)
    assert missing[:2] == short[:2] == ("packs", "bad")
    assert missing[2].startswith(f"{first.name} is missing, with ")
    assert short[2].startswith(f"{second.name} has 10 bytes, and blobs in it end at ")


def test_what_nothing_names_is_a_leftover_that_can_be_removed(kept: World) -> None:
    with kept.packs()[0].open("ab") as file:
        file.write(b"tail")
    (kept.packs()[0].parent / "orphan.zst").write_bytes(b"orphan")
    assert [each[2].partition(" are")[0] for each in untidy(kept)] == [
        "6 bytes of orphan.zst",
        "4 bytes of scan-001.zst",
    ]
    with kept.open() as store:
        with store.reading() as connection:
            assert count(store, connection).packs.unnamed == 10
        assert compact(store, kept.now).freed == 10
    assert untidy(kept) == []


def test_what_a_running_scan_writes_is_no_leftover(kept: World) -> None:
    with kept.create() as store:
        writer = ScanWriter.begin(store, opening("scan-running"), at=kept.tick())
        writer._pack.put(b"not named yet")
        writer._pack.flush()
        assert [each[0] for each in untidy(kept)] == ["log"]
        assert untidy(kept)[0][2] == "1 leaves await a checkpoint"
        writer.close()
    assert ("scans", "warning", "scan-running died before its end") in untidy(kept)


def test_a_difference_to_what_is_not_there(kept: World) -> None:
    kept.alter("UPDATE blob SET base = ? WHERE digest = (SELECT min(digest) FROM blob)", b"x" * 32)
    assert untidy(kept) == [("blobs", "bad", "1 are differences to blobs that are not there")]


def test_permissions(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.folder.chmod(0o755)
    assert untidy(kept) == [("permissions", "warning", f"{kept.folder} is open to every user")]
    kept.folder.chmod(0o750)
    packs = kept.folder / "packs"
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != packs)
    assert untidy(kept) == [("permissions", "bad", f"{packs} cannot be read and written")]


def test_a_pack_that_may_not_be_opened_is_nobody_s(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept.packs()[0].parent / "orphan.zst").mkdir()
    assert len(untidy(kept)) == 1


def test_what_is_kept_is_counted_once(kept: World) -> None:
    kept.scan(LOOK)
    with kept.open() as store, store.reading() as connection:
        counted = count(store, connection)
    kinds = {(each.what, each.name): each.blobs for each in counted.kept}
    assert kinds == {("bodies", ""): 15, ("exchanges", ""): 2, ("resources", "door"): 2, ("verdicts", ""): 2}
    assert sum(kinds.values()) == dict(counted.tables)["blob"]
    assert sum(each.stored for each in counted.kept) == counted.packs.size
    assert [(each.month, each.leaves, each.blobs) for each in counted.months] == [("2026-01", 12, 21)]
    assert counted.leaves == dict(counted.tables)["leaf"] == 12
    assert counted.database_size > 0
    assert all(each.ratio > 0 for each in counted.kept)
    assert counted.packs.elsewhere == 0
