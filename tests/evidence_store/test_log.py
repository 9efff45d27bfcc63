"""The Merkle tree against the vectors of Certificate Transparency, and against a second, naive way to compute it."""

from __future__ import annotations

import hashlib

import pytest

from evidence_store.log.tree import (
    EMPTY_ROOT,
    Tree,
    consistency,
    hash_leaf,
    inclusion,
    root,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 130

# The eight entries that implementations of RFC 6962 and RFC 9162 share as their test.
VECTOR = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
BIG = Tree(f"entry {number}".encode() for number in range(LARGEST))


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_are_those_of_certificate_transparency() -> None:
    tree = Tree(VECTOR)
    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)


def test_every_root_is_that_of_the_definition() -> None:
    leaves = [f"entry {number}".encode() for number in range(LARGEST)]
    assert all(BIG.root(size) == naive_root(leaves[:size]) for size in range(LARGEST + 1))


def test_only_complete_nodes_are_stored() -> None:
    assert set(Tree(VECTOR[:6]).nodes) == {(0, n) for n in range(6)} | {(1, 0), (1, 1), (1, 2), (2, 0)}


def test_every_entry_is_proven_in_every_tree_and_in_no_other_place() -> None:
    for size in range(1, LARGEST + 1):
        expected = BIG.root(size)
        for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
            path, leaf = inclusion(index, size, BIG.load), BIG.load(0, index)
            assert verify_inclusion(leaf, index, size, path, expected)
            assert not verify_inclusion(hash_leaf(b"other"), index, size, path, expected)
            assert not verify_inclusion(leaf, size, size, path, expected)
            assert not verify_inclusion(leaf, -1, size, path, expected)
            assert not verify_inclusion(leaf, index, size, path, hash_leaf(b"other"))
            if size > 1:
                assert not verify_inclusion(leaf, (index + 1) % size, size, path, expected)


def test_every_entry_of_a_small_tree_has_one_path_only() -> None:
    for size in range(1, 34):
        for index in range(size):
            path, leaf, expected = inclusion(index, size, BIG.load), BIG.load(0, index), BIG.root(size)
            for wrong in _altered(path):
                assert not verify_inclusion(leaf, index, size, wrong, expected), (size, index)


def test_every_tree_extends_every_smaller_one() -> None:
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            path = consistency(old, new, BIG.load)
            assert verify_consistency(old, new, BIG.root(old), BIG.root(new), path), (old, new)


def test_a_consistency_proof_that_was_altered_cut_or_lengthened_is_refused() -> None:
    for new in range(2, 34):
        for old in range(1, new):
            path = consistency(old, new, BIG.load)
            for wrong in _altered(path):
                assert not verify_consistency(old, new, BIG.root(old), BIG.root(new), wrong), (old, new)
            assert not verify_consistency(old, new, hash_leaf(b"other"), BIG.root(new), path)
            assert not verify_consistency(old, new, BIG.root(old), hash_leaf(b"other"), path)


def test_a_tree_extends_itself_without_proof() -> None:
    same = BIG.root(7)
    assert verify_consistency(7, 7, same, same, [])
    assert not verify_consistency(7, 7, same, same, [same])
    assert not verify_consistency(7, 7, same, BIG.root(8), [])


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_sizes_that_make_no_sense_are_refused(old: int, new: int) -> None:
    with pytest.raises(IndexError):
        consistency(old, new, BIG.load)
    assert not verify_consistency(3, 5, BIG.root(3), BIG.root(5), [])
    assert not verify_consistency(old, new, EMPTY_ROOT, BIG.root(5), [BIG.root(5)])


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_there_is_no_path_for_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        inclusion(index, size, BIG.load)


def test_a_missing_node_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(KeyError):
        root(4, Tree(VECTOR[:3]).load)


def _altered(path: list[bytes]) -> list[list[bytes]]:
    """The path with each element altered, left out or doubled, and with one more at either end."""
    other = hash_leaf(b"other")
    wrong = [[*path, other], [other, *path]]
    for at, element in enumerate(path):
        flipped = bytes([element[0] ^ 1]) + element[1:]
        wrong += [[*path[:at], flipped, *path[at + 1 :]], path[:at] + path[at + 1 :], [*path[:at], element, *path[at:]]]
    return wrong
