"""What stands in deploy/, held against the programs that read it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from core.errors import AnnexaError
from core.settings import read_document
from runs.configuration import read
from runs.sandbox import refuse_sandboxed_look

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = "annexa.service"

MOST_EXPOSED = 1.5
"""The worst that `systemd-analyze security` may say of the unit, from 0 to 10; below 2 it says OK."""

NEEDS_SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
NEEDS_PROMTOOL = pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool, of Debian's prometheus")


def answer(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@NEEDS_SYSTEMD
def test_the_unit_is_valid_and_hardly_exposed(tmp_path: Path) -> None:
    text = (DEPLOY / UNIT).read_text(encoding="utf-8")
    unit = tmp_path / UNIT
    unit.write_text(text.replace("/opt/annexa/bin/annexa", "/bin/true"), encoding="utf-8")
    assert answer("systemd-analyze", "verify", "--man=no", str(unit)) == ""
    said = answer("systemd-analyze", "security", "--offline=true", "--no-pager", str(unit))
    exposure = re.search(r"Overall exposure level for annexa.service: ([0-9.]+)", said)
    assert exposure is not None
    assert float(exposure[1]) <= MOST_EXPOSED
    assert "User=annexa" in text


@NEEDS_SYSTEMD
def test_the_drop_in_for_this_machine_is_valid(tmp_path: Path) -> None:
    unit = tmp_path / UNIT
    text = (DEPLOY / UNIT).read_text(encoding="utf-8") + (DEPLOY / "annexa-this-machine.conf").read_text()
    unit.write_text(text.replace("/opt/annexa/bin/annexa", "/bin/true"), encoding="utf-8")
    assert answer("systemd-analyze", "verify", "--man=no", str(unit)) == ""


@NEEDS_PROMTOOL
def test_alert_rules_fire_when_they_should() -> None:
    assert "SUCCESS" in answer("promtool", "check", "rules", str(DEPLOY / "prometheus-rules.yml"))
    assert "SUCCESS" in answer("promtool", "test", "rules", str(DEPLOY / "prometheus-rules-test.yml"))


def test_the_dashboard_is_whole() -> None:
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert all(target["expr"] for panel in panels for target in panel["targets"])
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert all(x < 24 for x, _ in cells)
        taken |= cells


def test_the_container_runs_as_nobody_much_and_writes_to_its_volume_alone() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["debian:bookworm-slim"] * 2
    assert "USER 10001:10001" in text
    assert "--require-hashes" in text
    assert re.findall(r"^VOLUME (.*)", text, re.MULTILINE) == ["/var/lib/annexa"]
    assert "--read-only" in text


def test_the_container_has_every_extra_and_nothing_that_somebody_keeps_beside_the_program() -> None:
    root = DEPLOY.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    locked = set(re.findall(r"^([a-z0-9-]+)==", (root / "requirements" / "all.txt").read_text(), re.MULTILINE))
    extras = project["project"]["optional-dependencies"]
    wanted = [each for name, those in extras.items() if name != "all" for each in those]
    names = {re.split(r"[\[<>=;]", each)[0] for each in (*wanted, *project["project"]["dependencies"])}
    assert names - locked == set()
    packages = {each.removesuffix("*") for each in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    taken = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert taken == packages | {"LICENSE", "README.md", "agent.py", "pyproject.toml", "requirements"}


MOUNTS = """\
23 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
98 23 254:1 /tmp/systemd-private-0ab1-annexa.service-Xy/tmp /tmp rw - ext4 /dev/vda1 rw
"""


def test_nobody_looks_at_this_machine_from_inside_of_a_sandbox(tmp_path: Path) -> None:
    here = read(read_document("config.yaml", ""), {}, tmp_path)
    elsewhere = read(read_document("config.yaml", "sources: {aws: [{}]}"), {}, tmp_path)
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.write_text(MOUNTS)
    outside.write_text(MOUNTS.splitlines()[0])
    with pytest.raises(AnnexaError, match="sandbox of systemd"):
        refuse_sandboxed_look(here, inside)
    refuse_sandboxed_look(elsewhere, inside)
    refuse_sandboxed_look(here, outside)
    refuse_sandboxed_look(here, tmp_path / "none")
