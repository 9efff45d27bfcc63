"""The report in Chromium: silent, quick, filterable, and fit for a phone and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exports import html
from tests.exports import reports
from tests.exports.browser import Tab, browser, chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="Chromium is not installed: apt-get install chromium"),
]

LOAD_LIMIT_MS = 1500


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("reports") / "large.html"
    html.write(reports.large(), output)
    return output


@pytest.fixture
def page(tab: Tab, large: Path) -> Tab:
    tab.open(large)
    return tab


def test_it_asks_nobody_and_complains_about_nothing(page: Tab, large: Path) -> None:
    asked = {event["request"]["url"] for event in page.happened("Network.requestWillBeSent")}
    assert asked == {large.as_uri()}
    assert not page.happened("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")


def test_ten_thousand_findings_open_quickly(page: Tab) -> None:
    took = page.ask("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert 0 < took < LOAD_LIMIT_MS
    assert page.ask("document.querySelectorAll('#table tbody tr').length") == 200
    assert page.ask("document.getElementById('count').textContent") == "1 to 200 of 10,000 findings"


def test_findings_are_filtered_and_paged(page: Tab) -> None:
    page.ask("document.querySelector('[data-step=\"1\"]').click()")
    assert page.ask("document.getElementById('count').textContent") == "201 to 400 of 10,000 findings"
    page.ask(
        "(() => { const f = document.getElementById('filter').elements; f.status.value = 'fail'; f.source.value = "
        "'host/web-5'; f.text.value = 'LOGS are_private'; f.text.dispatchEvent(new Event('input', {bubbles: true})) })()"
    )
    expected = [
        finding
        for finding in reports.large().findings
        if (finding.check, finding.status, finding.source) == ("host.logs.logs_are_private", "fail", "host/web-5")
    ]
    assert page.ask("document.querySelectorAll('#table tbody tr').length") == len(expected) > 0
    assert expected[0].id in page.ask("document.querySelector('#table tbody').textContent")


def test_the_rest_of_a_check_is_one_click_away(page: Tab) -> None:
    page.ask("document.querySelector('#checks a[data-status=fail]').click()")
    name = page.ask("document.querySelector('#checks a[data-status=fail]').dataset.check")
    failing = sum((f.check, f.status) == (name, "fail") for f in reports.large().findings)
    assert page.ask("document.getElementById('count').textContent").endswith(f"of {failing} findings")


def test_hostile_text_runs_nothing(tab: Tab, tmp_path: Path) -> None:
    html.write(reports.hostile(), tmp_path / "hostile.html")
    tab.open(tmp_path / "hostile.html")
    assert tab.ask("document.scripts.length") == 2
    assert tab.ask("document.querySelector('#table tbody td code').textContent").startswith("<script>")
    assert not tab.happened("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")


def test_a_phone_need_not_scroll_sideways(page: Tab) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1, mobile=True)
    try:
        page.ask("document.querySelector('[data-open=all]').click()")
        assert page.ask("document.documentElement.scrollWidth") == 360
    finally:
        page.call("Emulation.clearDeviceMetricsOverride")


def test_paper_shows_what_is_folded_on_the_screen(page: Tab) -> None:
    folded = "document.querySelector('details.control.undetermined:not([open]) .body, details.control .body')"
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.ask(f"{folded}.getBoundingClientRect().height") > 0
        assert page.ask("getComputedStyle(document.getElementById('table')).display") == "none"
    finally:
        page.call("Emulation.setEmulatedMedia", media="")


def test_colours_keep_enough_contrast(page: Tab) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, for every colour of text on every ground it stands on, light and dark."""
    contrast = """(() => {
      const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      const light = (hex) => [1, 3, 5].map((i) => linear(parseInt(hex.slice(i, i + 2), 16)))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const style = getComputedStyle(document.documentElement);
      const colour = (name) => style.getPropertyValue(name).trim();
      return ["--ink", "--quiet", "--link", "--bad", "--open", "--good"].flatMap((text) =>
        ["--page", "--card", "--code", "--open-soft", "--good-soft"].map((ground) => {
          const [a, b] = [light(colour(text)), light(colour(ground))].sort((x, y) => y - x);
          return [text, ground, (a + 0.05) / (b + 0.05)];
        }));
    })()"""
    for scheme in ("light", "dark"):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        assert [row for row in page.ask(contrast) if row[2] < 4.5] == [], scheme
