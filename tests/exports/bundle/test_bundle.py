"""The auditor's bundle: what is in it, that the same question gives the same bytes, and that it stands alone."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import AnnexaError
from evidence_store.derived.cuts import EXCHANGES
from evidence_store.errors import BrokenSealError
from evidence_store.log.trail import prove
from evidence_store.retention.disposal import Decision, dispose, plan
from evidence_store.retention.policy import Rule
from evidence_store.store import Store
from evidence_store.verification.verify import verify as verify_store
from exports.bundle import exporting, pages, reading
from exports.bundle.drawn import files as drawn_files
from exports.bundle.drawn import samples_of
from exports.bundle.pinning import snapshot
from exports.bundle.verify import Verification, bundle_at
from exports.formats import export
from exports.leaving import Wish
from runs.erasure import erase
from runs.key_rotation import rotate
from runs.reperform import Asked
from runs.reperformance import Answer
from tests.exports.bundle.conftest import LINUS, Estate
from tests.exports.forms import draw
from tests.tampering import alter

DAY = timedelta(days=1)


def names(bundle: Path) -> list[str]:
    with zipfile.ZipFile(bundle) as archive:
        return archive.namelist()


def text(bundle: Path, name: str) -> str:
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(name).decode()


def table(bundle: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(bundle, name), newline="")))


def everything(bundle: Path) -> bytes:
    """All bytes of a bundle, but for the example that the documentation of a check gives."""
    with zipfile.ZipFile(bundle) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist()).replace(b"=ada@example.org", b"")


def test_it_verifies_by_both_programs(bundle: Path, redacted: Path, tmp_path: Path) -> None:
    for each in (bundle, redacted):
        verified, _ = reading.verify(each)
        assert verified.problems == ()
        assert verified.leaves > 5
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    environment = {"PATH": os.environ["PATH"]}
    alone = [sys.executable, "-I", "verify.py"]  # no path leads to anything of ours
    done = subprocess.run(alone, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "everything holds" in done.stdout
    sums = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=tmp_path, check=False).returncode == 0


@pytest.mark.parametrize("microseconds", [792_000, 792_001])
def test_it_verifies_whatever_the_fraction_of_a_second(own: Estate, microseconds: int) -> None:
    own.farm.scan(later=timedelta(microseconds=microseconds))
    path = Path(own.bundle("fraction.zip").file)
    assert any(
        row["collected_at"].endswith(f".{microseconds}Z") for row in table(path, "populations/vineyard.vine.csv")
    )
    assert reading.verify(path)[0].problems == ()


def test_each_step_of_its_page_can_be_done_by_hand(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    page = (tmp_path / "VERIFY.md").read_text(encoding="utf-8")
    steps = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    script = "set -e\n" + "\n".join(steps).replace("/tmp/", "$SCRATCH/")
    (tmp_path.parent / "scratch").mkdir()
    environment = {"PATH": os.environ["PATH"], "SCRATCH": str(tmp_path.parent / "scratch"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    for said in (
        "every listed file is as it was",
        "no file was added",
        "and it is this list",
        "Verification: OK",
        "proven {",
    ):
        assert said in done.stdout, done
    assert done.stdout.count("Signature Verified Successfully") == 2
    assert "was changed" not in done.stdout


def test_stamps_prove_when_its_checkpoint_was_there(estate: Estate, tmp_path: Path) -> None:
    path = Path(estate.bundle("stamped.zip", "", "2026-01-31T13:30:00Z", controls=("A.8.17",)).file)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    assert "the checkpoint is stamped by one" in reading.verify(tmp_path)[0].notes
    stamp = tmp_path / "sealed" / "stamps" / "1.tsr"
    other = Path(estate.bundle("newer.zip", controls=("A.8.17",)).file)
    stamp.write_bytes(zipfile.ZipFile(other).read("sealed/stamps/1.tsr"))
    for problems in (reading.verify(tmp_path)[0].problems, tuple(Verification(bundle_at(str(tmp_path))).problems())):
        assert any("sealed/stamps/1.tsr: proves nothing" in problem for problem in problems), problems


def test_the_same_question_gives_the_same_bytes_and_each_export_is_sealed(estate: Estate, bundle: Path) -> None:
    done = estate.bundle("again.zip", later=DAY)
    assert Path(done.file).read_bytes() == bundle.read_bytes()
    with estate.farm.store() as store, store.reading() as connection:
        act = prove(store, connection, done.leaf).act
        assert (act["digest"], act["size"], act["reason"]) == (done.digest, bundle.stat().st_size, "for the auditor")
        assert act["question"]["framework"] == "iso27001_2022"
        assert verify_store(store).problems == ()


def test_it_holds_what_an_auditor_asks_for(bundle: Path) -> None:
    there = set(names(bundle))
    for name in (
        "index.html", "manifest.json", "SHA256SUMS", "VERIFY.md", "verify.py", "findings.csv", "gaps.csv",
        "nonconformities.csv", "acceptances.csv", "scans.csv", "history.csv", "populations.csv",
        "populations/vineyard.vine.csv", "controls/A.8.17/index.html", "controls/A.8.17/findings.csv",
        "controls/A.8.17/evidence.csv", "checks/vineyard.vine_is_low.html", "sealed/checkpoint", "sealed/keys.jsonl",
    ):  # fmt: skip
        assert name in there, name
    found = {(row["resource"], row["status"]) for row in table(bundle, "findings.csv")}
    assert {("merlot", "fail"), ("'=cabernet", "unknown"), ("syrah", "not_applicable"), ("pinot", "pass")} <= found
    assert [row["id"] for row in table(bundle, "nonconformities.csv")] == ["NC-0001"]
    stated = [(row["control"], row["justification"], row["owner"]) for row in table(bundle, "soa.csv") if row["owner"]]
    assert stated == [("A.8.17", "'=law", "grace")]
    vines = [row for row in table(bundle, "populations.csv") if row["kind"] == "vineyard.vine"]
    assert [(row["source"], row["count"], row["complete"]) for row in vines] == [
        ("vineyard/north", "3", "true"),
        ("vineyard/south", "2", "true"),
    ]
    assert [row["height_cm"] for row in table(bundle, "populations/vineyard.vine.csv")] == ["0", "120", "90", "80", "1"]
    history = table(bundle, "history.csv")
    assert any(row["status"] == "unknown" and row["ended"] == "vanished" for row in history)  # south, out of sight
    left_out = table(bundle, "scans.csv")[1]
    assert left_out["narrowed"] == "true"
    assert "vineyard/north" in left_out["left_out"]


def test_every_link_leads_to_a_file_of_the_bundle(bundle: Path, redacted: Path) -> None:
    for each in (bundle, redacted):
        there = set(names(each))
        pages = [name for name in there if name.endswith(".html")]
        assert len(pages) > 90
        for page in pages:
            for link in re.findall(r'href="([^"#]+)"', text(each, page)):
                assert os.path.normpath(Path(page).parent / link) in there, (page, link)
            assert not re.search(r"https?://", text(each, page))


def test_people_are_redacted_also_where_nobody_knew_them_yet(bundle: Path, redacted: Path) -> None:
    assert LINUS in text(bundle, "findings.csv")
    said = everything(redacted)
    for name in (b"ada", b"grace", b"linus", b"Ada"):
        assert not re.search(rb"\b" + name + rb"\b(?! period)", said), name  # a check speaks of a grace period
    rows = {row["id"]: row for row in table(redacted, "findings.csv")}
    named = {row["id"]: row for row in table(bundle, "findings.csv")}
    assert rows.keys() == named.keys()
    assert {key: row["status"] for key, row in rows.items()} == {key: row["status"] for key, row in named.items()}
    assert re.search(r"west says person-[0-9a-f]{8} was here", text(redacted, "findings.csv"))
    withheld = [json.loads(line) for line in text(redacted, "sealed/withheld.jsonl").splitlines()]
    assert withheld
    assert {each["why"] for each in withheld} == {"redacted"}
    assert text(bundle, "sealed/withheld.jsonl") == ""
    notes = reading.verify(redacted)[0].notes
    assert any("redacted copies" in note for note in notes)


def test_pseudonyms_are_the_same_in_every_bundle(estate: Estate, redacted: Path) -> None:
    other = Path(estate.bundle("other.zip", redact_people=True, controls=("A.8.17",)).file)
    mine, theirs = (set(re.findall(r"person-[0-9a-f]{8}", text(each, "findings.csv"))) for each in (redacted, other))
    assert len(theirs) == 3
    assert theirs <= mine


@pytest.mark.parametrize("asked", [{"checks": ("vineyard.vine_is_low",)}, {"kind": "vineyard.vine"}])
def test_a_sample_is_drawn_again_after_a_person_was_erased(own: Estate, asked: dict[str, Any]) -> None:
    named = draw(own.farm, size=4, **asked)  # of five, two are hers: one of them is drawn, whatever the salts are
    own.farm.now += DAY
    assert erase(own.farm.configuration, ["ada"], reason="she asked", approver="Grace", clock=own.farm.clock).leaf > 0
    with own.farm.store() as store:
        found = snapshot(own.farm.configuration, store, own.ask()(store), own.farm.now)
        (sample,) = samples_of(found)
        said = b"".join(piece for file in drawn_files(found, (sample,)) for piece in file.pieces)
    assert sample.again
    assert [each.line for each in sample.again.items] == [each.line for each in named.items]
    assert b"erased-" in said
    assert not re.search(rb"\bada\b", said)


@pytest.mark.parametrize("which", ["bundle", "redacted"])
def test_it_is_done_again_without_the_store(request: pytest.FixtureRequest, which: str, tmp_path: Path) -> None:
    path = shutil.copy(request.getfixturevalue(which), tmp_path)
    found = reading.reperform(Path(path), Asked())
    assert found.broken == ()
    assert [each.answer for each in found.units] == [Answer.REPRODUCED] * 4
    assert {each.answer for each in found.checks} == {Answer.REPRODUCED}
    assert {each.check for each in found.checks} == {"vineyard.vine_is_low", "vineyard.wall_is_clean"}
    assert found.exit_status == 0


def test_a_bundle_of_one_source_says_what_it_was_not_asked_for(estate: Estate) -> None:
    path = Path(estate.bundle("north.zip", sources=("vineyard/north",)).file)
    assert reading.verify(path)[0].problems == ()
    assert {row["source"] for row in table(path, "findings.csv")} == {"vineyard/north"}
    assert any("rest on every source" in each for each in json.loads(text(path, "manifest.json"))["warnings"])
    found = reading.reperform(path, Asked())
    assert Answer.CANNOT_REPLAY in {each.answer for each in found.checks}
    assert any("was not asked for" in each.reason for each in found.checks)
    assert found.exit_status == 3


def test_a_bundle_of_one_control_has_its_checks_alone(estate: Estate) -> None:
    path = Path(estate.bundle("control.zip", controls=("A.8.17",)).file)
    assert {row["check"] for row in table(path, "findings.csv")} == {"vineyard.vine_is_low"}
    assert [row["control"] for row in table(path, "controls.csv")] == ["A.8.17"]
    assert reading.verify(path)[0].problems == ()


def test_the_past_is_as_it_was(estate: Estate) -> None:
    path = Path(estate.bundle("past.zip", "2026-01-31", "2026-01-31T13:30:00Z").file)
    assert [row["reason"] for row in table(path, "gaps.csv")] == ["nobody may see the vines"]
    assert "vineyard/south" in {row["source"] for row in table(path, "findings.csv") if row["status"] == "unknown"}
    assert table(path, "nonconformities.csv") == []
    manifest = json.loads(text(path, "manifest.json"))
    assert (manifest["as_of"], manifest["checkpoint"]["made"]) == ("2026-01-31T13:30:00Z", "2026-01-31T13:00:00Z")
    assert reading.verify(path)[0].problems == ()


def test_evidence_that_was_old_by_the_end_of_the_period_is_not_believed(estate: Estate) -> None:
    estate.farm.now += 30 * DAY
    path = Path(estate.bundle("old.zip", "", "2026-02-20").file)
    rows = table(path, "findings.csv")
    assert {row["status"] for row in rows} == {"unknown"}
    assert any("past its freshness target; then: fail" in row["reason"] for row in rows)
    assert reading.verify(path)[0].problems == ()


@pytest.mark.parametrize(
    ("period", "narrowed", "problem"),
    [
        (("", "2025-12-31"), {}, "no checkpoint at or before 2025-12-31T23:59:59.999999Z"),
        (("2026-02-01", "2026-01-31"), {}, "to 2026-01-31T23:59:59.999999Z ends before it begins"),
        (("2027-01-01", ""), {}, "from 2027-01-01T00:00:00Z to 2026-01-31T14:00:00Z ends before it begins"),
        (("2025-01-01", "2025-12-31"), {}, "no checkpoint at or before 2025-12-31T23:59:59.999999Z"),
        (("2026-02-02", "2026-02-03"), {}, "nobody looked at anything between"),
        ((), {"controls": ("A.8.99",)}, "has no control A.8.99"),
        ((), {"sources": ("vineyard/norht",)}, "no source matches vineyard/norht, did you mean vineyard/north"),
        (("", "", "iso27001_2023"), {}, "there is no framework iso27001_2023, did you mean iso27001_2022"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    estate: Estate, period: tuple[str, ...], narrowed: dict[str, tuple[str, ...]], problem: str
) -> None:
    with pytest.raises(AnnexaError, match=re.escape(problem)) as refused:
        estate.bundle("refused.zip", *period, later=DAY, **narrowed)
    assert refused.value.hint
    assert not estate.path("refused.zip").exists()
    assert not list(estate.farm.folder.glob(".annexa-*"))


def test_a_file_that_is_there_and_a_folder_that_is_not(estate: Estate, bundle: Path) -> None:
    with pytest.raises(AnnexaError, match="is there already"):
        estate.bundle(bundle.name)
    with pytest.raises(AnnexaError, match="is no folder"):
        estate.bundle("nowhere/bundle.zip")


def test_a_disk_that_is_full_leaves_nothing(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(estate.farm.folder.iterdir())
    size = leaves(estate)
    monkeypatch.setattr(os, "fdopen", lambda _handle, _mode: Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115 - its caller closes it
    with pytest.raises(AnnexaError, match="cannot be written: No space left on device"):
        estate.bundle("full.zip")
    assert sorted(estate.farm.folder.iterdir()) == before
    assert leaves(estate) == size


def leaves(estate: Estate) -> int:
    return int(estate.farm.rows("SELECT count(*) FROM leaf")[0][0])


def test_nothing_is_written_where_nobody_could_sign(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    def keyless(*_: object) -> None:
        raise AnnexaError("there is no key", "restore it")

    monkeypatch.setattr(Store, "signing_key", keyless)
    with pytest.raises(AnnexaError, match="there is no key"):
        estate.bundle("keyless.zip")
    assert not estate.path("keyless.zip").exists()


def test_redaction_needs_the_names(estate: Estate) -> None:
    secret = estate.farm.configuration.key_file.with_name("signing-key.pem.persons")
    kept = secret.rename(secret.with_name("kept"))
    try:
        with pytest.raises(AnnexaError, match="people cannot be redacted"):
            estate.bundle("secretless.zip", redact_people=True)
    finally:
        kept.rename(secret)


def test_a_question_of_a_store_without_a_scan(estate: Estate, tmp_path: Path) -> None:
    location = replace(estate.farm.configuration.location, folder=tmp_path / "empty", key_file=tmp_path / "key.pem")
    with Store.create(location) as store, pytest.raises(AnnexaError, match="no scan has finished yet"):
        estate.ask()(store)


def test_the_parts_may_not_write_the_same_file_twice(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PARTS", (pages.files, pages.files))
    with pytest.raises(ValueError, match=r"two files of a bundle are called index\.html"):
        export(
            estate.farm.configuration,
            Wish(estate.ask(), ""),
            "bundle",
            estate.path("twice.zip"),
            estate.farm.clock,
            lambda *_: None,
        )
    assert not estate.path("twice.zip").exists()


def test_a_bundle_from_before_the_key_changed_is_believed_by_either_key(own: Estate, bundle: Path) -> None:
    old = reading.verify(bundle)[0].key
    own.farm.now += DAY
    rotate(own.farm.configuration, own.farm.clock)
    path = Path(own.bundle("rotated.zip", "", "2026-01-31", controls=("A.8.17",)).file)
    new = reading.verify(path)[0].key
    assert new != old
    for key in ("", old, new):
        assert reading.verify(path, key)[0].problems == (), key
    newest = Path(own.bundle("newest.zip", controls=("A.8.17",)).file)
    assert reading.verify(newest, old)[0].problems == ()
    proof = next(name for name in names(newest) if "key_changed" in leaf_of(newest, name))
    forged = own.path("forged.zip")
    with zipfile.ZipFile(newest) as archive, zipfile.ZipFile(forged, "w") as other:
        for name in archive.namelist():
            if name != proof:
                other.writestr(zipfile.ZipInfo(name), archive.read(name))
    assert f"{proof}: is missing" in reading.verify(forged)[0].problems


def leaf_of(bundle: Path, name: str) -> str:
    """The leaf in a proof, as text; nothing for another file."""
    if not name.startswith("sealed/proofs/"):
        return ""
    return base64.b64decode(text(bundle, name).split("\n")[1].removeprefix("extra ")).decode()


def test_what_was_thrown_away_is_said_to_be_missing(own: Estate) -> None:
    own.say("north", "vines", "riesling 91 ada\n")
    own.say("south", "vines", "syrah 2 linus\n")
    own.farm.now += DAY
    own.farm.scan()
    rules = [Rule(EXCHANGES, own.farm.now)]
    decision = Decision(reason="it is too old", login="somebody", approver="Grace", policy={})
    with own.farm.store() as store:
        assert dispose(store, rules, plan(store, rules), decision, at=own.farm.now).leaf > 0
    path = Path(own.bundle("past-without.zip", "", "2026-01-31", controls=("A.8.17",)).file)
    verified = reading.verify(path)[0]
    assert verified.problems == ()
    assert any("thrown away" in note for note in verified.notes)
    assert "was thrown away" in "".join(text(path, name) for name in names(path) if name.startswith("evidence/"))
    withheld = [json.loads(line)["why"] for line in text(path, "sealed/withheld.jsonl").splitlines()]
    assert withheld
    assert all("it is too old" in why for why in withheld)
    found = reading.reperform(path, Asked())
    assert {each.answer for each in found.checks} == {Answer.REPRODUCED}
    assert {each.answer for each in found.units} == {Answer.CANNOT_REPLAY}


def test_what_is_missing_without_a_word_is_a_broken_seal(own: Estate) -> None:
    alter(own.farm.configuration.folder / "evidence.db", "DELETE FROM blob")
    with pytest.raises(BrokenSealError):
        own.bundle("broken.zip")
    assert not own.path("broken.zip").exists()
