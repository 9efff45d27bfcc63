"""Answers of REST and cloud providers with one wound each: a share in every run, all of them by `make soak`.

What a wound is and what may come of it says `maiming.py`; what absences and new words mean, `meanings.csv`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import checks.entra
import checks.github
import checks.google_workspace
import checks.idp
import checks.okta
import checks.scim
import collectors.azure
import collectors.gcp
from collectors.rest_answers import CIRCLE, ELSEWHERE, STOPPED
from core.engine import Collected, collect
from core.model import Evidence, Exchange, Finding
from core.plugins import Check, discover
from core.replay import Recording
from tests import entra_server, google_workspace_server
from tests.collectors.azure import world as azure_world
from tests.collectors.entra import conftest as entra
from tests.collectors.gcp import world as gcp_world
from tests.collectors.github import conftest as github
from tests.collectors.github import server as github_server
from tests.collectors.google_workspace import conftest as google_workspace
from tests.collectors.maiming import MISSING, NULL, UNKNOWN_WORD, Estate, Wound, by_key, changes
from tests.collectors.misleading import ITSELF, OTHER_SERVER, misleading
from tests.collectors.okta import conftest as okta
from tests.collectors.okta import server as okta_server
from tests.collectors.rest_world import Place, World, clock, look, rest_server
from tests.collectors.scim import conftest as scim
from tests.conftest import SEED

MENDED: dict[str, list[tuple[str, str, str]]] = {
    "okta": [
        ("*/apps", "[[]].signOnMode", UNKNOWN_WORD),
        ("*/apps", "[[]].settings.oauthClient.application_type", MISSING),
        ("*/policies/{policy}/rules", "[[]].actions.signon.access", UNKNOWN_WORD),
        ("*/users/{user}/roles", "[[]].assignmentType", UNKNOWN_WORD),
        ("*/users/{user}/roles", "[[]].type", UNKNOWN_WORD),
    ],
    "github": [
        ("*/audit-log/streams", "[[]].paused_at", "an object"),
        ("*/installations", "installations.[[]].permissions.contents", UNKNOWN_WORD),
        ("*/members", "[[]].type", UNKNOWN_WORD),
    ],
    "entra": [
        ("*/conditionalAccess/policies", "value.[[]].conditions.clientAppTypes", MISSING),
        ("*/conditionalAccess/policies", "value.[[]].conditions.users", MISSING),
        ("*/conditionalAccess/policies", "value.[[]].conditions.users.excludeUsers", NULL),
        ("*/oauth2PermissionGrants", "value.[[]].scope", MISSING),
        ("*/roleAssignments", "value.[[]].principal", MISSING),
        ("*/roleDefinitions", "value.[[]].templateId", MISSING),
        ("*/servicePrincipals", "value.[[]].appRoles.[[]].value", MISSING),
        ("*/appRoleAssignedTo", "value.[[]].principalType", UNKNOWN_WORD),
    ],
    "google_workspace": [("*/users", "users", MISSING), ("*/domains", "domains", MISSING)],
    "scim": [],
    "azure": [
        ("*/roleAssignments", "value.[[]].properties.principalType", UNKNOWN_WORD),
        ("*/roleDefinitions", "value.[[]].properties.permissions.[[]].actions", MISSING),
        ("*/storageAccounts", "value.[[]].kind", "an object"),
        ("*/networksecuritygroups", "data.[[]].rules.[[]].properties.direction", UNKNOWN_WORD),
        ("*/policystates NonCompliant", "data.[[]].reference", "a number"),
    ],
    "gcp": [
        ("* IAM_POLICY", "", "cut in half"),
        ("* IAM_POLICY", "assets.[[]].ancestors", "a text"),
        ("* IAM_POLICY", "assets.[[]].iamPolicy.bindings", MISSING),
        ("* IAM_POLICY", "assets.[[]].iamPolicy.bindings.[[]].members.[[]]", UNKNOWN_WORD),
        ("*/FirewallPolicy", "*.[[]].ipProtocol", UNKNOWN_WORD),
        ("*/FirewallPolicy", "*.srcNetworkType", UNKNOWN_WORD),
        ("*/Instance", "*.metadata.items", "a text"),
        ("*cloudresourcemanager.googleapis.com/Project", "*.lifecycleState", UNKNOWN_WORD),
        ("*orgpolicy.googleapis.com/Policy", "*.spec", MISSING),
    ],
}
"""Wounds that once broke a collector or made a finding pass or vanish, by provider: question, path and way. Every run
tries them all."""
LEADING_ON = ("entra", "github", "okta")
"""Providers whose pages give an address of the next one."""
SHARE = 300
"""How many wounds of each provider every run tries."""


@contextmanager
def okta_place(folder: Path) -> Iterator[Place]:
    with rest_server(folder, okta.TOKEN) as server:
        yield okta.place(server, okta_server.ordinary())


@contextmanager
def github_place(folder: Path) -> Iterator[Place]:
    with rest_server(folder, github.TOKEN) as server:
        yield github.place(server, github_server.ordinary())


@contextmanager
def entra_place(folder: Path) -> Iterator[Place]:
    with rest_server(folder, entra_server.TOKEN) as server:
        yield entra.office(server, entra_server.ordinary())


@contextmanager
def google_workspace_place(folder: Path) -> Iterator[Place]:
    with google_workspace.workspace_server(folder) as server:
        yield google_workspace.place(server, google_workspace_server.ordinary())


@contextmanager
def scim_place(folder: Path) -> Iterator[Place]:
    with rest_server(folder, scim.TOKEN) as server:
        server.answer = scim.real_server(scim.PEOPLE, [("admins", [0]), ("nobody", [])])
        yield scim.place(server)


PLACES: dict[str, tuple[Callable[[Path], AbstractContextManager[Place]], Any, tuple[str, ...]]] = {
    "okta": (okta_place, checks.okta, ()),
    "github": (github_place, checks.github, ("installations",)),
    "entra": (entra_place, checks.entra, ("value",)),
    "google_workspace": (
        google_workspace_place, checks.google_workspace,
        ("users", "items", "groups", "members", "policies", "domains", "mobiledevices", "alerts", "organizationUnits"),
    ),
    "scim": (scim_place, checks.scim, ("Resources",)),
}  # fmt: skip
"""Providers that are asked by REST: a place, its own checks, and the members of a page that hold its items."""


def rest_estate(provider: str, world: World, items: tuple[str, ...]) -> Estate:
    def again(name: str, recording: Recording) -> Collected:
        before = world.units[name]
        source: Any = world.replay(before.unit, before.unit.exchanges, before.bodies, clock)
        source.line._recording = recording
        return collect(world.collectors[name], source, version="0", clock=clock)

    def judge(evidence: Iterable[Evidence], judged_by: Sequence[Check[...]]) -> list[Finding]:
        return replace(world, checks={each.id: each for each in judged_by}).judge(list(evidence))

    return Estate(provider, world.units, again, judge, list(world.checks.values()), items)


def azure_estate() -> Estate:
    everything = azure_world.world().everything

    def again(name: azure_world.Unit, recording: Recording) -> Collected:
        before = everything[name]
        place: Any = collectors.azure.replay(before.unit, before.unit.exchanges, before.bodies, azure_world.clock)
        place._line._recording = recording
        return azure_world.run(azure_world.COLLECTORS[name[0]], place)

    judges = list(azure_world.CHECKS.values())
    return Estate("azure", everything, again, azure_world.judge, judges, ("value", "data"))


def gcp_estate() -> Estate:
    units = gcp_world.world().units

    def again(name: str, recording: Recording) -> Collected:
        before = units[name]
        place: Any = collectors.gcp.replay(before.unit, before.unit.exchanges, before.bodies, gcp_world.clock)
        place._line._recording = recording
        if place._directory is not None:
            place._directory.line._recording = recording
        return gcp_world.run(gcp_world.COLLECTORS[name], place)

    def asked(exchange: Exchange) -> str:
        said = exchange.parameters
        listing = f" {said['contentType']} {said['assetTypes']}" if "contentType" in said else ""
        return f"{exchange.operation}{listing}".strip()

    judges = list(gcp_world.CHECKS.values())
    return Estate("gcp", units, again, gcp_world.judge, judges, ("assets",), asked=asked)


@pytest.fixture(scope="module", params=[*PLACES, "azure", "gcp"])
def estate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Estate:
    provider: str = request.param
    if provider not in PLACES:
        return azure_estate() if provider == "azure" else gcp_estate()
    opened, own, items = PLACES[provider]
    with opened(tmp_path_factory.mktemp(provider)) as place:
        return rest_estate(provider, place.world(discover([checks.idp, own], Check)), items)


def is_honest(estate: Estate, wounds: Iterable[Wound]) -> None:
    wrong = [complaint for wound in wounds for complaint in estate.complaints(wound)]
    assert not wrong, f"{len(wrong)} complaints, {SEED}={os.environ[SEED]}\n" + "\n".join(wrong[:40])


def test_one_wound_makes_verdicts_unknown_and_nothing_else(estate: Estate) -> None:
    is_honest(estate, estate.share(SHARE, os.environ[SEED]))


def test_what_once_hid_something_hides_it_no_more(estate: Estate) -> None:
    for question, path, way in MENDED[estate.provider]:
        found = [each for each in estate.wounds if each.way == way and each.fits(question, path)]
        assert found, (question, path, way)
        is_honest(estate, found)


@pytest.mark.soak
def test_every_wound_makes_verdicts_unknown_and_nothing_else(estate: Estate) -> None:
    is_honest(estate, estate.wounds)
    assert [each for each in estate.meanings if each not in estate.used] == []


@pytest.mark.parametrize("way", [ITSELF, OTHER_SERVER])
@pytest.mark.parametrize("provider", LEADING_ON)
def test_pages_that_lead_astray_end_and_are_a_gap(provider: str, way: str, tmp_path: Path) -> None:
    opened, own, _ = PLACES[provider]
    with opened(tmp_path) as place:
        world = place.world(discover([checks.idp, own], Check))
        whole = len(place.server.asked)
        place.server.answer = misleading(place.server.answer, place.server.url, way)
        source = place.source()
        units = look(source, world.collectors)
        source.close()
    reasons = [gap.reason for unit in units.values() for gap in unit.unit.gaps]
    assert [reason for reason in reasons if " failed with " in reason] == []
    before = by_key(world.judge(world.evidence))
    after = by_key(world.judge([each for unit in units.values() for each in unit.evidence]))
    assert list(changes(before, after)) == []
    assert any(STOPPED[CIRCLE if way == ITSELF else ELSEWHERE] in reason for reason in reasons)
    assert len(place.server.asked) - whole < 2 * whole
