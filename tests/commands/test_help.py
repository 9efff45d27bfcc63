"""Help: every command says what it does, and every option what it is for."""

from __future__ import annotations

import re

import pytest
import typer
from typer.testing import CliRunner

from agent import app
from core import __version__
from tests.command_line import Folder


def commands_of(group: typer.Typer) -> list[str]:
    """Every command of a group and of the groups in it, as one types it."""
    own = [each.name or each.callback.__name__ for each in group.registered_commands if each.callback]
    below = [
        f"{each.name} {command}"
        for each in group.registered_groups
        if each.typer_instance
        for command in commands_of(each.typer_instance)
    ]
    return [*own, *below]


COMMANDS = commands_of(app)
GROUPS = [
    "",
    "store",
    "store hold",
    "nonconformities",
    "acceptances",
    "scope",
    "soa",
    "risks",
    "attest",
    "assets",
    "audit",
    "review",
    "hosts",
]
OWN_FORMAT = {"proof", "run", "store grant", "watch"}
"""Commands that print a document of their own, or nothing to list."""


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands(folder: Folder, group: str) -> None:
    said = folder.annexa(*group.split(), "--help")
    assert said.status == 0
    assert f"Usage: annexa {group}{group and ' '}[OPTIONS] COMMAND [ARGS]..." in said.out
    listed = re.findall(r"^  ([a-z-]+)  +\S", said.out.partition("Commands:")[2], re.MULTILINE)
    inside = [command.removeprefix(group).split()[0] for command in COMMANDS if command.startswith(group)]
    assert listed == list(dict.fromkeys(inside))
    assert "..." not in said.out.partition("Commands:")[2], "a summary is cut short"


def test_without_a_command_help_is_printed_and_nothing_is_scanned(folder: Folder) -> None:
    said = folder.annexa()
    assert said.status == 2
    assert said.out.startswith("Usage: annexa")
    assert "\nCommands:\n" in said.out
    assert not folder.store.exists()


def test_the_version_is_told(folder: Folder) -> None:
    said = folder.annexa("--version")
    assert (said.status, said.out) == (0, f"Annexa {__version__}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_fits_and_says_everything(command: str) -> None:
    """In this process: a process for each command would take the suite a minute."""
    answer = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="annexa", env={"COLUMNS": "80"})
    assert answer.exit_code == 0
    assert answer.stderr == ""
    lines = answer.stdout.splitlines()
    assert lines[0].startswith(f"Usage: annexa {command} [OPTIONS]")
    assert re.match(r"  [A-Z].*\S", lines[2]), "the docstring's first line"
    assert max(map(len, lines)) <= 80
    options = re.split(r"\n  (?=-)", answer.stdout.partition("Options:\n")[2])
    for option in options:
        assert re.search(r"[A-Za-z$].*\.", option.partition("  ")[2] or option, re.DOTALL), f"unexplained: {option}"
    assert "--json" in answer.stdout or command in OWN_FORMAT
    assert "\x1b" not in answer.stdout


def test_help_of_scan_says_what_each_exit_status_means(folder: Folder) -> None:
    said = " ".join(folder.annexa("scan", "--help").out.split())
    for meaning in ("0 all is well", "1 something fails", "2 wrong usage", "3 not everything", "4 a seal is broken"):
        assert meaning in said
    for option in ("--source", "--check", "--control", "--report", "--since-last", "--config", "--json"):
        assert option in said
