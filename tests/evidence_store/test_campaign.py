"""The tampering campaign: a share in every run, all of it by `make soak`. See `tampering/`.

The seed stands at the head of the run; `ANNEXA_SEED` has the same alterations made again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import evidence_store
from evidence_store import records
from evidence_store.derived.cuts import EXCHANGES, VERDICTS
from evidence_store.events import seal
from evidence_store.keys import signing as keys
from evidence_store.keys.rotation import rotate
from evidence_store.log.notes import Verifier
from evidence_store.log.publication import publish
from evidence_store.people.erasure import Decision as Erasing
from evidence_store.people.erasure import erase
from evidence_store.people.keyring import secret_path
from evidence_store.retention import holds
from evidence_store.retention.disposal import Decision, dispose, plan
from evidence_store.retention.holds import Scope
from evidence_store.retention.policy import Rule
from evidence_store.store import PUBLIC_KEY
from evidence_store.timestamps.stamps import stamp_newest
from evidence_store.timestamps.timestamp import Authority
from runs.clock import now
from tests.evidence_store.authority import Tsa, answering, serving
from tests.evidence_store.tampering.campaign import Tally, campaign
from tests.evidence_store.tampering.families import FAMILIES
from tests.evidence_store.tampering.ground import PROVES_NOTHING, TABLES, Past
from tests.evidence_store.test_events import RAISED, body
from tests.evidence_store.worlds import BEGINNING, CHECK, WHOLE, Look, World

SHARE = 3
"""How many of each family every run draws; all of the campaign draws `SOAK`."""
SOAK = 35

SEED = os.environ["ANNEXA_SEED"]

OTHER = "doors.other"
WIDTHS = {f"door-{number:02}": 60 + number for number in range(40)}


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Scans that change, die, are narrowed and cannot look; another key, stamps, publications; and the copies between.

    The last scan seals what there is of stamps and publications, so that nothing is left that nobody has signed for.
    """
    folder = tmp_path_factory.mktemp("past")
    world = World(folder)
    elsewhere = folder / "published"
    elsewhere.mkdir()
    older: list[Path] = []
    tsa = Tsa.make(folder / "authority")

    def chapter() -> None:
        shutil.copytree(world.folder, folder / f"chapter-{len(older)}")
        older.append(folder / f"chapter-{len(older)}")

    with serving(answering(tsa.reply)) as server:
        authority = Authority("one", server.url, tsa.root)
        lost = Authority("two", "http://127.0.0.1:9/", tsa.root)

        def vouch(*authorities: Authority) -> None:
            with world.open() as store:
                publish(store, [elsewhere, folder / "missing"], now)
                stamp_newest(store, authorities, now)

        world.scan(
            Look(source="house/a", scope="east", doors=WIDTHS),
            Look(source="house/a", scope="west", doors={"gate": 300}),
            Look(source="house/b", doors={"door": 80}),
            checks=(CHECK, OTHER, WHOLE),
        )
        first = Verifier.parse((world.folder / PUBLIC_KEY).read_text(encoding="utf-8"))
        chapter()
        world.scan(Look(source="house/a", scope="east", doors={"front": 95}), dies=True)
        world.scan(
            Look(source="house/a", scope="east", doors=WIDTHS | {"door-07": 200, "cellar": 70}),
            Look(source="house/a", scope="west", gap="the lamp broke"),
            Look(source="house/b", doors={"door": 81}),
            checks=(CHECK, WHOLE),
        )
        vouch(authority, lost)
        chapter()
        _keep_key(world, folder)
        with world.open() as store:
            rotate(store, world.tick())
        _keep_key(world, folder)
        chapter()
        _decide(world)
        world.scan(Look(source="house/a", scope="west", doors={"gate": 90}), narrowed=True, checks=(CHECK,))
        vouch(authority)
        chapter()
        world.scan(
            Look(source="house/a", scope="east", doors=WIDTHS | {"cellar": 70}),
            Look(source="house/a", scope="west", doors={"gate": 90}),
            checks=(CHECK,),
            limit=80,
        )
        chapter()
        done = world.scan(Look(source="house/a", scope="east", doors=WIDTHS), checks=(CHECK,), limit=80)
    assert done is not None
    return Past(
        world.folder, tuple(older), folder / "kept", first, done[1], Authority("one", "http://127.0.0.1:9/", tsa.root)
    )


def _decide(world: World) -> None:
    """A legal hold and its end, a disposal, records that people answer for, and somebody who is erased."""
    name = {"reason": "a court asks", "login": "somebody"}
    with world.open() as store:
        holds.place(store, "case 1", Scope(source="house/b"), **name, at=world.tick())
        rules = [Rule(what, BEGINNING + timedelta(minutes=8)) for what in (EXCHANGES, VERDICTS)]
        decision = Decision(**name, approver="Ada", policy={"exchanges": "1d"})
        assert dispose(store, rules, plan(store, rules), decision, at=world.tick()).leaf >= 0
        holds.release(store, "case 1", **name, approver="Ada", at=world.tick())
        holds.place(store, "case 2", Scope(kind="window"), **name, at=world.tick())
        seal(store, records.NONCONFORMITY, [body(RAISED), body(RAISED, record="NC-0002")], world.tick())
        seal(store, records.NONCONFORMITY, [body(RAISED, record="NC-0003")], world.tick())
        assert erase(store, ["Ada"], Erasing(**name, approver="Bob"), world.tick()).leaf >= 0


def _keep_key(world: World, folder: Path) -> None:
    (folder / "kept").mkdir(exist_ok=True)
    key_id = Verifier.parse((world.folder / PUBLIC_KEY).read_text(encoding="utf-8")).key_id.hex()
    shutil.copy(world.key_file, folder / "kept" / key_id)
    shutil.copy(secret_path(world.key_file), secret_path(folder / "kept" / key_id))
    assert keys.load(folder / "kept" / key_id)


def test_a_share_of_the_campaign(past: Past, tmp_path: Path) -> None:
    tally = campaign(past, tmp_path, SEED, range(len(FAMILIES) * SHARE))
    _assert_nothing_wrong(tally)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SOAK // 5))
def test_the_whole_campaign(past: Past, tmp_path: Path, part: int) -> None:
    """At least 1,000 alterations, in parts so that several processors share them."""
    count = len(FAMILIES) * 5
    tally = campaign(past, tmp_path, f"soak {SEED}", range(part * count, (part + 1) * count))
    _assert_nothing_wrong(tally)
    assert tally.altered.total() > 0.9 * count


def test_a_stranger_finds_nothing_wrong_with_what_nobody_altered(past: Past) -> None:
    """Disposal, holds, erasure, another key and blobs as differences, read by FORMAT.md alone."""
    script = Path(__file__).parent / "stranger.py"
    command = [sys.executable, "-I", str(script), str(past.store), str(past.store / PUBLIC_KEY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "every seal holds\n", "")


def test_the_campaign_is_as_large_as_it_says() -> None:
    assert len(FAMILIES) >= 14
    assert len(FAMILIES) * SOAK >= 1000


def test_every_table_is_tampered_with(past: Past) -> None:
    """A table without rows would be one that the campaign does not reach."""
    world = World(past.store.parent)
    world.folder = past.store
    empty = {name for name in TABLES if not world.rows(f'SELECT 1 FROM "{name}" LIMIT 1')}
    assert empty == set()
    text = (Path(evidence_store.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in PROVES_NOTHING)


def _assert_nothing_wrong(tally: Tally) -> None:
    assert not tally.wrong, f"ANNEXA_SEED={SEED}\n" + "\n".join(tally.wrong)
