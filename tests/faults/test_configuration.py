"""Configurations that cannot be used: each is refused with the place, the remedy and status 2, before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Folder, explained

BILLION_LAUGHS = b"a0: &a0 [ha]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n + 1, n + 1, b", ".join([b"*a%d" % n] * 10)) for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"sources: [\n", "config.yaml:2"),
        (b"sources:\n\thost: []\n", "config.yaml:2"),
        (b"a: &a [*a]\nb: *c\n", "config.yaml:2"),
        (b"- a list\n", "config.yaml:1"),
        (b"just text\n", "config.yaml:1"),
        (b"sources:\n  orchard:\n  - name: north\n    hieght: 3\n", "config.yaml:4: sources.orchard[0].hieght"),
        (b"sources:\n  orchrad:\n  - name: north\n", "config.yaml:2: sources.orchrad"),
        (b"store:\n  folder: 3\n", "config.yaml:2: store.folder"),
        (b"store: {}\nstore: {}\n", "config.yaml:2: store"),
        (b"collection:\n  unit_timeout: soon\n", "config.yaml:2: collection.unit_timeout"),
        (b"checks:\n  disabled: [orchard.tree_is_hgih]\n", "config.yaml:2: checks.disabled[0]"),
        (b"checks:\n  settings:\n    orchard.tree_is_low: {most_cm: '3'}\n", "config.yaml:3: checks.settings"),
        (b"\xff\xfe\x00s", "config.yaml"),
        (b"sources:\n  orchard: \x1b[31m\n", "config.yaml:"),
        (b"[" * 100_000, "config.yaml:1: nested too deeply"),
        (b"a: &a [*a]\n", "config.yaml:1"),
        (BILLION_LAUGHS, "config.yaml:"),
    ],
)
def test_a_broken_configuration_is_refused_with_its_line(folder: Folder, text: bytes, place: str) -> None:
    (folder.path / "config.yaml").write_bytes(text)
    error, hint = explained(folder.annexa("scan"))
    assert error.startswith(place)
    assert hint
    assert not folder.store.exists()


def test_the_nearest_word_is_offered(folder: Folder) -> None:
    folder.configure({"lokced": False})
    error, _ = explained(folder.annexa("scan"))
    assert error.endswith("unknown setting, did you mean locked?")


def test_a_secret_in_the_configuration_is_refused_and_not_repeated(folder: Folder) -> None:
    folder.configure({"password": "correct horse battery"})
    said = folder.annexa("scan")
    assert "a secret is given by reference" in explained(said)[0]
    assert "horse" not in said.out + said.err


def test_a_folder_as_configuration(folder: Folder) -> None:
    (folder.path / "settings").mkdir()
    error, hint = explained(folder.annexa("scan", "--config", "settings"))
    assert error == "settings: is a folder"
    assert "settings/config.yaml" in hint


def test_no_such_configuration(folder: Folder) -> None:
    error, _ = explained(folder.annexa("scan", "--config", "nowhere.yaml"))
    assert error == "nowhere.yaml: cannot be read: No such file or directory"


def test_a_configuration_named_by_the_environment_is_not_replaced_by_another(folder: Folder) -> None:
    error, hint = explained(folder.annexa("scan", ANNEXA_CONFIG="nowhere.yaml"))
    assert error.startswith("nowhere.yaml: cannot be read")
    assert "ANNEXA_CONFIG" in hint


def test_a_configuration_that_cannot_be_read(folder: Folder) -> None:
    (folder.path / "config.yaml").unlink()
    (folder.path / "config.yaml").symlink_to("config.yaml")  # a loop: not even root can read it
    error, _ = explained(folder.annexa("scan", "--config", "config.yaml"))
    assert error.startswith("config.yaml: cannot be read: Too many levels")


def test_a_configuration_of_somebody_else(folder: Folder) -> None:
    (folder.path / "config.yaml").chmod(0)
    error, _ = explained(folder.annexa_without_power("scan"))
    assert error == "config.yaml: cannot be read: Permission denied"


def test_a_configuration_that_never_ends(folder: Folder, tmp_path: Path) -> None:
    """`/dev/zero`, or a socket by mistake: refused instead of read for ever."""
    error, _ = explained(folder.annexa("scan", "--config", "/dev/zero"))
    assert error.startswith("/dev/zero: ")


def test_doctor_reports_a_broken_configuration_instead_of_ending_on_it(folder: Folder) -> None:
    (folder.path / "config.yaml").write_text("sources: [\n", encoding="utf-8")
    said = folder.annexa("doctor", "--json")
    assert said.status == 2
    assert {each["subject"]: each["state"] for each in said.json}["configuration"] == "bad"
