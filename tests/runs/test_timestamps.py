"""Trusted time in a scan: authorities of the configuration stamp what was sealed, and none of them can cost a scan."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import ConfigurationError
from evidence_store.errors import StoreError
from evidence_store.verification.verify import verify
from runs import scan as scan_module
from runs.authorities import authorities
from runs.clock import now
from runs.diagnosis import Diagnosis, diagnose
from runs.scan import Progress
from tests.evidence_store.authority import Behave, Server, Tsa, answering, endless, serving
from tests.postgresql import ON_SQLITE
from tests.runs.farm import MEADOWS, Farm


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "good")


@pytest.fixture
def server(tsa: Tsa) -> Iterator[Server]:
    with serving(answering(tsa.reply)) as running:
        yield running


@pytest.fixture
def stamped(farm: Farm, tsa: Tsa, server: Server) -> Farm:
    """A farm with the right time and an authority named one."""
    farm.now = now()
    farm.text = _text(server.url, tsa.root_file)
    return farm


def _text(url: str, certificate: Path) -> str:
    return f"{MEADOWS}store:\n  timestamps:\n    - {{name: one, url: '{url}', certificate: '{certificate}'}}\n"


def test_a_scan_is_stamped_after_it_was_sealed(stamped: Farm) -> None:
    stages: list[str] = []
    stamped.scan(later=timedelta(0), progress=Progress(stage=stages.append))
    assert stages[-2:] == ["sealing", "stamping"]
    report = stamped.report()
    assert report.seal is not None
    (stamp,) = report.seal.stamps
    assert stamp.time is not None
    assert abs(stamp.time - now()) < timedelta(minutes=1)
    assert (stamp.authority, stamp.problem, stamp.size) == ("one", "", report.seal.size)
    assert report.warnings == ()


def test_without_authorities_nobody_is_asked_and_no_stage_is_named(farm: Farm) -> None:
    stages: list[str] = []
    farm.scan(progress=Progress(stage=stages.append))
    assert stages[-1] == "sealing"
    report = farm.report()
    assert report.seal is not None
    assert report.seal.stamps == ()


@pytest.mark.parametrize(
    ("behave", "problem"),
    [
        (answering(lambda _query: b"sorry", status=500), "it answered with the status 500"),
        (
            answering(lambda _query: b"hello", kind="text/plain"),
            "its answer is text/plain, not application/timestamp-reply",
        ),
        (answering(lambda _query: b"\x30\x03garbage"), "its answer is not an RFC 3161 response in DER"),
        (endless, "its answer is longer than 65536 bytes"),
    ],
)
def test_an_authority_that_fails_costs_no_scan(stamped: Farm, server: Server, behave: Behave, problem: str) -> None:
    server.behave = behave
    stamped.scan(later=timedelta(0))
    report = stamped.report()
    assert report.scan.status == "finished"
    assert report.seal is not None
    (stamp,) = report.seal.stamps
    assert stamp.time is None
    assert stamp.problem == problem
    with stamped.store() as store:
        assert verify(store).problems == ()


def test_a_stamp_by_somebody_else_is_not_shown_as_one(stamped: Farm, server: Server, tmp_path: Path) -> None:
    """Whoever can write to the store could put it there, with a certificate of his own."""
    stamped.text = _text(server.url, tmp_path / "forged" / "root.pem")
    server.behave = answering(Tsa.make(tmp_path / "forged").reply)
    stamped.scan(later=timedelta(0))
    Tsa.make(tmp_path / "true")
    stamped.text = _text(server.url, tmp_path / "true" / "root.pem")
    report = stamped.report()
    assert report.seal is not None
    (stamp,) = report.seal.stamps
    assert stamp.time is None
    assert stamp.problem.startswith("its signature is refused")


def test_the_next_scan_has_its_checkpoint_stamped_and_seals_the_stamp_before(
    stamped: Farm, server: Server, tsa: Tsa
) -> None:
    server.behave = answering(lambda _query: b"", status=503)
    stamped.scan(later=timedelta(0))
    server.behave = answering(tsa.reply)
    stamped.scan(later=timedelta(0))
    stamped.scan(later=timedelta(0))
    assert [bool(problem) for (problem,) in stamped.rows("SELECT problem FROM stamp ORDER BY size")] == [
        True,
        False,
        False,
    ]
    with stamped.store() as store:
        found = verify(store, authorities=authorities(stamped.configuration))
    assert found.problems == ()
    assert found.stamps == (
        "one: checkpoints stamped: 2, asked in vain: 1, verified with the certificate in the configuration",
    )


def test_a_store_that_takes_no_stamp_has_taken_the_scan(stamped: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("evidence.db: database or disk is full")

    monkeypatch.setattr(scan_module, "stamp_newest", full)
    stamped.scan(later=timedelta(0))
    assert stamped.report().scan.status == "finished"


@ON_SQLITE
def test_nothing_is_locked_while_an_authority_thinks(stamped: Farm, server: Server, tsa: Tsa) -> None:
    """Another writer may write while we wait: the stamp is asked for outside of any transaction."""
    wrote: list[str] = []

    def thinks(query: bytes) -> bytes:
        with sqlite3.connect(stamped.configuration.folder / "evidence.db", timeout=0.2) as other:
            other.execute("INSERT INTO about VALUES ('somebody', 'was here')")
            other.execute("DELETE FROM about WHERE name = 'somebody'")
        other.close()
        wrote.append("yes")
        return tsa.reply(query)

    server.behave = answering(thinks)
    stamped.scan(later=timedelta(0))
    assert wrote == ["yes"]
    assert stamped.rows("SELECT problem FROM stamp") == [("",)]


def test_a_clock_that_is_off_is_a_warning(stamped: Farm) -> None:
    stamped.now += timedelta(hours=3)
    stamped.scan(later=timedelta(0))
    (warning,) = stamped.report().warnings
    assert re.match(r"the clock of this machine was 10[78]\d\d s ahead of that of one: ours said ", warning)


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), (b"\xff\xfe", "holds no readable PEM"), (b"x" * (2**20 + 1), "it is longer")],
)
def test_a_certificate_that_cannot_be_used_costs_no_scan(
    stamped: Farm, server: Server, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "tsa.pem"
    if content is not None:
        file.write_bytes(content)
    stamped.text = _text(server.url, file)
    stamped.scan(later=timedelta(0))
    ((problem,),) = stamped.rows("SELECT problem FROM stamp")
    assert problem.startswith(f"{file} cannot be used: ")
    assert why in problem
    assert server.queries == []


def test_what_stands_around_the_certificates_in_a_file_is_passed_over(
    stamped: Farm, tsa: Tsa, tmp_path: Path, server: Server
) -> None:
    file = tmp_path / "tsa.pem"
    file.write_text(f"Gültig bis 2120:\n{tsa.root}", encoding="utf-8")
    stamped.text = _text(server.url, file)
    assert authorities(stamped.configuration)[0].problem == ""


def _diagnosed(farm: Farm, subject: str) -> list[Diagnosis]:
    file = farm.folder / "config.yaml"
    file.write_text(farm.text)
    return [each for each in diagnose(file, {}, farm.folder, lambda: farm.now) if each.subject == subject]


def test_the_doctor_has_a_test_stamped_and_keeps_nothing(stamped: Farm, server: Server) -> None:
    (found,) = _diagnosed(stamped, "timestamps one")
    assert found.state == "good"
    assert found.finding.startswith("stamped a test at ")
    assert len(server.queries) == 1
    assert not stamped.configuration.folder.exists()


def test_the_doctor_says_which_authority_fails_and_why(stamped: Farm, server: Server, tmp_path: Path) -> None:
    server.behave = answering(lambda _query: b"", status=500)
    (found,) = _diagnosed(stamped, "timestamps one")
    assert (found.state, found.finding) == ("warning", "it answered with the status 500")
    assert found.remedy
    stamped.text = _text(server.url, tmp_path / "absent.pem")
    (found,) = _diagnosed(stamped, "timestamps one")
    assert "absent.pem cannot be used: No such file" in found.finding


def test_the_doctor_says_that_the_clock_is_off(stamped: Farm) -> None:
    stamped.now += timedelta(minutes=10)
    assert [each.state for each in _diagnosed(stamped, "clock")] == ["good", "bad"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{name: one, url: 'ftp://x/', certificate: c}",
            "url: expected an address that begins with http:// or https://",
        ),
        (
            "{name: one, url: 'https://', certificate: c}",
            "url: expected an address that begins with http:// or https://",
        ),
        ("{name: one, url: 'https://me:secret@x/', certificate: c}", "url: an address with a password in it"),
        ("{name: one, url: 'https://[/', certificate: c}", "url: "),
        ("{name: '', url: 'https://x/', certificate: c}", "name: string should have at least 1 character"),
        ("{name: one, url: 'https://x/', certificate: ''}", "certificate: string should have at least 1 character"),
        ("{name: one, url: 'https://x/'}", "certificate: required, but missing"),
        ("{name: one, url: 'https://x/', certificate: c, retries: 3}", "retries: unknown setting"),
    ],
)
def test_a_mistake_in_an_authority_is_named(farm: Farm, entry: str, message: str) -> None:
    farm.text = f"{MEADOWS}store:\n  timestamps:\n    - {entry}\n"
    with pytest.raises(ConfigurationError) as caught:
        _ = farm.configuration
    assert str(caught.value).startswith("config.yaml:4: store.timestamps[0]")
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_two_authorities_of_one_name_are_refused(farm: Farm) -> None:
    one = "{name: one, url: 'https://x/', certificate: c}"
    farm.text = f"{MEADOWS}store:\n  timestamps: [{one}, {one}]\n"
    with pytest.raises(ConfigurationError, match="two authorities have the same name"):
        _ = farm.configuration
