"""PDF documents, read back with other people's programs: poppler."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader

from core.errors import AnnexaError
from exports import html, pdf

COVER = pdf.Cover(
    title="Doors of the house",
    lead="What was seen of them.",
    scope="Ελληνικά Кириллица, all <doors> " + "and windows " * 12,
    period="2026-01-01 to 2026-06-30",
    made=datetime(2026, 7, 1, 12, tzinfo=UTC),
    facts=(("Organization", "株式会社"),),
)
TEMPLATE = """{% extends "paper.html" %}{% block body %}
<h2 id="first">First: {{ name }}</h2><p>{{ text }}</p><h3 id="inner">Inner</h3>
<h2 id="second" style="break-before: page">Second</h2><img src="http://127.0.0.1:9/secret"><h2>Without an id</h2>
{% endblock %}"""


@pytest.fixture(autouse=True)
def _template(monkeypatch: pytest.MonkeyPatch) -> None:
    def environment() -> Any:
        made = html.environment()
        made.loader = ChoiceLoader([made.loader, DictLoader({"doors.html": TEMPLATE})])  # type: ignore[list-item]  # it has one
        return made

    monkeypatch.setattr(pdf, "environment", environment)


def asked(program: str, *arguments: str) -> str:
    if not shutil.which(program):
        assert not os.environ.get("CI"), f"{program} is not installed"
        pytest.skip(f"{program} (Debian package poppler-utils) is not installed")
    return subprocess.run(
        [program, *arguments], check=True, capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"}
    ).stdout


def test_a_document_has_all_that_an_archive_needs(tmp_path: Path) -> None:
    content = pdf.render("doors.html", COVER, name="Žluťoučký kůň", text="<script>x</script>\u202e")
    assert content == pdf.render("doors.html", COVER, name="Žluťoučký kůň", text="<script>x</script>\u202e")
    file = tmp_path / "doors.pdf"
    file.write_bytes(content)
    info = asked("pdfinfo", str(file))
    for line in (
        r"Title: +Doors of the house",
        r"CreationDate: +Wed Jul +1 12:00:00 2026",
        r"Tagged: +yes",
        r"Pages: +4",
        r"JavaScript: +no",
    ):
        assert re.search(line, info), info
    cover, contents, first, second = asked("pdftotext", "-layout", str(file), "-").rstrip("\f").split("\f")
    assert "Ελληνικά Кириллица, all <doors> and windows and windows" in " ".join(cover.split())
    assert "株式会社" in cover
    assert "letters missing" not in cover
    listed = re.findall(r"^ *(\S.*?)[ .]{9,}(\d)$", contents, re.MULTILINE)
    assert listed == [("First: Žluťoučký kůň", "3"), ("Inner", "3"), ("Second", "4")]
    assert "<script>x</script>\\u202e" in first
    head = second.splitlines()[0]
    assert head.startswith("Ελληνικά Кириллица, all <doors>")
    assert "…" in head
    assert head.endswith("2026-01-01 to 2026-06-30")
    assert second.split()[-1] == "4/4"
    outline = asked("pdftohtml", "-xml", "-i", "-stdout", str(file)).partition("<outline>")[2]
    assert re.findall(r'<item page="(\d)">([^<]+)', outline)[:3] == [
        ("1", "Doors of the house"),
        ("3", "First: Žluťoučký kůň"),
        ("3", "Inner"),
    ]


def test_letters_that_no_font_draws_are_named(tmp_path: Path) -> None:
    file = tmp_path / "doors.pdf"
    file.write_bytes(pdf.render("doors.html", replace(COVER, facts=()), name="\U00010a60", text="Old South Arabian"))
    cover = asked("pdftotext", "-layout", str(file), "-").partition("\f")[0]
    assert "no font for 1 letter, which are boxes here: U+10A60" in " ".join(cover.split())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("No module named 'weasyprint'"), "PDF needs the extra `pdf`"),
        (OSError("cannot load library 'libpango'\nmany\nlines"), "libraries that this machine has not: cannot load"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    def fail(_: str) -> None:
        print("a page of advice")  # noqa: T201 - as the library does
        raise error

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(AnnexaError, match=said) as caught:
        pdf.render("doors.html", COVER, name="", text="")
    assert "install" in caught.value.hint
