"""`make demo` shows a report on AWS, and what changed, without an account."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.aws_population import HOME
from demo.__main__ import main


def test_the_demo_shows_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ANNEXA_CONFIG", raising=False)
    assert main(tmp_path / "demo", scale=0.05, regions=[HOME]) == 0
    said = capfd.readouterr().out
    assert "no answer from the endpoint" not in said
    assert "things were made" in said
    assert "Cost: " in said
    changed = said.partition("Changed since the scan before")[2]
    assert "aws.s3.bucket_is_not_public" in changed
    assert "aws.cloudtrail.trail_delivers" in changed
    drift, _, records = said.partition("What drifted")[2].partition("The nonconformities")
    assert "aws.s3.bucket_is_not_public" in drift
    assert "aws.s3.bucket_is_not_public" in records
    for report in ("first.html", "second.html"):
        assert (tmp_path / "demo" / report).stat().st_size > 10_000
