"""Providers that are asked by REST: what 50,000 people cost, and what a rate that is counted for all leaves of a day.

Run as `python -m benchmarks.rest [--json]`. A server of our own on loopback, asked over TLS. The floor of the listing
is httpx alone, which reads the same pages and keeps nothing. Okta has no question for the second factors of all people
at once: of 3,000 people it is measured how long they take where 600 calls a minute are allowed to everybody together,
in a time that passes without waiting.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import httpx

from benchmarks.measuring import Figure, report
from benchmarks.population import NOW
from collectors import okta, scim
from collectors._rest_line import LiveLine
from collectors._rest_sending import Wait
from collectors.okta.factors import factors
from collectors.okta.source import Extent, Okta
from collectors.rest_credentials import Token
from collectors.scim.users import users
from core.engine import collect
from tests.https_server import Asked, Said, Server, https_server

COUNT, ASKED_ONE_BY_ONE, PAGE = 50_000, 3_000, 100
ALLOWED, A_MINUTE = 600, 60


def person(number: int) -> dict[str, Any]:
    """A user as SCIM tells it."""
    address = f"person{number}@example.org"
    return {
        "id": f"2819c223-7f76-453a-919d-{number:012}", "userName": address, "displayName": f"Person {number}",
        "active": bool(number % 9), "userType": "Employee", "emails": [{"value": address, "primary": True}],
        "meta": {"created": "2026-01-02T03:04:05Z", "resourceType": "User"},
    }  # fmt: skip


def scim_answer(asked: Asked) -> Said:
    """A service of SCIM."""
    match asked.path.rpartition("/")[2]:
        case "Users":
            start = int(asked.query["startIndex"])
            page = [person(number) for number in range(start, min(start + PAGE, COUNT + 1))]
            return Said({"totalResults": COUNT, "startIndex": start, "Resources": page})
        case "ResourceTypes":
            return Said({"totalResults": 1, "Resources": [{"name": "User", "endpoint": "/Users"}]})
    return Said({"totalResults": 0, "Resources": []})


class Passing:
    """A time that passes when somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._looked = threading.local()

    def wait(self, seconds: float) -> None:
        """Let time pass, at once for all who wait: from when each of them last looked at the clock."""
        self.passed = max(self.passed, self._looked.at + seconds)

    def clock(self) -> float:
        """How much has passed."""
        self._looked.at = self.passed
        return self.passed


class Organization(Passing):
    """An organization at Okta that counts calls by the minute."""

    def __init__(self) -> None:
        super().__init__()
        self._minute, self._calls = 0, 0
        self.refused = 0

    def answer(self, asked: Asked) -> Said:
        if not asked.path.endswith("/factors"):
            start = int(asked.query.get("after", "0"))
            page = [{"id": f"00u{number}", "status": "ACTIVE"} for number in range(start, start + PAGE)]
            link = f'<https://{asked.headers["host"]}{asked.path}?after={start + PAGE}>; rel="next"'
            return Said(page, headers={"Link": link} if start + PAGE < ASKED_ONE_BY_ONE else {})
        minute = int(self.passed // A_MINUTE)
        if minute != self._minute:
            self._minute, self._calls = minute, 0
        self._calls += 1
        left = max(0, ALLOWED - self._calls)
        rest = A_MINUTE - self.passed % A_MINUTE
        headers = {
            "X-Rate-Limit-Limit": str(ALLOWED), "X-Rate-Limit-Remaining": str(left),
            "X-Rate-Limit-Reset": str(int(rest) + 1),
        }  # fmt: skip
        if self._calls > ALLOWED:
            self.refused += 1
            return Said(b"", 429, headers)
        return Said([{"id": "1", "factorType": "webauthn", "status": "ACTIVE"}], headers=headers)


@contextmanager
def serving(answer: Any) -> Iterator[Server]:
    """A server in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, https_server(Path(folder), answer) as server:
        (Path(folder) / "token").write_text("only-for-this-benchmark", encoding="utf-8")
        yield server


def alone(server: Server) -> float:
    """Seconds that httpx alone takes to read the pages."""
    context = ssl.create_default_context(cafile=str(server.authority))
    with httpx.Client(verify=context) as client:
        begun = time.perf_counter()
        for start in range(1, COUNT + 1, PAGE):
            client.get(f"{server.url}/Users", params={"startIndex": start}).raise_for_status()
        return time.perf_counter() - begun


def listed(server: Server, about: dict[str, object]) -> Figure:
    """Everybody of a service of SCIM."""
    floor = alone(server)
    settings = scim.Settings.model_validate({
        "name": "corp", "url": server.url, "token": {"file": str(server.authority.parent / "token")},
        "authority": str(server.authority),
    })  # fmt: skip
    (source,) = scim.open_sources([settings], [users], lambda: NOW)
    before, begun = _megabytes(), time.perf_counter()
    found = collect(users, source, version="1", clock=lambda: NOW)
    seconds = time.perf_counter() - begun
    source.close()
    if found.unit.gaps:
        raise RuntimeError(found.unit.gaps[0].reason)
    grown = _megabytes() - before
    about[f"SCIM, {COUNT:,} users"] = f"{seconds:.1f} s, {len(found.unit.exchanges)} questions, {grown:.0f} MB"
    return Figure("users looked at", int(COUNT / seconds), "httpx alone", int(COUNT / floor))


def asked_one_by_one(about: dict[str, object]) -> None:
    """The factors of people at Okta, where calls are counted."""
    organization = Organization()
    with serving(organization.answer) as server:
        line = LiveLine(
            {"": server.url}, Token(lambda: "only-for-this-benchmark"), factors.permissions, lambda: NOW,
            authority=str(server.authority), wait=Wait(organization.clock, organization.wait),
            spare=okta.LEFT_FOR_OTHERS,
        )  # fmt: skip
        found = collect(factors, Okta("okta/acme", line, Extent()), version="1", clock=lambda: NOW)
        line.close()
    if found.unit.gaps or len(found.evidence[0].resources) != ASKED_ONE_BY_ONE:
        raise RuntimeError("not all were seen")
    throttled = sum(each.throttled for each in found.unit.exchanges)
    whole = timedelta(seconds=int(organization.passed * COUNT / ASKED_ONE_BY_ONE))
    about[f"Okta, factors of {ASKED_ONE_BY_ONE:,} users"] = (
        f"{organization.passed / A_MINUTE:.1f} minutes of {ALLOWED} calls, {throttled} times told to slow down; "
        f"{COUNT:,} would take {whole}"
    )


def _megabytes() -> float:
    """The most that this process has held so far."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    about: dict[str, object] = {}
    with serving(scim_answer) as server:
        figure = listed(server, about)
    asked_one_by_one(about)
    report("interfaces asked by REST", about, [figure])


if __name__ == "__main__":
    main()
