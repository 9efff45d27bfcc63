"""What is printed for sudo is what is run through it: word for word, and nothing that a user could bend."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.host.batch import program
from collectors.host.facts import Fact
from collectors.host.permissions import least_privilege, named
from core.plugins import PluginError
from runs.plugins import collectors_of

FACTS = {fact.name: fact for each in collectors_of("host").values() for fact in each.permissions}
PRIVILEGED = {name: fact for name, fact in FACTS.items() if fact.privileged or "$SUDO" in fact.command}
END = re.compile(r"\n| ?;| \|| 2>|\)")
"""What stands behind a whole command in a fact."""
VARIABLE = re.compile(r"\"?\$\w+\"?")


@pytest.fixture(scope="module")
def sudoers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lines as somebody would install them."""
    file = tmp_path_factory.mktemp("sudoers.d") / "annexa"
    file.write_text(least_privilege(FACTS.values()))
    file.chmod(0o440)
    return file


@pytest.mark.parametrize("name", PRIVILEGED)
def test_what_a_fact_runs_with_privilege_is_what_it_declares(name: str) -> None:
    """A variable of the shell may stand for any words; those that it may hold are declared."""
    fact = PRIVILEGED[name]
    written = [END.split(after, maxsplit=1)[0] for after in fact.command.split("$SUDO ")[1:]]
    expressions = [".+".join(map(re.escape, VARIABLE.split(words))) for words in written]
    for declared in fact.privileged:
        assert declared.startswith("/")
        assert not re.search(r"[*?\[\]#!\"$`\\\n]", declared), "sudoers(5) would take it for something else"
        assert any(re.fullmatch(expression, declared) for expression in expressions)
    for expression in expressions:
        assert any(re.fullmatch(expression, declared) for declared in fact.privileged)


def test_the_lines_are_what_sudo_takes_for_them(sudoers: Path) -> None:
    """visudo has nothing to say, and sudo's own reader finds each command with its arguments as they are run."""
    if not shutil.which("visudo", path="/usr/sbin:/usr/bin"):
        assert not os.environ.get("CI")
        pytest.skip("sudo is not installed (tests/debian-packages.txt)")
    checked = subprocess.run(["/usr/sbin/visudo", "-c", "-f", sudoers], capture_output=True, check=True, timeout=10)
    assert b"parsed OK" in checked.stdout
    assert not checked.stderr
    read = subprocess.run(["cvtsudoers", "-e", "-f", "json", sudoers], capture_output=True, check=True, timeout=10)
    (rule,) = json.loads(read.stdout)["User_Specs"]
    (given,) = rule["Cmnd_Specs"]
    assert given["runasusers"] == [{"username": "root"}]
    assert given["Options"] == [{"authenticate": False}]
    assert rule["User_List"] == [{"username": "annexa"}]
    found = {each["command"].replace("\\", "").removesuffix(' ""') for each in given["Commands"]}
    assert found == {command for fact in FACTS.values() for command in fact.privileged}


def test_a_batch_without_root_runs_nothing_through_sudo_but_those(tmp_path: Path) -> None:
    """With a `sudo` that writes down what it is asked for, on this very machine."""
    log = tmp_path / "asked"
    for name, script in (("id", "echo 1000"), ("sudo", f'shift; echo "$*" >>{log}; exit 1')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    written = program(PRIVILEGED.values(), "0" * 32, sudo=True).replace(b"PATH=", f"PATH={tmp_path}:".encode(), 1)
    subprocess.run(["sh", "-s"], input=written, stdout=subprocess.DEVNULL, check=True, timeout=60)
    asked = set(log.read_text().splitlines())
    assert asked
    assert asked <= {command for fact in FACTS.values() for command in fact.privileged}


def test_two_facts_of_one_name_are_refused() -> None:
    with pytest.raises(PluginError, match="two facts about hosts are called one"):
        named((Fact("one", "a"), Fact("one", "b")))
