"""The pages of a bundle in Chromium: silent, whole, fit for a phone and for paper."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports.browser import Tab, browser, chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="Chromium is not installed: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(found)
    return found


@pytest.mark.parametrize(
    "page", ["index.html", "controls/A.8.17/index.html", "checks/vineyard.vine_is_low.html", "evidence"]
)
def test_a_page_asks_nobody_and_fits_a_phone(tab: Tab, folder: Path, page: str) -> None:
    path = next((folder / "evidence").iterdir()) if page == "evidence" else folder / page
    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    tab.open(path)
    asked = {event["request"]["url"] for event in tab.happened("Network.requestWillBeSent")}
    assert asked == {path.as_uri()}
    assert not tab.happened("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")
    assert tab.ask("document.querySelector('main').innerText.length") > 50


def test_from_a_control_to_the_proof_by_links_alone(tab: Tab, folder: Path) -> None:
    tab.open(folder / "index.html")
    at = folder / "index.html"
    for selector in ("a[href*='A.8.17']", "a[href*='vine_is_low']", "a[href*='evidence/']", "a[href*='sealed/proofs']"):
        tab.open(at)
        link = tab.ask(f"document.querySelector(\"{selector}\").getAttribute('href')")
        at = (at.parent / link).resolve()
    assert at.read_text(encoding="utf-8").startswith("c2sp.org/tlog-proof@v1")
