"""Documentation that cannot drift, because the suite reads it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import PAGES as WRITTEN
from runs.plugins import all_checks, collectors_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "evidence_store").glob("*.md")])


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.stem)
def test_pages_that_are_written_say_what_checks_and_collectors_say(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == WRITTEN[file](), "run: make docs"


def test_whatever_is_asked_of_aws_is_read_by_a_check() -> None:
    assert "read by: \n" not in WRITTEN[ROOT / "docs" / "sources" / "aws-services.md"]()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), f"{file.name} links to {target}"


def test_every_command_the_readme_shows_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\$ annexa (\w+)", text, re.MULTILINE)) | set(re.findall(r"`annexa (\w+)", text))
    answer = subprocess.run(
        [sys.executable, "agent.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    for command in shown:
        assert re.search(rf"\b{command}\b", answer.stdout), f"annexa {command}"


def test_every_check_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"explain (\S+)", text):
        assert name in all_checks()


def test_what_is_in_effect_on_hosts_is_asked_and_judged_as_the_page_says() -> None:
    page = (ROOT / "docs" / "sources" / "hosts.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|.*\| (`\w+`(?:, `\w+`)*) \| `(host\.[\w.]+)` \|$", page, re.MULTILINE)
    asked = {fact.name for collector in collectors_of("host").values() for fact in collector.permissions}
    assert len(rows) == page.count("` | `host.")
    for facts, check in rows:
        assert set(re.findall(r"\w+", facts)) <= asked
        assert check in all_checks()
