"""The report must be true, safe to open, and the same each time; the browser's own test is beside this one."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from core.errors import AnnexaError
from core.model import Conclusion, Severity, Status
from exports import html, page, words
from tests.exports import reports

VOID = {"meta", "input", "br", "hr", "img", "link"}
SPELT = r"<script>alert(1)</script><!-- \n\x1b[31m\xff\u202egnp.exe " + "\" ' & </style>"


class Outline(HTMLParser):
    """Reads a page strictly: every element that opens must close, in order, and no id may be used twice."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert not self.open
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def data_of(text: str) -> dict[str, Any]:
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert block
    data: dict[str, Any] = json.loads(block[1])
    return data


def visible_text(text: str) -> str:
    """What a reader sees without the script, on one line."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def small() -> str:
    return html.render(reports.small())


@pytest.fixture(scope="module")
def large() -> str:
    return html.render(reports.large())


def test_a_page_is_well_formed(small: str) -> None:
    Outline(small)


def test_every_link_within_the_page_leads_somewhere(small: str) -> None:
    outline = Outline(small)
    targets = [attributes["href"] or "" for tag, attributes in outline.elements if tag == "a"]
    assert targets
    assert {target.removeprefix("#") for target in targets} <= set(outline.ids)


def test_every_control_of_every_framework_is_there(small: str) -> None:
    ids = set(Outline(small).ids)
    for framework in reports.small().frameworks:
        assert {f"{framework.id}-{result.control.id}" for result in framework.controls} <= ids


def test_a_control_says_its_conclusion_in_words(small: str) -> None:
    text = visible_text(small)
    for framework in reports.small().frameworks:
        for result in framework.controls:
            sign = words.CONCLUSIONS[result.conclusion].symbol
            assert f"{result.control.id} {result.control.title} {sign} {result.sentence}" in text


def test_what_could_not_be_looked_at_comes_first(small: str) -> None:
    order = ["gaps", "coverage", "summary", "failing", "controls", "checks", "findings", "seal"]
    ids = Outline(small).ids
    assert [name for name in ids if name in order] == order


def test_a_gap_says_why_what_it_hides_and_what_to_do(small: str) -> None:
    text = visible_text(small)
    assert "/etc/shadow may be read by root only, and the scan ran as ada To see it: run sudo annexa scan ," in text
    assert "Hidden: host.account , host.password_policy ." in text
    assert "host/web-1, host.accounts.shadow, leaf 14" in text


def test_what_fails_is_listed_once_for_each_check_and_the_most_severe_first() -> None:
    failing = page.failing_checks(page.check_entries(reports.small()).values())
    assert [entry.severity for entry in failing] == sorted(
        (e.severity for e in failing), key=list(Severity)[::-1].index
    )
    assert len({entry.id for entry in failing}) == len(failing) > 1
    none = html.render(reports.report([f for f in reports.small().findings if f.status is not Status.FAIL]))
    assert "failing" not in Outline(none).ids


def test_gaps_with_one_reason_are_told_once() -> None:
    many = tuple(replace(reports.NEEDS_ROOT, source=f"host/web-{n:02}") for n in range(40))
    text = visible_text(html.render(replace(reports.small(), gaps=many)))
    assert text.count("may be read by root only, and the scan ran as ada") == 1
    assert "host/web-11, host.accounts.shadow, leaf 14; and 28 more places" in text


def test_incomplete_coverage_stands_first_and_is_counted(small: str) -> None:
    text = visible_text(small)
    assert "6 populations, 2 of them incomplete : what is missing there may pass or fail." in text
    assert text.index("host.audit host/web-1 0 ? incomplete") < text.index("host.sshd host/web-1 1 ✓ complete")


def test_nothing_looked_at_is_not_silent() -> None:
    text = visible_text(html.render(reports.report((), coverage=())))
    assert "Nothing was looked at." in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "running", "finished": None}, "This scan had not ended."),
        ({"status": "died", "finished": None}, "This scan ended without a word, and nobody runs it any more."),
        ({"died": ("scan-1",)}, "The earlier scan scan-1 died without an end."),
        ({"left_out": ("source host/web-2: not asked for",)}, "Left out of this scan source host/web-2: not asked for"),
    ],
)
def test_a_scan_that_is_not_whole_says_so(changes: dict[str, Any], said: str) -> None:
    whole = reports.small()
    assert said not in visible_text(html.render(whole))
    assert said in visible_text(html.render(replace(whole, scan=replace(whole.scan, **changes))))


def test_a_scan_without_gaps_says_that() -> None:
    whole = replace(reports.small(), gaps=(), warnings=(), coverage=())
    judged = tuple(f for f in whole.findings if f.status not in {Status.UNKNOWN, Status.ERROR})
    nothing = "Nothing: everything that was asked for could be looked at."
    assert nothing in visible_text(html.render(replace(whole, findings=judged)))
    text = visible_text(html.render(whole))
    assert nothing not in text
    unknown = len(whole.findings) - len(judged)
    assert f"No collector was kept from looking, yet {unknown} finding" in text


def test_failing_resources_stand_with_reason_remedy_and_trail(small: str) -> None:
    finding = reports.small().findings[0]
    text = visible_text(small)
    assert f"✕ fails new web-1 {finding.reason} host/web-1 · so since 2026-01-30 12:00 UTC" in text
    assert f"judged in leaf {finding.leaf}, evidence in leaves 12, 17 · annexa show {finding.id}" in text
    assert "Remedy: Set what root_cannot_sign_in asks for in the drop-in folder, then reload the service." in text


def test_a_failure_that_shows_little_is_a_reservation(small: str) -> None:
    results = [result for framework in reports.small().frameworks for result in framework.controls]
    assert any(result.reservations and result.conclusion is not Conclusion.CONTRADICTED for result in results)
    assert "Because the share is little, the failure is a reservation and not a contradiction." in visible_text(small)


def test_a_control_that_technology_cannot_show_explains_itself(small: str) -> None:
    cabling = small.partition('id="iso27001_2022-A.7.12"')[2].partition("</details>")[0]
    assert "no evidence" in cabling
    assert words.POTENTIALS["manual"] in visible_text(f"<p{cabling}")


def test_a_check_that_judged_nothing_says_why() -> None:
    said = page.check_entries(reports.report((), coverage=(reports.coverage("test.door", 0),)))
    assert {entry.emptiness for entry in said.values()} == {
        "0 resources: we looked everywhere we were asked to, and there was no test.door."
    }
    blind = page.check_entries(reports.report((), coverage=(reports.coverage("test.door", 3, complete=False),)))
    assert {entry.emptiness for entry in blind.values()} == {
        "Nothing was judged: test.door could not be looked at everywhere."
    }
    absent = page.check_entries(reports.report((), coverage=()))
    assert {entry.emptiness for entry in absent.values()} == {"Nothing was judged: no test.door was looked for."}


def test_a_finding_of_a_check_that_is_gone_is_still_shown() -> None:
    text = visible_text(html.render(reports.report((reports.finding(1, "host.old", Status.FAIL, "it was bad", "x"),))))
    assert "host.old" in text
    assert "its verdicts stand as they were sealed" in text


def test_an_error_of_ours_is_never_the_auditees_failure(small: str) -> None:
    text = visible_text(small)
    assert "! error of Annexa web-1 the check broke with KeyError: 'policy'" in text
    assert "✕ fails web-1 the check broke" not in text


def test_nobody_is_called_compliant(small: str, large: str) -> None:
    assert "compliant" not in (small + large).lower()


def test_the_seal_is_shown_and_can_be_checked_by_hand(small: str, tmp_path: Path) -> None:
    seal = reports.small().seal
    assert seal
    blocks = [unescape(block) for block in re.findall(r"<pre[^>]*>(.*?)</pre>", small, re.DOTALL)]
    assert blocks[:2] == [seal.note, seal.public_key]
    assert blocks[3].endswith("| sha256sum")
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    (tmp_path / "checkpoint").write_text(blocks[0])
    (tmp_path / "key").write_text(blocks[1])
    good = subprocess.run(["sh", "-euc", blocks[2]], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    (tmp_path / "checkpoint").write_text(blocks[0].replace("\n412\n", "\n413\n"))
    altered = subprocess.run(["sh", "-euc", blocks[2]], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert altered.returncode != 0


def test_what_is_not_sealed_yet_is_said() -> None:
    plain = reports.small()
    assert plain.seal
    assert "No checkpoint covers what is shown here yet" in visible_text(html.render(replace(plain, seal=None)))
    short = html.render(replace(plain, seal=replace(plain.seal, size=41)))
    assert "findings rest on leaves past this checkpoint" in visible_text(short)
    assert "past this checkpoint" not in visible_text(html.render(plain))


def test_text_of_strangers_stays_text() -> None:
    text = html.render(reports.hostile())
    outline = Outline(text)
    assert [tag for tag, _ in outline.elements].count("script") == 2
    assert "<script>alert" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\udc80-\udcff\u202e]", text)
    assert " ".join(SPELT.split()) in " ".join(unescape(text).split())
    data = data_of(text)
    assert data["reasons"][0] == SPELT
    assert data["rows"][0][1] == SPELT
    assert [SPELT, SPELT] in data["places"]


def test_the_data_holds_every_finding(large: str) -> None:
    report = reports.large()
    data = data_of(large)
    assert {row[0] for row in data["rows"]} == {finding.id for finding in report.findings}
    row = next(row for row in data["rows"] if row[0] == report.findings[7].id)
    assert row[1] == report.findings[7].resource
    assert data["reasons"][row[2]] == report.findings[7].reason
    assert data["checks"][row[3]][0] == report.findings[7].check
    assert data["statuses"][row[4]][0] == report.findings[7].status
    assert data["seals"][row[8]][:2] == [report.findings[7].leaf, list(report.findings[7].evidence)]


def test_nothing_is_fetched_from_anywhere(small: str) -> None:
    assert not re.search(r"https?://|\bsrc\s*=|url\(|@import|<link|<base|<form[^>]*action", small)


def test_the_policy_allows_this_style_and_this_script_only(small: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', small)
    style, script = (
        re.search(r"<style>(.*?)</style>", small, re.DOTALL),
        re.search(r"<script>(.*?)</script>", small, re.DOTALL),
    )
    assert policy
    assert style
    assert script
    digests = [b64encode(sha256(match[1].encode()).digest()).decode() for match in (style, script)]
    assert unescape(policy[1]) == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"<[^>]+\s(style|on\w+)=", re.sub(r"<script.*?</script>", "", small, flags=re.DOTALL))


def test_the_same_report_is_the_same_page(small: str) -> None:
    again = reports.small()
    assert html.render(again) == small
    shuffled = replace(again, findings=again.findings[::-1], gaps=again.gaps[::-1], coverage=again.coverage[::-1])
    assert html.render(shuffled) == small


def test_ten_thousand_findings_stay_small_and_the_cut_is_said(large: str) -> None:
    Outline(large)
    assert len(large.encode()) < 6_000_000
    failing = sum(f.status is Status.FAIL and f.check == "host.logs.logs_are_private" for f in reports.large().findings)
    entry = large.partition('id="check-host.logs.logs_are_private"')[2].partition("</article>")[0]
    assert entry.count('<span class="sign fail">') == page.PER_CHECK
    assert f"{failing - page.PER_CHECK} more are not listed here" in visible_text(f"<p{entry}")
    assert "annexa status --json" in entry


def test_a_report_is_written_for_its_owner(tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    html.write(reports.small(), output)
    assert output.read_text(encoding="utf-8") == html.render(reports.small())
    assert output.stat().st_mode & 0o777 == 0o600
    output.chmod(0o644)
    html.write(reports.hostile(), output)
    assert output.stat().st_mode & 0o777 == 0o644
    assert [left.name for left in tmp_path.iterdir()] == ["report.html"]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to("real.html")
    html.write(reports.small(), tmp_path / "link.html")
    assert (tmp_path / "link.html").is_symlink()
    assert "Evidence report" in (tmp_path / "real.html").read_text(encoding="utf-8")


def test_a_full_disk_keeps_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    output = tmp_path / "report.html"
    output.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AnnexaError, match=r"report\.html: No space left on device") as raised:
        html.write(reports.small(), output)
    assert "free some space" in raised.value.hint
    assert output.read_text() == "old"
    assert [left.name for left in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("missing/report.html", "No such file or directory", "make the folder"),
        ("file/report.html", "Not a directory", "make the folder"),
        (".", "not a regular file", "name a file to write"),
        ("pipe", "not a regular file", "name a file to write"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str, message: str, remedy: str) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AnnexaError, match=message) as raised:
        html.write(reports.small(), tmp_path / name)
    assert str(tmp_path / name) in str(raised.value)
    assert remedy in raised.value.hint


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)  # root may write everywhere, so the refusal is played
    with pytest.raises(AnnexaError, match="Permission denied") as raised:
        html.write(reports.small(), tmp_path / "report.html")
    assert f"let this user write to the folder {tmp_path}" in raised.value.hint


def test_text_nobody_would_see_is_spelt_out() -> None:
    assert words.visible("plain, ünïcödé 日本") == "plain, ünïcödé 日本"
    assert words.visible(os.fsdecode(b"caf\xe9\n")) == r"caf\xe9\n"
    assert words.visible("\u202e\u200b\x00\ud800") == r"\u202e\u200b\x00\ud800"
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert words.visible(family) == family


def test_a_moment_is_told_in_utc() -> None:
    assert words.moment(reports.NOON + timedelta(minutes=5)) == "2026-01-31 12:05 UTC"
