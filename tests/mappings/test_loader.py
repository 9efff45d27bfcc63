"""The loader: what it returns, and the place and remedy in every error."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import cast

import pytest
import yaml

from core.model import Control, Framework, Link
from management import own_records
from mappings import document, loader
from mappings.document import MappingError

KNOWN = {"clocks-agree": "Clocks agree.", "logs-are-kept": "Logs are kept."}

GOOD = """\
framework: Standard:2030
themes:
  "1": Time
  "1.2": Time zones
controls:
  1.1:
    title: Clocks
    potential: direct
    objectives:
      clocks-agree:
        share: most
        because: Offsets are measured.
  1.2.1:
    title: Zones
    potential: manual
    objectives: {}
"""


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _either_yaml_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "YAML_LOADER", getattr(yaml, request.param))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in the place of the shipped one."""
    functions = (
        loader.objectives,
        loader.frameworks,
        loader.framework,
        loader.correspondence,
        loader.signals,
        loader.mapping_digest,
        loader._content,
    )
    monkeypatch.setattr(loader, "FOLDER", tmp_path)
    for function in functions:
        function.cache_clear()
    yield tmp_path
    for function in functions:
        function.cache_clear()


def refusal(text: str | bytes, reader: Callable[..., object] = loader.read_framework, *more: object) -> tuple[str, str]:
    content = text if isinstance(text, bytes) else dedent(text).encode()
    arguments: tuple[object, ...] = more or ((KNOWN,) if reader is loader.read_framework else ())
    with pytest.raises(MappingError) as raised:
        reader("standard.yaml", content, *arguments)
    return str(raised.value), raised.value.hint


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


@pytest.mark.usefixtures("_either_yaml_loader")
def test_a_framework_is_read_whole() -> None:
    assert loader.read_framework("standard.yaml", GOOD.encode(), KNOWN) == Framework(
        "standard",
        "Standard:2030",
        (
            Control("1.1", "Clocks", "Time", "direct", (Link("clocks-agree", "most", "Offsets are measured."),)),
            Control("1.2.1", "Zones", "Time zones", "manual", ()),
        ),
    )


@pytest.mark.usefixtures("_either_yaml_loader")
@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        (
            "clocks-agree",
            "clock-agree",
            "10: controls.1.1.objectives.clock-agree: no objective named 'clock-agree', did you mean clocks-agree?",
            "objectives.yaml lists every objective; choose one of them, or add this one there",
        ),
        (
            "clocks-agree",
            "sharks-smile",
            "10: controls.1.1.objectives.sharks-smile: no objective named 'sharks-smile'",
            "objectives.yaml lists every objective; choose one of them, or add this one there",
        ),
        (
            "share: most",
            "share: mots",
            "11: controls.1.1.objectives.clocks-agree.share: 'mots' is not possible here, did you mean most?",
            "use one of most, some, little",
        ),
        (
            "potential: direct",
            "potential: full",
            "8: controls.1.1.potential: 'full' is not possible here",
            "use one of direct, partial, manual",
        ),
        (
            "        because: Offsets are measured.\n",
            "",
            "10: controls.1.1.objectives.clocks-agree: 'because' is missing",
            "the keys here are share, because",
        ),
        (
            "Offsets are measured.",
            "'  '",
            "12: controls.1.1.objectives.clocks-agree.because: expected text, found an empty one",
            "",
        ),
        (
            "Offsets are measured.",
            "",
            "12: controls.1.1.objectives.clocks-agree.because: expected text, found nothing",
            "put quotes around what is meant as text",
        ),
        (
            "because:",
            "becuase:",
            "12: controls.1.1.objectives.clocks-agree.becuase: unknown key, did you mean because?",
            "the keys here are share, because",
        ),
        (
            "title: Clocks",
            "title: 5",
            "7: controls.1.1.title: expected text, found a number",
            "put quotes around what is meant as text",
        ),
        (
            "title: Clocks",
            "title: yes",
            "7: controls.1.1.title: expected text, found true or false",
            "put quotes around what is meant as text",
        ),
        (
            "title: Clocks",
            "title: 2030-01-01",
            "7: controls.1.1.title: expected text, found a date",
            "put quotes around what is meant as text",
        ),
        (
            "title: Clocks",
            "title: [Clocks]",
            "7: controls.1.1.title: expected text, found a list",
            "put quotes around what is meant as text",
        ),
        (
            "title: Clocks",
            "title: {a: b}",
            "7: controls.1.1.title: expected text, found keys with values",
            "put quotes around what is meant as text",
        ),
        (
            "title: Clocks",
            "title: !secret Clocks",
            "7: controls.1.1.title: expected text, found something tagged !secret",
            "put quotes around what is meant as text",
        ),
        (
            "objectives: {}",
            "objectives: none",
            "16: controls.1.2.1.objectives: expected keys with values, found text",
            "",
        ),
        (
            "objectives: {}",
            "objectives:",
            "16: controls.1.2.1.objectives: expected keys with values, found nothing",
            "",
        ),
        (
            "  1.2.1:",
            "  1.1:",
            "13: controls.1.1: given twice, first in line 6",
            "keep one of them, or join the two",
        ),
        ("  1.2.1:", "  ? [1, 2]\n  :", "13: controls: a key must be one word", ""),
        (
            "  1.2.1:",
            "  12.1:",
            "13: controls.12.1: no theme has a number that begins this one",
            "the themes are 1, 1.2",
        ),
        (
            "framework:",
            "frame:",
            "1: frame: unknown key, did you mean framework?",
            "the keys here are framework, themes, controls",
        ),
        (
            "framework: Standard:2030\n",
            "",
            "1: 'framework' is missing",
            "the keys here are framework, themes, controls",
        ),
    ],
)
def test_a_framework_is_refused_with_place_and_remedy(old: str, new: str, message: str, hint: str) -> None:
    assert refusal(changed(old, new)) == (f"standard.yaml:{message}", hint)


@pytest.mark.usefixtures("_either_yaml_loader")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1: the file is empty"),
        (b"# only a comment\n", "1: the file is empty"),
        (b"- a\n", "1: expected keys with values, found a list"),
        (b"a: b\nc: [\n", "3: not readable as YAML: "),
        (b"a: b\n---\nc: d\n", "2: not readable as YAML: "),
        (b"a: \x07\n", "1: not readable as YAML: "),
        (b"a: b\nc: \xff\n", "2: not UTF-8"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(content: bytes, message: str) -> None:
    assert refusal(content)[0].startswith(f"standard.yaml:{message}")


def test_a_framework_without_controls_is_refused() -> None:
    text = "framework: Standard\nthemes: {}\ncontrols: {}\n"
    assert refusal(text)[0] == "standard.yaml:3: controls: a framework needs at least one control"


def test_an_objective_given_twice_is_refused() -> None:
    message, _ = refusal("a-b: One.\na-b: Two.\n", loader.read_objectives)
    assert message == "standard.yaml:2: a-b: given twice, first in line 1"


def test_an_objective_without_a_sentence_is_refused() -> None:
    assert refusal("a-b:\n", loader.read_objectives)[0] == "standard.yaml:1: a-b: expected text, found nothing"


OLD = Framework("old", "Old:1", (Control("1.1", "", "", "", ()), Control("1.2", "", "", "", ())))
NEW = Framework("new", "New:2", (Control("7.1", "", "", "", ()), Control("7.2", "", "", "", ())))


def test_a_correspondence_keeps_every_pair() -> None:
    pairs = loader.read_correspondence("pairs.csv", b"old,new\n1.1,7.2\n1.2,7.1\n1.1,7.1\n", OLD, NEW)
    assert pairs == {"1.1": ("7.2", "7.1"), "1.2": ("7.1",)}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "1: the header must be 'old,new', found ''", ""),
        ("new,old\n", "1: the header must be 'old,new', found 'new,old'", ""),
        ("old,new\n1.1\n", "2: expected 2 filled cells, found '1.1'", "quote a cell that holds a comma"),
        ("old,new\n1.1,\n", "2: expected 2 filled cells, found '1.1,'", "quote a cell that holds a comma"),
        ("old,new\n1.3,7.1\n", "2: Old:1 has no control '1.3', did you mean 1.2?", "old.yaml lists its controls"),
        ("old,new\n1.1,AC-2\n", "2: New:2 has no control 'AC-2'", "new.yaml lists its controls"),
        (
            "old,new\n1.1,7.1\n1.1,7.1\n",
            "3: 1.1 to 7.1 is given twice",
            "remove one of the two lines",
        ),
    ],
)
def test_a_correspondence_is_refused_with_place_and_remedy(text: str, message: str, hint: str) -> None:
    assert refusal(text, loader.read_correspondence, OLD, NEW) == (f"standard.yaml:{message}", hint)


def test_signals_are_refused_for_a_control_that_is_not_there() -> None:
    message, _ = refusal("control,source,signal\n7.1,host,offset\n9,host,offset\n", loader.read_signals, NEW)
    assert message == "standard.yaml:3: New:2 has no control '9'"


def test_frameworks_are_found_by_looking(folder: Path) -> None:
    (folder / "objectives.yaml").write_text("clocks-agree: Clocks agree.\n")
    (folder / "standard_2030.yaml").write_text(GOOD)
    (folder / "notes.yaml").write_text("about: 'framework: is a word here'\n")
    assert loader.frameworks() == ("standard_2030",)
    assert loader.framework("standard_2030").name == "Standard:2030"
    assert loader.signals("standard_2030") == {}


def test_an_unknown_framework_is_refused_with_a_proposal() -> None:
    with pytest.raises(MappingError, match="no framework named 'iso27001_2202', did you mean iso27001_2022") as raised:
        loader.framework("iso27001_2202")
    assert raised.value.hint == "use one of iso27001_2013, iso27001_2022"
    with pytest.raises(MappingError):
        loader.mapping_digest("../objectives")


def test_a_missing_file_is_an_error_a_person_can_act_on(folder: Path) -> None:
    with pytest.raises(MappingError, match=r"objectives\.yaml: No such file") as raised:
        loader.objectives()
    assert raised.value.hint


def test_the_digest_can_be_computed_by_hand() -> None:
    by_hand = subprocess.run(
        "sha256sum iso27001_2022.yaml objectives.yaml | sha256sum",
        shell=True,
        cwd=loader.FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    assert by_hand.stdout == f"{loader.mapping_digest('iso27001_2022')}  -\n"


@pytest.mark.parametrize("file", ["standard.yaml", "objectives.yaml"])
def test_the_digest_changes_with_every_byte_of_both_files(folder: Path, file: str) -> None:
    (folder / "objectives.yaml").write_text("clocks-agree: Clocks agree.\n")
    (folder / "standard.yaml").write_text(GOOD)
    before = loader.mapping_digest("standard")
    loader._content.cache_clear()
    loader.mapping_digest.cache_clear()
    (folder / file).write_text((folder / file).read_text() + "#")
    assert loader.mapping_digest("standard") != before


def test_what_is_digested_is_what_was_understood(folder: Path) -> None:
    (folder / "objectives.yaml").write_text("clocks-agree: Clocks agree.\n")
    (folder / "standard.yaml").write_text(GOOD)
    loader.framework("standard")
    before = loader.mapping_digest("standard")
    loader.mapping_digest.cache_clear()
    (folder / "standard.yaml").write_text("framework: changed while we ran\n")
    assert loader.mapping_digest("standard") == before


def test_answers_are_kept_and_cannot_be_changed() -> None:
    assert loader.framework("iso27001_2022") is loader.framework("iso27001_2022")
    with pytest.raises(TypeError):
        cast("dict[str, str]", loader.objectives())["new-one"] = "New."


def test_the_example_in_the_documentation_loads() -> None:
    page = (loader.FOLDER.parent / "docs" / "mappings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    framework = loader.read_framework("example_2030.yaml", example.encode(), loader.objectives())
    assert [(c.id, c.theme, c.potential, len(c.links)) for c in framework.controls] == [
        ("1.1", "Access", "direct", 1),
        ("2.1", "Sites", "manual", 0),
    ]


def test_documents_that_were_kept_have_the_digest_of_their_mapping() -> None:
    kept = loader.documents()
    assert set(kept) == {"objectives.yaml", *(f"{name}.yaml" for name in loader.frameworks())}
    for name in loader.frameworks():
        assert loader.digest_of(name, kept) == loader.mapping_digest(name)
        assert loader.digest_of(name, {**kept, f"{name}.yaml": b"another"}) != loader.mapping_digest(name)
        assert loader.digest_of(name, {}) != loader.mapping_digest(name)


def test_clauses_are_in_order_and_name_records_that_there_are() -> None:
    found = loader.clauses()
    numbers = [tuple(map(int, each.id.split("."))) for each in found]
    assert numbers == sorted(numbers)
    assert {number[0] for number in numbers} == set(range(4, 11))
    assert {name for each in found for name in each.records} == set(own_records.RECORDS)


def test_clauses_are_read_strictly() -> None:
    with pytest.raises(MappingError, match=r"c.yaml:2: clauses.4.1.records\[0\]: expected text, found a number"):
        loader.read_clauses("c.yaml", b"clauses:\n  '4.1': {title: a, asks: b, records: [1]}")
    with pytest.raises(MappingError, match="records: expected a list, found text"):
        loader.read_clauses("c.yaml", b"clauses:\n  '4.1': {title: a, asks: b, records: c}")
