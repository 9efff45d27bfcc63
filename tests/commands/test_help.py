"""Help: every command says what it does, and every option what it is for."""

from __future__ import annotations

import re

import pytest

from agent import app
from core import __version__
from tests.command_line import Folder

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
OWN_FORMAT = {"proof"}
"""Commands that print a document of their own, which is no listing."""


def test_the_program_lists_its_commands(folder: Folder) -> None:
    said = folder.annexa("--help")
    assert said.status == 0
    assert "Usage: annexa [OPTIONS] COMMAND [ARGS]..." in said.out
    listed = re.findall(r"^  ([a-z-]+)  +\S", said.out.partition("Commands:")[2], re.MULTILINE)
    assert listed == COMMANDS
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
def test_help_of_a_command_fits_and_says_everything(folder: Folder, command: str) -> None:
    said = folder.annexa(command, "--help")
    assert said.status == 0
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0].startswith(f"Usage: annexa {command} [OPTIONS]")
    assert re.match(r"  [A-Z].*\S", lines[2]), "the docstring's first line"
    assert max(map(len, lines)) <= 80
    options = re.split(r"\n  (?=-)", said.out.partition("Options:\n")[2])
    for option in options:
        assert re.search(r"[A-Za-z$].*\.", option.partition("  ")[2] or option, re.DOTALL), f"unexplained: {option}"
    assert "--json" in said.out or command in OWN_FORMAT
    assert "\x1b" not in said.out


def test_help_of_scan_says_what_each_exit_status_means(folder: Folder) -> None:
    said = " ".join(folder.annexa("scan", "--help").out.split())
    for meaning in ("0 all is well", "1 something fails", "2 wrong usage", "3 not everything", "4 a seal is broken"):
        assert meaning in said
    for option in ("--source", "--check", "--control", "--report", "--since-last", "--config", "--json"):
        assert option in said
