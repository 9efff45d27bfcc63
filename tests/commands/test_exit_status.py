"""What a command ends with: 0 good, 1 something fails, 2 usage, 3 could not look everywhere, 4 broken seal."""

from __future__ import annotations

import re

import pytest

from tests.command_line import Folder, explained
from tests.tampering import alter

OPEN = {"locked": False}
FOG = {"trees": [{"id": "birch", "fenced": None}]}


@pytest.mark.parametrize(
    ("orchard", "status"),
    [
        ({}, 0),
        ({"trees": []}, 0),
        (OPEN, 1),
        (FOG, 3),
        ({"behaviour": "denied"}, 3),
        ({**OPEN, **FOG}, 3),
        ({**OPEN, "nmae": "x"}, 2),
    ],
)
def test_scan_and_status_agree(folder: Folder, orchard: dict[str, object], status: int) -> None:
    folder.configure(orchard)
    assert folder.annexa("scan").status == status
    if status != 2:
        assert folder.annexa("status").status == status


def test_a_broken_seal_weighs_more_than_a_failure_and_a_gap(copy: Folder) -> None:
    alter(copy.store / "evidence.db", "UPDATE checkpoint SET note = replace(note, '12', '11')")
    for command in ("status", "scan", "verify"):
        assert copy.annexa(command).status == 4


def test_wrong_usage_weighs_more_than_a_failure(copy: Folder) -> None:
    assert copy.annexa("scan", "--check", "nonsense").status == 2


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["frobnicate"], "annexa: no such command 'frobnicate'", "annexa --help"),
        (["scna"], "annexa: no such command 'scna', did you mean 'scan'?", "annexa --help"),
        (["scan", "--jsn"], r"annexa scan: no such option: --jsn.*--json.*", "annexa scan --help"),
        (["scan", "more"], r"annexa scan: .*unexpected.*more.*", "annexa scan --help"),
        (["show"], "annexa show: missing argument 'ID'", "annexa show --help"),
        (["explain", "orchard.tree_is_lwo"], ".*did you mean orchard.tree_is_low?", ".*annexa checks"),
        (["explain", "zzzz"], "there is no check named zzzz", ".*annexa checks"),
        (["scan", "--check", "orchard.tree_is_lwo"], ".*did you mean orchard.tree_is_low?", ".*annexa checks"),
        (["scan", "--control", "A.8.31x"], ".*no control A.8.31x, did you mean A.8.31?", ".*annexa controls"),
        (["scan", "--control", "iso27001_2031:A.8.1"], "there is no framework named iso27001_2031", "there are .*"),
        (["scan", "--source", "orchard/nroth"], ".*did you mean orchard/north?", ".*are orchard/north"),
        (["scan", "--report", "nowhere/x.html"], "--report: nowhere is no folder", "make it first, or .*"),
        (["alerts", "list"], ".*: 'list' is not one of 'show', 'send', 'test'", "annexa alerts --help"),
        (["controls", "A.8.31x"], ".*has no control A.8.31x, did you mean A.8.31?", ".+"),
        (["controls", "--framework", "iso"], "there is no framework named iso", "there are .*iso27001_2022.*"),
        (["permissions", "orchrad"], ".*did you mean orchard?", "the providers are .*orchard.*"),
        (["verify", "--key", "nonsense"], "--key: there is no file nonsense, and it is no key", ".*log.pub.*"),
        (["verify", "--key", "a+b+c"], r"--key: not an Ed25519 verifier key: a\+b\+c", ".+"),
        (["verify", "--proof", "config.yaml"], "--proof: config.yaml is no proof", ".*annexa proof.*"),
        (["proof", "0", "--output", "nowhere/x"], "--output: nowhere/x cannot be written: No such.*", ".*folder.*"),
        (["show", ""], "an empty name means nothing", ".*annexa status"),
        (["show", "nonsense"], "nothing is called nonsense", ".*annexa status"),
        (["show", "9999"], "the log has no leaf 9999", ".+"),
        (["show", "\x1b[31m\nx"], r"nothing is called \\x1b\[31m\\nx", ".+"),
    ],
)
def test_a_mistake_is_explained_with_its_remedy(scanned: Folder, arguments: list[str], error: str, hint: str) -> None:
    said = scanned.annexa(*arguments)
    found = explained(said)
    for pattern, text in zip((error, hint), found, strict=True):
        assert re.fullmatch(pattern.replace("?", r"\?"), text), text
    assert said.out == ""
    assert len(said.err.splitlines()) == 2
