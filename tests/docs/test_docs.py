"""Documentation that cannot drift, because the suite reads it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import page
from runs.plugins import all_checks

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "evidence_store").glob("*.md")])


def test_the_page_of_checks_is_what_the_checks_say() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == page(), "run: make docs"


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
