"""A campaign of tampering: random alterations of a store with a past, each of a family and drawn from a seed.

An alteration counts as one only when it alters something: that is decided by reading the store with other code than
ours, every value of every table and the plain bytes of every blob, never by asking what verification noticed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.evidence_store.tampering import blobs, derived, log, rows
from tests.evidence_store.tampering.families import FAMILIES, Alteration
from tests.evidence_store.tampering.ground import (
    DAMAGE,
    Content,
    Ground,
    Past,
)

MODULES = (rows, log, blobs, derived)
"""Importing them registers their families."""


@dataclass
class Tally:
    """What came of a campaign. `wrong` names each alteration that was missed, not named, or seen where there is none."""

    altered: Counter[str] = field(default_factory=Counter[str])
    nothing: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])


def campaign(past: Past, folder: Path, seed: str, numbers: Iterable[int]) -> Tally:
    """Make these alterations, each on a fresh copy. The same seed and number make the same one."""
    tally = Tally()
    ground = Ground(past, folder / "store")
    pristine = ground.content()
    assert pristine is not None
    untouched = ground.found()
    tally.wrong += [f"untouched: {problem}" for problem in untouched]
    for number in numbers:
        work = FAMILIES[number % len(FAMILIES)]
        chance = random.Random(f"{seed}/{number}")
        done = None
        while done is None:
            ground.restore()
            done = work(ground, chance)
        judge(tally, ground, pristine, f"{seed}/{number} {work.__name__}: {done.what}", done, work.__name__)
    return tally


def judge(tally: Tally, ground: Ground, pristine: Content, title: str, done: Alteration, name: str) -> None:
    """Whether what was done was found and named, or else did nothing."""
    content = ground.content()
    found = ground.found()
    if content == pristine and ground.whole():
        tally.nothing[name] += 1
        tally.wrong += [f"{title}: nothing was altered, and yet: {problem}" for problem in found]
        return
    tally.altered[name] += 1
    named = done.named or (f"{pristine.unlike(content)}|{DAMAGE}".strip("|") if content else DAMAGE)
    if not found:
        tally.wrong.append(f"{title}: missed; it should read {named}")
    elif not any(re.search(named, problem, re.DOTALL) for problem in found):
        tally.wrong.append(f"{title}: not named; expected {named}, found {found[:5]}")
