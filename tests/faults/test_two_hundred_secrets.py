"""Two hundred secrets of a hundred kinds in a simulated estate: none gets into a store, a log, an error or a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from tests.command_line import ROOT, Folder, Said
from tests.core.planted import KINDS, Planted, at_least
from tests.faults.leaks import kept, leaks

SEED = 20_260_131
RICH_HOST = ROOT / "tests" / "collectors" / "host" / "data" / "rich_host.json"
ESTATE = ROOT / "tests" / "faults" / "estate.py"
MANY = 200
MARK = re.compile(rb"\[redacted: ([\w .]+), \d+ bytes(?:, ([0-9a-f]{12}))?\]")


@pytest.fixture(scope="module")
def seeded() -> list[Planted]:
    """Every kind of secret there is, from a seed that a failure shows."""
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it where a test fails
    return at_least(MANY, Random(SEED))


def plant(folder: Folder, seeded: list[Planted]) -> None:
    """Each fact of a host with secrets at its end, and each secret in two that lie far apart: not all are asked for."""
    estate: dict[str, str] = {name: said["output"] for name, said in json.loads(RICH_HOST.read_text()).items()}
    half = len(seeded) // 2
    for name, each in zip(cycle(sorted(estate)), [*seeded, *seeded[half:], *seeded[:half]], strict=False):
        estate[name] = f"{estate[name]}\n\n{each.text}"
    (folder.path / "estate.json").write_text(json.dumps(estate), encoding="utf-8")


def annexa(folder: Folder, *arguments: str) -> Said:
    said = folder.python(str(ESTATE), *arguments)
    assert "Traceback" not in said.err, said.err
    return said


def spoken(said: Said, what: str) -> Iterator[tuple[str, bytes]]:
    yield f"{what}: stdout", said.out.encode()
    yield f"{what}: stderr", said.err.encode()


def test_no_secret_of_two_hundred_is_kept_or_shown(folder: Folder, seeded: list[Planted]) -> None:
    secrets = [secret for each in seeded for secret in each.secrets]
    assert len(set(secrets)) >= MANY
    assert len({each.kind for each in seeded}) == len(KINDS) >= 30
    (folder.path / "config.yaml").unlink()
    plant(folder, seeded)
    assert len(leaks([("the estate", (folder.path / "estate.json").read_bytes())], secrets)) >= MANY
    shown = [*spoken(annexa(folder, "scan", "--report", "report.html"), "scan")]
    shown.append(("report", (folder.path / "report.html").read_bytes()))
    findings = annexa(folder, "status", "--json").json["findings"]
    for command in (
        ["scan", "--json"],
        ["reperform"],
        ["reperform", "--json"],
        ["verify"],
        ["proof", "1/0"],
        ["show", findings[0]["id"], "--full"],
        ["show", findings[-1]["id"], "--json"],
    ):
        shown += spoken(annexa(folder, *command), " ".join(command))
    assert leaks(shown, secrets) == []
    assert leaks(kept(folder), secrets) == []
    assert folder.verified().problems == ()
    marks = [found for _, data in kept(folder) for found in MARK.findall(data)]
    assert len({kind for kind, _ in marks}) >= 25
    assert all(digest for _, digest in marks)


def test_no_secret_is_told_by_a_transport_that_fails(folder: Folder, seeded: list[Planted]) -> None:
    """As SSH does, which quotes banners, command lines and keys."""
    secrets = [secret for each in seeded for secret in each.secrets]
    (folder.path / "config.yaml").unlink()
    problem = "kex_exchange_identification: banner:\n" + "\n\n".join(each.text for each in seeded)
    (folder.path / "estate.json").write_text(json.dumps({"!": problem}), encoding="utf-8")
    said = annexa(folder, "scan", "--json")
    assert said.status == 3
    assert said.json["gaps"]
    assert leaks([*spoken(said, "scan"), *kept(folder)], secrets) == []


@pytest.mark.parametrize(
    "broken",
    [
        "sources:\n  host:\n    - pasword: {secret}\n",
        "sources:\n  host:\n    - name: [{secret}]\n",
        "sources:\n  host:\n    - transport: {secret}\n",
        'store:\n  key: "{secret}\n',
        "store: {secret}\n",
        "{secret}\n",
        "checks:\n  settings:\n    host.sshd.root_cannot_log_in: {{token: {secret}}}\n",
        "freshness:\n  stale_after: {secret}\n",
        "store:\n  timestamps:\n    - name: a\n      url: https://ada:{secret}@example.org\n      certificate: a\n",
        "a: &{secret} 1\nb: *{secret}x\n",
        "store: !{secret} 1\n",
        "store: !!python/object:{secret} 1\n",
    ],
)
def test_no_secret_is_told_by_an_error_about_the_configuration(folder: Folder, broken: str) -> None:
    secret = "plumsAndPears99"
    Path(folder.path / "config.yaml").write_text(broken.format(secret=secret), encoding="utf-8")
    said = folder.annexa("scan")
    assert said.status == 2, said
    assert leaks(spoken(said, "scan"), [secret]) == []
