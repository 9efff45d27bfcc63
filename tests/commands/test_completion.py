"""Shell completion."""

from __future__ import annotations

import pytest

from tests.command_line import Folder


def completed(folder: Folder, *words: str) -> list[str]:
    """What bash offers for the last of these words."""
    said = folder.annexa(
        _ANNEXA_COMPLETE="complete_bash", COMP_WORDS=" ".join(["annexa", *words]), COMP_CWORD=str(len(words))
    )
    assert said.status == 0, said.err
    assert said.err == ""
    return said.out.split()


def test_the_script_for_bash(folder: Folder) -> None:
    # Typer would look for the shell among our parents, and a test may well have none.
    said = folder.annexa("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert said.status == 0
    assert "complete -o default -F _annexa_completion annexa" in said.out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["explain", "orchard.tree_"], ["orchard.tree_is_fenced", "orchard.tree_is_low"]),
        (["scan", "--check", "orchard.g"], ["orchard.gate_is_locked"]),
        (["controls", "A.8.31"], ["A.8.31"]),
        (["scan", "--control", "A.8.3"], ["A.8.3", "A.8.30", "A.8.31", "A.8.32", "A.8.33", "A.8.34"]),
        (["permissions", "orch"], ["orchard"]),
        (["verif"], ["verify"]),
        (["explain", "nothing.like.it"], []),
    ],
)
def test_names_are_completed(folder: Folder, words: list[str], offered: list[str]) -> None:
    assert completed(folder, *words) == offered
