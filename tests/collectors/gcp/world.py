"""One world for all tests of Google Cloud: an estate, everything that the collectors see of it, what the checks say."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import checks.gcp
import collectors.gcp
from collectors.gcp._client import LiveLine
from collectors.gcp.settings import Settings
from collectors.gcp.source import EstateSurvey
from collectors.rest import Read, live_line
from collectors.rest_credentials import Token
from core.engine import Collected, assess, collect
from core.model import Evidence, Finding
from core.plugins import Check, Collector, discover
from core.source import Source
from tests.collectors.gcp import estate
from tests.gcp_server import Inventory, client_of, directory_served, served

AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)
COLLECTORS = discover([collectors.gcp], Collector)
CHECKS = discover([checks.gcp], Check)
SURVEY = "gcp.hierarchy.containers"
GROUPS = {
    "admins@example.org": [("USER", "ada@example.org"), ("GROUP", "ops@example.org"), ("USER", "bob@example.org")],
    "ops@example.org": [
        ("SERVICE_ACCOUNT", "ops@example-shop.iam.gserviceaccount.com"),
        ("GROUP", "admins@example.org"),
    ],
    "auditors@example.org": [],
}
NO_TOKENS = {"rules": [{"denyRule": {
    "deniedPrincipals": ["principalSet://goog/public:all"],
    "deniedPermissions": ["iam.googleapis.com/serviceAccounts.getAccessToken"]}}]}  # fmt: skip
DENIED = {estate.ORGANIZATION: {"silent": NO_TOKENS}, estate.LAB: {"silent": NO_TOKENS}}
"""Deny policies that the inventory names without their rules."""
PERIOD = {"startTime": "2025-11-20T08:00:00Z", "endTime": "2026-11-20T08:00:00Z"}
LAB_ACCOUNT = "//iam.googleapis.com/projects/example-lab/serviceAccounts/build@example-lab.iam.gserviceaccount.com"
USED = {
    estate.SHOP: {"serviceAccountLastAuthentication": [
        {"fullResourceName": "//iam.googleapis.com/projects/example-shop/serviceAccounts/shop@example-shop.iam.gserviceaccount.com",
         "observationPeriod": PERIOD, "activity": {
             "lastAuthenticatedTime": "2026-11-19T08:00:00Z", "serviceAccount": {"projectNumber": "123", "serviceAccountId": "1001"}}}]},
    estate.LAB: {
        "serviceAccountLastAuthentication": [
            {"fullResourceName": LAB_ACCOUNT, "observationPeriod": PERIOD,
             "activity": {"serviceAccount": {"projectNumber": "124", "serviceAccountId": "1002"}}}],
        "serviceAccountKeyLastAuthentication": [
            {"fullResourceName": f"{LAB_ACCOUNT}/keys/{name}", "observationPeriod": PERIOD,
             "activity": {**({"lastAuthenticatedTime": "2025-12-24T08:00:00Z"} if name == estate.OLD_KEY else {}),
                          "serviceAccountKey": {"projectNumber": "124", "serviceAccountId": "1002"}}}
            for name in (estate.OLD_KEY, "cc", "dd")],
    },
}  # fmt: skip
"""Activities as the reference of Policy Analyzer and Google's guide to it show them
(https://cloud.google.com/policy-intelligence/docs/activity-analyzer-service-account-authentication)."""
os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def clock() -> datetime:
    return AS_OF


@dataclass
class Look:
    """What was seen through one survey: each unit by its collector, and the evidence of all."""

    units: Mapping[str, Collected]

    @property
    def evidence(self) -> list[Evidence]:
        return [each for unit in self.units.values() for each in unit.evidence]

    def found(self, kind: str) -> dict[str, Any]:
        return {each.id: each for one in self.evidence if one.kind == kind for each in one.resources}


def surveyed(address: str, directory: str = "", **settings: Any) -> EstateSurvey:
    """The survey of an inventory, and, where one is named, of a directory that knows whoever asks."""
    given = Settings(**{"scope": estate.ORGANIZATION, **settings})
    reads = {each for collector in COLLECTORS.values() for each in collector.permissions if isinstance(each, Read)}
    asking = (
        live_line("gcp")(
            dict.fromkeys(collectors.gcp.SERVICES, directory),
            Token(lambda: "the-token"),
            reads,
            clock,
        )
        if directory
        else None
    )
    return EstateSurvey(given, LiveLine(given, clock, lambda _: client_of(address)), clock, asking)


def look(survey: EstateSurvey, *names: str) -> Look:
    """Collect the survey, then what these collectors see; all of them without a name."""
    units = {SURVEY: run(COLLECTORS[SURVEY], survey)}
    (place,) = survey.unfold(units[SURVEY].evidence, ())
    for name, collector in COLLECTORS.items():
        if name != SURVEY and (not names or name in names):
            units[name] = run(collector, place)
    survey.close()
    return Look(units)


def run(collector: Collector, place: Source) -> Collected:
    return collect(collector, place, version="0", clock=clock)


def judge(evidence: Iterable[Evidence], judged_by: Iterable[Check[...]]) -> list[Finding]:
    found = list(evidence)
    return [each for check in judged_by for each in assess(check, found, as_of=AS_OF, digest="").findings]


@contextmanager
def inventory(*more: Mapping[str, Any], without: str = "") -> Iterator[tuple[Inventory, str]]:
    """A server of its own, with the estate or a part of it."""
    kept = [each for each in estate.EVERYTHING if not without or not each["name"].endswith(without)]
    shown = Inventory([*kept, *more])
    shown.supported |= {each["assetType"] for each in estate.EVERYTHING}
    with served(shown) as address:
        yield shown, address


@cache
def world() -> Look:
    """Everything that is seen of the estate, made when the first test needs it; pages are small, so there are several."""
    with (
        inventory() as (shown, address),
        directory_served(GROUPS, page_size=2, denied=DENIED, used=USED) as (directory, _),
    ):
        shown.page_size = 3
        return look(surveyed(address, directory))
