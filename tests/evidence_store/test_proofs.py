"""A proof leaves the store and verifies without it; whatever is changed on the way shows."""

from __future__ import annotations

import base64
import re

import pytest

from core.codec import canonical, parse
from core.errors import AnnexaError
from evidence_store.errors import BrokenSealError
from evidence_store.log.notes import Verifier
from evidence_store.log.proofs import Proven, make_proof, open_proof
from tests.evidence_store.worlds import Look, World

LOOKS = tuple(Look(scope=scope, doors={f"door-{n}": 80 + n for n in range(3)}) for scope in ("east", "north", "west"))
SOURCE_LEAF = 1


@pytest.fixture
def sealed(world: World) -> World:
    world.scan(*LOOKS)
    world.scan(*LOOKS[:2])
    return world


def proof(world: World, position: int, ordinal: int | None = None) -> tuple[str, Verifier]:
    with world.open() as store, store.reading() as connection:
        return make_proof(store, connection, position, ordinal), store.verifier(connection)


def opened(world: World, position: int, ordinal: int | None = None) -> Proven:
    return open_proof(*proof(world, position, ordinal))


def with_extra(text: str, **changes: object) -> str:
    """The proof with another extra line: `unit` changes are merged into the unit."""
    found = re.search(r"^extra (\S+)$", text, re.MULTILINE)
    assert found
    content = parse(base64.b64decode(found[1]))
    unit = changes.pop("unit", {})
    assert isinstance(unit, dict)
    content |= changes | ({"unit": (content["unit"] or {}) | unit} if unit else {})
    return text.replace(found[1], base64.b64encode(canonical(content)).decode())


def test_every_leaf_is_proven_by_its_proof(sealed: World) -> None:
    for position, data in sealed.rows("SELECT position, data FROM leaf"):
        assert isinstance(position, int)
        proven = opened(sealed, position)
        assert (proven.index, proven.leaf, proven.entry) == (position, data, None)
        assert proven.checkpoint.size == 8


def test_every_unit_is_proven_below_its_leaf(sealed: World) -> None:
    for position, ordinal, data in sealed.rows("SELECT position, ordinal, data FROM entry"):
        assert isinstance(position, int)
        assert isinstance(ordinal, int)
        assert opened(sealed, position, ordinal).entry == data


def test_the_text_is_that_of_the_specification(sealed: World) -> None:
    text, verifier = proof(sealed, SOURCE_LEAF)
    lines = text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == f"index {SOURCE_LEAF}"
    assert all(len(base64.b64decode(line)) == 32 for line in lines[3:6])
    assert lines[6] == ""
    assert lines[7] == verifier.name


def test_what_is_not_there_cannot_be_proven(sealed: World) -> None:
    for position, ordinal, problem in ((99, None, "no leaf 99"), (SOURCE_LEAF, 3, "no unit 3"), (0, 0, "no unit 0")):
        with pytest.raises(AnnexaError, match=problem):
            proof(sealed, position, ordinal)


def test_what_no_checkpoint_covers_cannot_be_proven_yet(sealed: World) -> None:
    sealed.scan(*LOOKS, dies=True)
    with pytest.raises(AnnexaError, match="no checkpoint covers leaf 8 yet"):
        proof(sealed, 8)


def test_before_the_first_checkpoint_nothing_can_be_proven(world: World) -> None:
    world.scan(*LOOKS, dies=True)
    with pytest.raises(AnnexaError, match="no checkpoint covers"):
        proof(world, 0)


@pytest.mark.parametrize(
    ("pattern", "replacement", "problem"),
    [
        (r"tlog-proof@v1", "tlog-proof@v2", "does not begin with"),
        (r"(?s)\n\n.*", "", "not a proof"),
        (r"\n\n", "\n", "not a checkpoint of three lines"),
        (r"extra \S+\n", "", "no extra line"),
        (r"index 1\n", "index 01\n", "no index"),
        (r"index 1\n", "index 2\n", "does not lead from leaf 2"),
        (r"(index 1\n)\S+\n", r"\1", "does not lead"),
        (r"(index 1\n)\S+\n", r"\1AAAA\n", "not made of SHA-256"),
        (r"(index 1\n)\S+\n", r"\1!\n", "not base64"),
        (r"extra \S+", "extra !", "does not hold the leaf"),
        (r"extra \S+", "extra e30=", "does not hold the leaf"),
        (r"\n8\n", "\n9\n", "no valid signature"),
    ],
)
def test_an_altered_proof_is_refused(sealed: World, pattern: str, replacement: str, problem: str) -> None:
    text, verifier = proof(sealed, SOURCE_LEAF)
    altered = re.sub(pattern, replacement, text, count=1)
    assert altered != text
    with pytest.raises(BrokenSealError, match=problem):
        open_proof(altered, verifier)


def test_another_leaf_is_refused(sealed: World) -> None:
    text, verifier = proof(sealed, SOURCE_LEAF)
    with pytest.raises(BrokenSealError, match="does not lead from leaf 1"):
        open_proof(with_extra(text, leaf="{}"), verifier)


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        ({"ordinal": 1}, "does not lead from the unit"),
        ({"entry": "{}"}, "does not lead from the unit"),
        ({"path": []}, "does not lead from the unit"),
        ({"units": 4}, "not a source with that many units"),
    ],
)
def test_another_unit_is_refused(sealed: World, unit: dict[str, object], problem: str) -> None:
    text, verifier = proof(sealed, SOURCE_LEAF, 0)
    with pytest.raises(BrokenSealError, match=problem):
        open_proof(with_extra(text, unit=unit), verifier)


def test_a_unit_below_a_leaf_that_has_none_is_refused(sealed: World) -> None:
    text, verifier = proof(sealed, 0)
    unit = {"entry": "{}", "ordinal": 0, "units": 1, "path": []}
    with pytest.raises(BrokenSealError, match="not a source"):
        open_proof(with_extra(text, unit=unit), verifier)
