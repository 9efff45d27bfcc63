"""No secret reaches a store, a log, an error or an export, wherever it was seeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Folder
from tests.faults.leaks import kept, leaks

KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
IN_OUTPUT = {
    "private key": f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----",
    "password hash": "root:$6$saltsalt$qN9Hs0xYv1b7Zl0u8eT2cKfXWm3:19000:0:99999:7:::",
    "URL": "https://deploy:hunter2isnotgood@git.example.org/orchard.git",
    "bearer": "Authorization: Bearer 8fa1c0d97be64ac0a2f4d3b1",
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcmNoYXJkIn0.c2lnbmF0dXJlb2ZvcmNoYXJk",
    "provider token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AWS": "AKIAIOSFODNN7EXAMPLE",
    "assignment": "DATABASE_PASSWORD=plumsandpears99",
    "YAML": "api_key: cherriesandquinces77",
    "JSON": '{"client_secret": "gooseberries55"}',
    "option": "mysqldump --password currants33 --all",
}
SECRETS = [
    KEY,
    "qN9Hs0xYv1b7Zl0u8eT2cKfXWm3",
    "hunter2isnotgood",
    "8fa1c0d97be64ac0a2f4d3b1",
    "c2lnbmF0dXJlb2ZvcmNoYXJk",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "plumsandpears99",
    "cherriesandquinces77",
    "gooseberries55",
    "currants33",
]
FROM_ENVIRONMENT, FROM_FILE = "elderflowers11", "rosehips22"


@pytest.mark.parametrize("behaviour", ["well", "crashes"])
def test_no_secret_is_kept_or_shown(folder: Folder, behaviour: str) -> None:
    """In a command's output, and, when the collector crashes, in the text of its exception as well."""
    (folder.path / "password").write_text(FROM_FILE, encoding="utf-8")
    says = "\n".join(IN_OUTPUT.values())
    folder.configure(
        {"says": says, "behaviour": behaviour, "password": {"env": "ORCHARD_PASSWORD"}},
        {"name": "south", "says": says, "password": {"file": "password"}},
    )
    shown = []
    for command in (
        ["scan", "--report", "report.html"],
        ["scan", "--json"],
        ["status", "--all"],
        ["status", "--json"],
        ["verify"],
        ["doctor"],
    ):
        said = folder.annexa(*command, ORCHARD_PASSWORD=FROM_ENVIRONMENT)
        assert "Traceback" not in said.err, said.err
        shown += [(f"{command}: stdout", said.out.encode()), (f"{command}: stderr", said.err.encode())]
    gate = next(f for f in folder.annexa("status", "--json").json["findings"] if f["resource"] == "gate")
    for more in (["--full"], ["--json"]):
        said = folder.annexa("show", gate["id"], *more)
        assert "[redacted: " in said.out
        shown.append((f"show {more}", said.out.encode()))
    shown.append(("report", (folder.path / "report.html").read_bytes()))
    secrets = [*SECRETS, FROM_ENVIRONMENT, FROM_FILE]
    # The configuration holds them, because the test seeds them there: so the search does find what is there.
    assert leaks([("config.yaml", (folder.path / "config.yaml").read_bytes())], SECRETS)
    assert leaks(shown, secrets) == []
    assert leaks(kept(folder), secrets) == []
    assert any(b"[redacted: " in data for _, data in kept(folder))
    assert folder.verified().problems == ()


def test_a_reference_that_leads_nowhere_names_itself(folder: Folder) -> None:
    folder.configure({"password": {"env": "NOT_SET_ANYWHERE"}})
    said = folder.annexa("scan", "--json")
    assert said.status == 3
    (gap,) = said.json["gaps"]
    assert "the environment variable NOT_SET_ANYWHERE is not set" in gap["reason"]


def test_a_bug_of_ours_is_reported_without_values(folder: Folder, tmp_path: Path) -> None:
    """The traceback, which may quote an exception with a secret in it, is redacted as well."""
    breaks = "import agent, runs.configuration\ndef load(*_):\n    raise RuntimeError('password=plumsandpears99')\n"
    run = "runs.configuration.load = load\nimport sys\nsys.argv = ['annexa', 'checks']\nagent.main()\n"
    (tmp_path / "broken.py").write_text(breaks + run, encoding="utf-8")
    said = folder.python("broken.py")
    assert said.status == 70
    assert "this is a bug of Annexa" in said.err
    assert "[redacted: password, 15 bytes]" in said.err
    assert leaks([("stderr", said.err.encode())], SECRETS) == []
