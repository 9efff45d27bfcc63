"""Two vineyards, scanned four times, and the bundles that answer about them: made once, and copied by what alters them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from exports.bundle import exporting, forms
from exports.bundle.contents import PARTS
from exports.bundle.parts import Question
from exports.bundle.pinning import asked
from exports.formats import export
from exports.leaving import Left, Wish
from management.following import follow
from management.raising import Wording, raise_about
from management.sealing import By, Desk
from runs import scan as scanning
from tests.evidence_store.authority import Tsa, answering, serving
from tests.runs.conftest import CACHES
from tests.runs.farm import Farm

TEXT = "sources: {vineyard: [{name: north}, {name: south}]}\nmanagement: {applicability: soa.yaml}\n"
SOA = "controls: {A.8.17: {applicable: true, justification: '=law', status: implemented, owner: grace}}\n"
PLUGIN = Path(__file__).parent.parent / "vineyard"
LINUS = "linus was here"


@dataclass
class Estate:
    """A farm with vineyards, and what is asked about it."""

    farm: Farm

    def say(self, source: str, question: str, answer: str) -> None:
        """Let a vineyard answer so from here on."""
        self.farm.world.answers[source, question] = answer

    def ask(
        self, start: str = "", end: str = "", framework: str = "iso27001_2022", **narrowed: Any
    ) -> Callable[..., Question]:
        """How to make a question."""
        return lambda store: replace(asked(store, (start, end), framework, self.farm.now, ((), ())), **narrowed)

    def bundle(self, name: str, *period: str, later: timedelta = timedelta(minutes=1), **narrowed: Any) -> Left:
        """A bundle in a file of this name."""
        self.farm.now += later
        wish = Wish(self.ask(*period, **narrowed), "for the auditor")
        return export(self.farm.configuration, wish, "bundle", self.path(name), self.farm.clock, lambda *_: None)

    def path(self, name: str) -> Path:
        return self.farm.folder / name


@pytest.fixture(scope="package")
def vineyard() -> Iterator[ModuleType]:
    """The plug-in of vineyards, installed once for all tests of this folder."""
    with pytest.MonkeyPatch.context() as patch:
        for cache in CACHES:
            cache.cache_clear()
        patch.syspath_prepend(PLUGIN)
        patch.setattr(scanning, "refuse_shared_packages", lambda: None)
        yield __import__("vineyard")
        del sys.modules["vineyard"]
    for cache in CACHES:
        cache.cache_clear()


@pytest.fixture(scope="package")
def estate(vineyard: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """South could not be looked at first; Linus was a name on a wall before anybody knew him as a person; a vine grew
    too high, which became a nonconformity."""
    folder = tmp_path_factory.mktemp("estate")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as opened:
        patch.chdir(folder)
        vineyard.WORLD.answers = {
            ("north", "vines"): "riesling 90 ada\nmerlot 120 grace\n=cabernet 0 ada\n",
            ("south", "vines"): "denied",
            ("north", "walls"): f"east \nwest {LINUS}\n",
            ("south", "walls"): "south \n",
        }
        # Reports and workbooks take seconds, and have tests of their own.
        patch.setattr(exporting, "PARTS", tuple(each for each in PARTS if each.__module__ != forms.__name__))
        authority = Tsa.make(folder / "authority")
        server = opened.enter_context(serving(answering(authority.reply)))
        stamped = f"store: {{timestamps: [{{name: one, url: '{server.url}', certificate: '{authority.root_file}'}}]}}\n"
        made = Estate(Farm(folder, vineyard.WORLD, text=TEXT + stamped))
        (folder / "soa.yaml").write_text(SOA, encoding="utf-8")
        made.farm.scan()
        made.say("south", "vines", "syrah 1 linus\npinot 80 linus\n")
        made.farm.scan(sources=("vineyard/south",))
        with made.farm.store() as store:
            follow(Desk(made.farm.configuration, store, made.farm.clock))
            failing = [each.id for each in made.farm.report().findings if each.status == "fail"]
            raise_about(
                Desk(made.farm.configuration, store, made.farm.clock),
                failing[:1],
                Wording(),
                By(name="Ada", reason="seen"),
            )
        yield made


@pytest.fixture(scope="package")
def bundle(estate: Estate) -> Path:
    """The bundle with names."""
    return Path(estate.bundle("bundle.zip").file)


@pytest.fixture(scope="package")
def redacted(estate: Estate) -> Path:
    """The same question with people redacted."""
    return Path(estate.bundle("redacted.zip", redact_people=True).file)


@pytest.fixture
def own(estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """The estate once more, for what cannot be undone."""
    folder = tmp_path / "own"
    shutil.copytree(estate.farm.folder, folder, ignore=shutil.ignore_patterns("*.zip"))
    monkeypatch.chdir(folder)
    return Estate(replace(estate.farm, folder=folder))
