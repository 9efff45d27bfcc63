"""Google Workspace and GitHub with 50,000 people: what is asked, how long their documented limits make that take.

Run as `python -m benchmarks.rest_limits [--json]`. Servers of our own on loopback, asked over TLS, count calls as the
providers' pages say, and refuse what is more; time passes without waiting. Listings are of all people. What takes a
question for each is measured on 3,000, and the time that 50,000 would take follows from the limit. The floor of a
listing is httpx alone, which reads the same pages and keeps nothing.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measuring import Figure, report
from benchmarks.population import NOW
from benchmarks.rest import Passing, serving
from collectors import github, google_workspace
from collectors._rest_line import LiveLine
from collectors._rest_sending import Wait
from collectors.github.people import factors as github_factors
from collectors.github.people import users as github_users
from collectors.github.repositories import repositories
from collectors.github.source import GRAPH, Github
from collectors.github.source import Extent as Organization
from collectors.google_workspace.source import SERVICES, Extent, LinePerScope, Workspace
from collectors.google_workspace.users import grants
from collectors.google_workspace.users import users as workspace_users
from collectors.rest_credentials import Token
from core.engine import Collected, collect
from core.plugins import Collector
from core.recording import tell_of_answers
from core.source import Source
from tests.https_server import Asked, Said, Server

COUNT, ASKED_ONE_BY_ONE = 50_000, 3_000
A_MINUTE, AN_HOUR = 60, 3_600
GOOGLE, GITHUB = ((A_MINUTE, 2_400),), ((A_MINUTE, 900), (AN_HOUR, 5_000))
"""Calls in so many seconds: of the Directory API for one user of a project, and of one token at GitHub."""
EPOCH = int(NOW.timestamp())


class Limited(Passing):
    """A provider that counts calls, in whole minutes and hours, and knows so many people or repositories."""

    def __init__(self, limits: tuple[tuple[int, int], ...], count: int) -> None:
        super().__init__()
        self.count = count
        self.refused = 0
        self._limits = limits
        self._calls = dict[tuple[int, int], int]()

    def spent(self) -> tuple[int, int] | None:
        """Count a call. The limit that it exceeds, and when calls are counted anew; `None` when it exceeds none."""
        exceeded = None
        for seconds, allowed in self._limits:
            window = seconds, int(self.passed // seconds)
            self._calls[window] = self._calls.get(window, 0) + 1
            if self._calls[window] > allowed:
                exceeded = seconds, (window[1] + 1) * seconds
        self.refused += exceeded is not None
        return exceeded

    def left(self, seconds: int, allowed: int) -> int:
        """How many calls are left of a limit."""
        return max(0, allowed - self._calls.get((seconds, int(self.passed // seconds)), 0))


class Customer(Limited):
    """A customer of Google Workspace."""

    def answer(self, asked: Asked) -> Said:
        """What Google says."""
        if self.spent():
            error = {"code": 403, "message": "Quota exceeded", "errors": [{"reason": "userRateLimitExceeded"}]}
            return Said({"error": error}, 403)
        if asked.path.endswith("/tokens"):
            entry = {"clientId": "1.apps.googleusercontent.com", "displayText": "Mail Sorter", "scopes": ["openid"]}
            return Said({"kind": "admin#directory#tokenList", "items": [entry]})
        start, most = int(asked.query.get("pageToken", "0")), int(asked.query["maxResults"])
        page = [_account(number) for number in range(start, min(start + most, self.count))]
        onward = {"nextPageToken": str(start + most)} if start + most < self.count else {}
        return Said({"kind": "admin#directory#users", "users": page, **onward})


class Enterprise(Limited):
    """A large organization at GitHub."""

    def answer(self, asked: Asked) -> Said:
        """What GitHub says."""
        exceeded = self.spent()
        headers = {
            "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": str(self.left(AN_HOUR, 5_000)),
            "X-RateLimit-Reset": str(EPOCH + int(self.passed // AN_HOUR + 1) * AN_HOUR),
            "Date": (NOW + timedelta(seconds=int(self.passed))).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }  # fmt: skip
        if exceeded and exceeded[0] == A_MINUTE:
            words = {"message": "You have exceeded a secondary rate limit."}
            return Said(words, 403, {**headers, "Retry-After": str(int(exceeded[1] - self.passed) + 1)})
        if exceeded:
            return Said({"message": "API rate limit exceeded"}, 403, headers)
        return self._told(asked, headers)

    def _told(self, asked: Asked, headers: dict[str, str]) -> Said:
        name = asked.path.rpartition("/")[2]
        if asked.path == "/orgs/acme":
            return Said({"id": 1, "public_repos": 0, "total_private_repos": self.count}, headers=headers)
        if asked.path.startswith("/repos/"):
            return Said([] if "/rules/" in asked.path else {"message": "Branch not protected"},
                        200 if "/rules/" in asked.path else 404, headers)  # fmt: skip
        there = 0 if name == "outside_collaborators" else 9 if "filter" in asked.query else self.count
        made = _repository if name == "repos" else _member
        number = int(asked.query.get("page", "1"))
        page = [made(each) for each in range((number - 1) * 100, min(number * 100, there))]
        query = "&".join(f"{key}={value}" for key, value in asked.query.items() if key != "page")
        link = f'<https://{asked.headers["host"]}{asked.path}?{query}&page={number + 1}>; rel="next"'
        return Said(page, headers={**headers, "Link": link} if number * 100 < there else headers)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a collector brought home, in how many seconds of this machine and of the provider's limits, and what whoever
    waited was told: how many answers there were, and of how many."""

    collected: Collected
    seconds: float
    passed: float
    refused: int
    megabytes: float
    heard: int
    expected: int

    @property
    def said(self) -> str:
        """In a sentence."""
        waited = f"{timedelta(seconds=int(self.passed))} of the provider's limits" if self.passed else "no waiting"
        of = f", announced {self.expected:,}" if self.expected else ""
        return (
            f"{len(self.collected.unit.exchanges):,} questions, {self.seconds:.1f} s of this machine, {waited}, "
            f"refused {self.refused} times, {self.megabytes:.0f} MB, answers told {self.heard:,}{of}"
        )


def looked(collector: Collector, source: Source, place: Limited) -> Seen:
    """Look at everything with a collector. Raises `RuntimeError` when not all was seen."""
    heard, expected = [0], [0]

    def look() -> Collected:
        tell_of_answers(lambda: heard.__setitem__(0, heard[0] + 1), lambda number: expected.__setitem__(0, number))
        return collect(collector, source, version="1", clock=lambda: NOW)

    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the highest use is counted from now on
    before, begun, passed, refused = _megabytes("VmRSS"), time.perf_counter(), place.passed, place.refused
    found = copy_context().run(look)
    seconds = time.perf_counter() - begun
    source.close()
    if found.unit.gaps or len(found.evidence[0].resources) != place.count:
        raise RuntimeError(f"{collector.id}: not all were seen: {found.unit.gaps}")
    grown = _megabytes("VmHWM") - before
    return Seen(found, seconds, place.passed - passed, place.refused - refused, grown, heard[0], expected[0])


def workspace(server: Server, place: Limited, collector: Collector) -> Seen:
    """A customer of Google Workspace, asked as `open_sources` does, in a time that passes without waiting."""
    lines = {
        scope: _line(server, place, collector, dict.fromkeys(SERVICES, server.url), google_workspace.RATES)
        for scope in {read.needs for read in collector.permissions}
    }
    return looked(collector, Workspace("google_workspace/acme", LinePerScope(lines), Extent()), place)


def organization(server: Server, place: Limited, collector: Collector) -> Seen:
    """An organization at GitHub, likewise."""
    line = _line(server, place, collector, {"": server.url, GRAPH.service: server.url}, github.RATES)
    return looked(collector, Github("github/acme", line, Organization("acme")), place)


def alone(server: Server, addresses: Iterator[str]) -> float:
    """Seconds that httpx alone takes to read these."""
    context = ssl.create_default_context(cafile=str(server.authority))
    with httpx.Client(verify=context) as client:
        begun = time.perf_counter()
        for each in addresses:
            client.get(f"{server.url}{each}").raise_for_status()
        return time.perf_counter() - begun


def _line(server: Server, place: Limited, collector: Collector, bases: dict[str, str], rates: Any) -> LiveLine:
    return LiveLine(
        bases, Token(lambda: "only-for-this-benchmark"), collector.permissions, lambda: NOW,
        authority=str(server.authority), wait=Wait(place.clock, place.wait), rates=rates,
    )  # fmt: skip


def _account(number: int) -> dict[str, Any]:
    return {
        "id": str(10**20 + number), "primaryEmail": f"person{number}@example.org",
        "name": {"fullName": f"Person {number}"}, "suspended": False, "archived": False,
        "isAdmin": False, "isDelegatedAdmin": False, "isEnrolledIn2Sv": True, "isEnforcedIn2Sv": True,
        "creationTime": "2024-02-01T09:30:00.000Z", "lastLoginTime": "2026-11-20T08:00:00.000Z",
    }  # fmt: skip


def _member(number: int) -> dict[str, Any]:
    return {"login": f"person{number}", "id": number + 1, "type": "User", "site_admin": False}


def _repository(number: int) -> dict[str, Any]:
    return {
        "id": number + 1, "name": f"code{number}", "private": True, "archived": False, "default_branch": "main",
        "security_and_analysis": {"secret_scanning": {"status": "enabled"}},
    }  # fmt: skip


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def main() -> None:
    about: dict[str, object] = {}
    figures = list[Figure]()

    def told(name: str, seen: Seen) -> Seen:
        about[name] = seen.said
        return seen

    with serving(lambda _: Said()) as server:

        def place(made: Callable[..., Any], limits: tuple[tuple[int, int], ...], count: int) -> Any:
            found = made(limits, count)
            server.answer = found.answer
            return found

        customer = place(Customer, GOOGLE, COUNT)
        floor = alone(server, (f"/users?maxResults=500&pageToken={start}" for start in range(0, COUNT, 500)))
        seen = told(f"Google Workspace, {COUNT:,} accounts", workspace(server, customer, workspace_users))
        figures.append(Figure("accounts of Google", int(COUNT / seen.seconds), "httpx alone", int(COUNT / floor)))
        customer = place(Customer, GOOGLE, ASKED_ONE_BY_ONE)
        seen = told(f"Google Workspace, programs of {ASKED_ONE_BY_ONE:,}", workspace(server, customer, grants))
        about["Google Workspace, so 50,000 would take"] = str(timedelta(seconds=int(COUNT / 1_200 * A_MINUTE)))
        enterprise = place(Enterprise, GITHUB, COUNT)
        floor = alone(server, (f"/orgs/acme/members?page={page}" for page in range(1, COUNT // 100 + 1)))
        enterprise = place(Enterprise, GITHUB, COUNT)
        seen = told(f"GitHub, {COUNT:,} members", organization(server, enterprise, github_users))
        figures.append(Figure("members at GitHub", int(COUNT / seen.seconds), "httpx alone", int(COUNT / floor)))
        enterprise = place(Enterprise, GITHUB, COUNT)
        told(f"GitHub, second factors of {COUNT:,}", organization(server, enterprise, github_factors))
        enterprise = place(Enterprise, GITHUB, ASKED_ONE_BY_ONE)
        told(f"GitHub, {ASKED_ONE_BY_ONE:,} repositories", organization(server, enterprise, repositories))
    report("documented limits", about, figures)


if __name__ == "__main__":
    main()
