"""What our own servers answer for identity providers, whole, and the questions that collectors put to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from collectors.rest import Read
from core.plugins import Collector, discover
from tests import entra_server, google_workspace_server
from tests.collectors.github import server as github_server
from tests.collectors.okta import server as okta_server
from tests.collectors.rest_world import AS_OF


def reads(provider: str) -> list[Read]:
    """Every question that collectors of a provider put."""
    found = discover([import_module(f"collectors.{provider}")], Collector).values()
    return sorted({read for each in found for read in each.permissions}, key=str)


def matching(path: str, provider: str) -> Read | None:
    """The question to which a server answers under a path; the one with the most words of its own, if there are several."""
    fitting = [each for each in reads(provider) if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each.path), path)]
    return min(fitting, key=lambda each: len(each.places), default=None)


@dataclass(frozen=True)
class OwnServer:
    """One of our servers. `places` make what it shows, `answers` gives each path with the whole answer below it, and
    `configured` what the configuration of a source says, by field."""

    places: Sequence[Callable[[], Any]]
    answers: Callable[[], Iterator[tuple[str, Any]]]
    configured: Mapping[str, Any]
    token: Callable[[Read], str] = lambda _: ""


def _entra() -> Iterator[tuple[str, Any]]:
    for path, found in entra_server.ordinary().answers.items():
        yield f"/v1.0{path}", found if isinstance(found, dict) else {"value": found}


def _okta() -> Iterator[tuple[str, Any]]:
    for path, found in okta_server.ordinary().answers.items():
        yield path.partition("?")[0], found


def _classic() -> okta_server.Organization:
    """One whose people sign in by Okta's classic engine."""
    found = okta_server.ordinary()
    found.answers["/.well-known/okta-organization"]["pipeline"] = "v1"
    return found


def _github() -> Iterator[tuple[str, Any]]:
    for path, found in github_server.ordinary().answers.items():
        yield re.split(r"[? ]", path)[0], found


def _google_workspace() -> Iterator[tuple[str, Any]]:
    for path, (kind, items, found) in google_workspace_server.ordinary().answers.items():
        yield path, {**({"kind": kind} if kind else {}), **({items: found} if items else found)}


def _token_of_google(read: Read) -> str:
    return f"given-for-{read.needs.removeprefix(google_workspace_server.AUTH)}"


SERVICES = {"services": ("svc-*",), "at": AS_OF}
EVERYTHING = {**SERVICES, "per_user_mfa": True, "diagnostic_settings": True}
SERVERS = {
    "entra": OwnServer([entra_server.ordinary], _entra, EVERYTHING, lambda _: entra_server.TOKEN),
    "okta": OwnServer([okta_server.ordinary, _classic], _okta, SERVICES),
    "github": OwnServer([github_server.ordinary], _github, {"organization": "acme", "enterprise": "acme-inc"}),
    "google_workspace": OwnServer([google_workspace_server.ordinary], _google_workspace, SERVICES, _token_of_google),
}
