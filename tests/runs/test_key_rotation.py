"""Changing the key of a configured store: the checkpoint that hands over leaves the machine like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence_store.errors import StoreError
from evidence_store.keys import signing as keys
from evidence_store.log.trail import prove
from evidence_store.verification.verify import verify
from runs import outward
from runs.authorities import authorities
from runs.clock import now
from runs.diagnosis import diagnose
from runs.key_rotation import key_state, rotate
from tests.evidence_store.authority import Server, Tsa, answering, serving
from tests.runs.farm import MEADOWS, Farm


@pytest.fixture
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "good")


@pytest.fixture
def server(tsa: Tsa) -> Iterator[Server]:
    with serving(answering(tsa.reply)) as running:
        yield running


@pytest.fixture
def kept(farm: Farm, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder elsewhere, named in the configuration."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path_factory.mktemp("elsewhere")
    farm.text = f"{MEADOWS}store:\n  publish: [{folder}]\n"
    return folder


def test_the_checkpoint_that_hands_over_is_published_and_stamped(
    farm: Farm, kept: Path, tsa: Tsa, server: Server
) -> None:
    farm.text += f"  timestamps: [{{name: one, url: '{server.url}', certificate: '{tsa.root_file}'}}]\n"
    farm.now = now()
    farm.scan()
    rotate(farm.configuration, farm.clock)
    farm.scan()
    assert len(list(kept.glob("*/*.checkpoint"))) == 3
    with farm.store() as store:
        found = verify(store, authorities=authorities(farm.configuration), folders=farm.configuration.publish)
    assert found.problems == ()
    assert found.stamps == ("one: checkpoints stamped: 3, verified with the certificate in the configuration",)


def test_a_store_that_takes_no_record_of_that_has_taken_the_key(
    farm: Farm, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("evidence.db: database or disk is full")

    farm.scan()
    monkeypatch.setattr(outward, "publish", full)
    done = rotate(farm.configuration, farm.clock)
    assert key_state(farm.configuration).key == str(done.new)


def test_the_state_of_the_keys_says_what_keeps_them_from_signing(farm: Farm) -> None:
    farm.scan()
    state = key_state(farm.configuration)
    assert (state.retired, state.unfinished, state.problem) == ((), False, "")
    first = state.key
    done = rotate(farm.configuration, farm.clock)
    state = key_state(farm.configuration)
    assert state.key == str(done.new)
    assert [each.key for each in state.retired] == [first]
    keys.create(keys.waiting_file(farm.configuration.key_file))
    assert key_state(farm.configuration).unfinished
    farm.configuration.key_file.unlink()
    assert "is not there" in key_state(farm.configuration).problem


def test_the_doctor_says_that_a_change_was_not_finished(farm: Farm) -> None:
    farm.scan()
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    keys.create(keys.waiting_file(farm.configuration.key_file))
    found = [each for each in diagnose(file, {}, farm.folder, lambda: farm.now) if each.subject == "key"]
    assert [(each.state, each.remedy) for each in found] == [("warning", "annexa key rotate"), ("good", "")]


def test_leaves_before_and_after_a_change_are_bounded_by_stamps_of_both_keys(
    farm: Farm, kept: Path, tsa: Tsa, server: Server
) -> None:
    """A stamp is of a checkpoint, and each checkpoint counts with the key of its time."""
    farm.text += f"  timestamps: [{{name: one, url: '{server.url}', certificate: '{tsa.root_file}'}}]\n"
    farm.now = now()
    farm.scan()
    rotate(farm.configuration, farm.clock)
    farm.scan()
    with farm.store() as store, store.reading() as connection:
        found = [prove(store, connection, leaf, authorities(farm.configuration)) for leaf in range(store_size(farm))]
    assert all(each.proven for each in found)
    assert [each.refused for each in found] == [()] * len(found)
    assert len({each.not_after.size for each in found if each.not_after}) == 3


def store_size(farm: Farm) -> int:
    ((size,),) = farm.rows("SELECT count(*) FROM leaf")
    assert isinstance(size, int)
    return size
