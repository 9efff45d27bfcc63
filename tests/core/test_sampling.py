"""Samples: a stranger draws the same ones, nobody is forgotten, and none is drawn twice."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import AnnexaError
from core.sampling import draw, in_proportion, rank


def test_a_stranger_draws_the_same_with_sha256sum(tmp_path: Path) -> None:
    items = ['["host/web-1","","a"]', "two  words", "back\\slash", "größe", "100%s"]
    (tmp_path / "population.txt").write_text("".join(f"{item}\n" for item in items))
    script = """while IFS= read -r item; do
      printf '%s  %s\\n' "$(printf '%s\\n%s' "$1" "$item" | sha256sum | cut -c1-64)" "$item"
    done < population.txt | LC_ALL=C sort | head -n "$2" """
    said = subprocess.run(
        ["/bin/sh", "-c", script, "sh", "2026-Q1", "3"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    (stratum,) = draw({"": items}, {"": 3}, "2026-Q1")
    assert said.stdout.splitlines() == [f"{each.rank}  {each.item}" for each in stratum.drawn]
    assert stratum.items == tuple(sorted(items))


@given(some.sets(some.integers(0, 999), max_size=60), some.integers(0, 60), some.integers(0, 60))
def test_a_larger_sample_begins_with_the_smaller_one(numbers: set[int], one: int, other: int) -> None:
    items = [str(number) for number in numbers]
    (small,), (large,) = (draw({"": items}, {"": count}, "seed") for count in sorted((one, other)))
    assert large.drawn[: len(small.drawn)] == small.drawn
    assert len(small.drawn) == min(one, other, len(items))
    assert {each.item for each in large.drawn} <= set(items)
    assert all(a.rank < b.rank for a, b in pairwise(large.drawn))


def test_another_seed_is_another_sample() -> None:
    items = [str(number) for number in range(1000)]
    one, other = (draw({"": items}, {"": 20}, seed)[0].drawn for seed in ("a", "b"))
    assert {each.item for each in one} != {each.item for each in other}
    assert one[0].rank == rank("a", one[0].item)


@settings(max_examples=200)
@given(some.dictionaries(some.text("abcdef", min_size=1, max_size=3), some.integers(0, 50)), some.integers(0, 300))
def test_every_part_gets_its_share(sizes: dict[str, int], wanted: int) -> None:
    there = {name: size for name, size in sizes.items() if size}
    if wanted < len(there):
        with pytest.raises(AnnexaError, match=f"{wanted} items cannot be drawn from {len(there)} parts"):
            in_proportion(sizes, wanted)
        return
    found = in_proportion(sizes, wanted)
    assert found.keys() == there.keys()
    assert all(1 <= count <= there[name] for name, count in found.items())
    assert sum(found.values()) == min(wanted, sum(there.values()))
    for a, b in pairwise(sorted(there, key=there.__getitem__)):
        assert found[a] <= found[b] + (there[a] == there[b])
    left, whole = wanted - len(there), sum(there.values()) - len(there)
    if left < whole:  # nobody is further from the exact share than one
        assert all(abs((count - 1) * whole - left * (there[name] - 1)) < whole for name, count in found.items())


@pytest.mark.parametrize("seed", ["", "two\nlines"])
def test_a_seed_is_a_line(seed: str) -> None:
    with pytest.raises(AnnexaError, match="a seed is one line of text"):
        draw({}, {}, seed)


@pytest.mark.parametrize("items", [["a\nb"], ["a", "a"]])
def test_items_are_lines_that_differ(items: list[str]) -> None:
    with pytest.raises(AnnexaError, match=r"the items of the population are not lines that differ"):
        draw({"": items}, {"": 1}, "seed")
