"""One world for all tests of Azure: a server with an estate, and everything that the collectors see of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from azure.core.credentials import AccessToken

import checks.azure
import collectors.azure
from collectors.azure._connection import Connection
from collectors.azure._live import LiveLine, LiveSurvey
from collectors.azure.settings import Settings
from core.engine import Collected, assess, collect
from core.model import Evidence, Finding
from core.plugins import Check, Collector, discover
from core.resources.idp import User
from core.source import Source
from tests.azure_server import Azure, AzureServer, token
from tests.collectors.azure.estate import GUEST, estate

AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)
COLLECTORS = discover([collectors.azure], Collector)
CHECKS = discover([checks.azure], Check)
SETTINGS: dict[str, dict[str, object]] = {
    "azure.inventory.resources_are_labelled": {"keys": ("Owner",)},
    "azure.inventory.resources_stand_where_they_may": {"locations": ("westeurope", "global")},
}
FAR = 4_102_444_800

Unit = tuple[str, str]
"""Collector and scope."""


class OneToken:
    """A credential that always has the same token."""

    def __init__(self, text: str = "") -> None:
        self._text = text or token()

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return AccessToken(self._text, FAR)


def clock() -> datetime:
    return AS_OF


def run(collector: Collector, place: Source) -> Collected:
    return collect(collector, place, version="0", clock=clock)


def survey(url: str, **settings: Any) -> LiveSurvey:
    """A way into the tenant behind an address."""
    chosen = Settings(**settings)
    declared = [read for each in COLLECTORS.values() for read in each.permissions]
    connection = Connection(OneToken, url, url)
    return LiveSurvey("azure/default", LiveLine(connection, declared, clock), chosen, connection, clock)


def places(url: str, *, known: Collection[tuple[str, str]] = (), **settings: Any) -> dict[Unit, Source]:
    """Where each collector looks, the survey included; `known` are the places of earlier scans."""
    first = survey(url, **settings)
    found: dict[Unit, Source] = {}
    surveyor = COLLECTORS["azure.subscriptions.subscriptions"]
    found[surveyor.id, ""] = first
    for place in first.unfold(run(surveyor, first).evidence, known):
        for each in COLLECTORS.values():
            for target in place.targets(each.source):
                found[each.id, target.scope] = target
    return found


def looked(url: str, **settings: Any) -> dict[Unit, Collected]:
    """Everything that the collectors see behind an address."""
    return {unit: run(COLLECTORS[unit[0]], place) for unit, place in places(url, **settings).items()}


def judge(evidence: Iterable[Evidence], judged_by: Iterable[Check[...]] = CHECKS.values()) -> list[Finding]:
    found = [*evidence, people()]
    return [
        finding
        for check in judged_by
        for finding in assess(check, found, as_of=AS_OF, digest="", settings=SETTINGS.get(check.id)).findings
    ]


def seen_by(url: str, *collectors: str) -> list[Evidence]:
    """What some collectors see behind an address."""
    found = (run(COLLECTORS[name], place) for (name, _), place in places(url).items() if name in collectors)
    return [each for collected in found for each in collected.evidence]


def judged(url: str, *collectors: str, by: str) -> dict[str, str]:
    """What one check says, by the name of the resource."""
    findings = judge(seen_by(url, *collectors), [CHECKS[by]])
    return {each.resource.rpartition("/")[2]: each.verdict.status.value for each in findings}


def user(number: str, *, guest: bool = False) -> User:
    """An account of the directory."""
    return User(
        id=number, login=number, name=number, email="", service=False, guest=guest, invited=None, synchronised_from="",
        enabled=True, expires=None, created=AS_OF, last_sign_in=AS_OF, sign_ins_lag_days=0,
        sign_ins_recorded_since=AS_OF, password_changed=None,
    )  # fmt: skip


def people() -> Evidence:
    """What another source knows of people."""
    users = (*(user(f"o-{number}") for number in range(4)), user(GUEST, guest=True))
    return Evidence(kind=User.kind, source="entra/default", scope="", collected_at=AS_OF, resources=users)


class World:
    """A server with the estate, looked at once."""

    def __init__(self) -> None:
        self.azure: Azure = estate()
        self.server = AzureServer(self.azure).__enter__()
        self.everything: Mapping[Unit, Collected] = looked(self.server.url)
        self.asked = tuple(self.azure.asked)

    @property
    def evidence(self) -> list[Evidence]:
        return [each for collected in self.everything.values() for each in collected.evidence]


@cache
def world() -> World:
    """The world of this process, made when the first test needs it."""
    return World()
