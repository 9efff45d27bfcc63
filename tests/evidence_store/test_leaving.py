"""What leaves the store: names beside tokens, and who may write while names are withheld."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys.rotation import rotate
from evidence_store.leaving.leaves import hand_overs
from evidence_store.location import Location
from evidence_store.people.keyring import Keyring, admit
from evidence_store.people.persons import Concealment, Person, beside_tokens, tokens
from evidence_store.store import Store
from tests.runs.garden import SMALL, Diary
from tests.tampering import alter

ADA = Person(b"a" * 12, "ada", b"k" * 64)


@pytest.mark.parametrize("data", [b"ada, %s and ada", b"ada \x1a\x1a %s ada", b"%s ~p1.~ ada"])
def test_names_beside_tokens_are_replaced_and_tokens_stay(data: bytes) -> None:
    known = Concealment([ADA])
    token = known.text("ada").encode()
    assert beside_tokens(data % token, known.body) == data.replace(b"ada", token) % token
    assert tokens(data % token) >= {token}


def test_without_tokens_all_is_replaced() -> None:
    known = Concealment([ADA])
    assert beside_tokens(b"ada", known.body) == known.body(b"ada")
    assert tokens(b"ada") == set()


def test_a_store_that_is_read_without_names_says_pseudonyms_and_seals_nothing(tmp_path: Path) -> None:
    with Store.create(Location(tmp_path / "store", tmp_path / "key.pem")) as store:
        sealed = admit(store, ["ada"])[0].text("ada")
        with store.reading() as connection:
            assert Keyring(store, connection).text(sealed) == "ada"
        store.without_names = True
        with store.reading() as connection:
            names = Keyring(store, connection)
            assert names.text(sealed).startswith("person-")
            assert names.problem == ""
        with pytest.raises(StoreError, match="cannot conceal any"):
            admit(store, ["grace"])


def test_a_change_of_the_key_whose_leaf_is_gone_is_named(tmp_path: Path) -> None:
    diary = Diary(tmp_path)
    diary.scan(("north", SMALL))
    with diary.open() as store:
        rotate(store, diary.tick())
        with store.reading() as connection:
            (change,) = hand_overs(store, connection)
    alter(diary.folder / "store" / "evidence.db", "DELETE FROM leaf WHERE position = ?", change.position)
    with diary.open() as store, store.reading() as connection, pytest.raises(BrokenSealError, match="does not change"):
        hand_overs(store, connection)
