"""Two real hosts, one weak by planted faults and one hardened, scanned over SSH: does each check say what was planted?

`make test-hosts` runs this. It needs root, debootstrap and systemd-nspawn, and the mirror of Debian once in five days.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command_line import Folder
from tests.hosts.estate import CLONE, HOSTS, Finding, configure, running, scan
from tests.hosts.machines import Machine
from tests.hosts.trees import base

pytestmark = pytest.mark.hosts

PLANTED = tuple(csv.DictReader((Path(__file__).parent / "planted.csv").read_text(encoding="utf-8").splitlines()))
"""Each check with what was planted for it, or why it cannot fail here: the status that each host must have, the
resource that must have it, and words that the reason must have. `none`: nothing of that kind is there. Several
statuses: the kernel of the machine that the hosts run on decides."""

WORST_FIRST = ("error", "fail", "unknown", "pass", "not_applicable")


@dataclass(frozen=True, slots=True)
class Scanned:
    """The hosts, still up, and what the scan said."""

    machines: Mapping[str, Machine]
    folder: Folder
    findings: list[Finding]
    before: Mapping[str, str]

    def about(self, host: str, check: str) -> list[Finding]:
        return [each for each in self.findings if (each.host, each.check) == (host, check)]


CONFIGURED = (
    "find /etc /boot /home /root /usr/local -xdev -type f ! -name '*history' -exec sha256sum {} + | sort | sha256sum"
)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    workspace = tmp_path_factory.mktemp("hosts")
    with running(base(), workspace) as machines:
        (workspace / "agent").mkdir()
        folder = configure(Folder(workspace / "agent"), machines, workspace / "materials")
        before = {name: each.run(CONFIGURED) for name, each in machines.items()}
        yield Scanned(machines, folder, scan(folder), before)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("row", PLANTED, ids=lambda row: row["check"])
def test_a_check_says_what_was_planted(scanned: Scanned, row: Mapping[str, str], host: str) -> None:
    found = scanned.about(host, row["check"])
    status = min((each.status for each in found), key=WORST_FIRST.index, default="none")
    assert status in row[host].split("|"), [f"{each.resource}: {each.reason}" for each in found][:5]
    where = row["resource"] if host == "weak" else ""
    said = [each for each in found if each.status == status and where in each.resource]
    assert status == "none" or any(row[f"{host}_says"] in each.reason for each in said), said


def test_no_check_breaks_and_every_unknown_is_one_of_the_table(scanned: Scanned) -> None:
    assert not [each for each in scanned.findings if each.status == "error"]
    explained = {(host, row["check"]) for row in PLANTED for host in HOSTS if "unknown" in row[host]}
    unknown = {(each.host, each.check) for each in scanned.findings if each.status == "unknown" and each.host != CLONE}
    # Where something fails as well, the failure is what the table shows.
    failing = {(each.host, each.check) for each in scanned.findings if each.status == "fail"}
    assert not unknown - explained - failing


def test_who_is_not_root_hears_nothing_better(scanned: Scanned) -> None:
    """The clone is the weak host, asked without root."""
    as_root = {(each.check, _place(each)): each.status for each in scanned.findings if each.host == "weak"}
    good = ("pass", "not_applicable")
    mine = [each for each in scanned.findings if each.host == CLONE and each.status in good]
    assert not [each for each in mine if as_root.get((each.check, _place(each))) not in good]


def _place(finding: Finding) -> str:
    """The resource, without the name of the host where that is all there is."""
    return "" if finding.resource.removeprefix("host/") == finding.host else finding.resource


def test_the_scan_changed_nothing_there(scanned: Scanned) -> None:
    assert {name: each.run(CONFIGURED) for name, each in scanned.machines.items()} == scanned.before


def test_the_evidence_verifies_and_can_be_judged_again(scanned: Scanned) -> None:
    assert scanned.folder.annexa("verify").status == 0
