"""How Azure is asked: what is sent, how often, and what is made of an answer that is not whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from collectors.azure import _connection, replay
from collectors.azure._connection import Connection
from collectors.azure._live import LiveLine
from collectors.azure.errors import RefusedError
from collectors.azure.exchanges import Question
from collectors.azure.operations import Query, Read
from collectors.azure.reach import Extent, Permission, Reach
from collectors.azure.source import AzureSubscription, AzureTenant
from core.engine import Collected
from tests.azure_server import Azure, AzureServer, token
from tests.collectors.azure.estate import GOOD, estate
from tests.collectors.azure.world import COLLECTORS, OneToken, clock, run

VAULTS = COLLECTORS["azure.key_vault.vaults"]
LOCKS = COLLECTORS["azure.logging.locks"]
GRAPH = "/providers/microsoft.resourcegraph/resources"
LOCKS_OF_GOOD = f"/subscriptions/{GOOD}/providers/microsoft.authorization/locks"
EVERYTHING = Extent((Reach(GOOD, (Permission(("*/read",), ()),)),))
SLOW_DOWN = {"error": {"code": "TooManyRequests", "message": "slow down"}}


@pytest.fixture
def azure() -> Azure:
    return estate()


@pytest.fixture
def server(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureServer]:
    monkeypatch.setattr(_connection, "FIRST_WAIT_SECONDS", 0)
    with AzureServer(azure) as running:
        yield running


def line(url: str, credential: Any = OneToken) -> LiveLine:
    declared = [read for each in (VAULTS, LOCKS) for read in each.permissions]
    return LiveLine(Connection(credential, url, url), declared, clock, EVERYTHING)


def vaults(server: AzureServer, **more: Any) -> Collected:
    return run(VAULTS, AzureTenant("azure/default", line(server.url, **more), "tenant"))


def locks(server: AzureServer, **more: Any) -> Collected:
    return run(LOCKS, AzureSubscription("azure/default", line(server.url, **more), GOOD))


def reason(collected: Collected) -> str:
    return "; ".join(gap.reason for gap in collected.unit.gaps)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}])
@pytest.mark.parametrize(("path", "look"), [(GRAPH, vaults), (LOCKS_OF_GOOD, locks)])
def test_who_is_told_to_slow_down_asks_again_also_by_post(
    azure: Azure, server: AzureServer, headers: dict[str, str], path: str, look: Any
) -> None:
    azure.fails[path] = [(429, SLOW_DOWN, headers), (429, SLOW_DOWN, headers)]
    collected = look(server)
    assert reason(collected) == ""
    asked = collected.unit.exchanges[1 if look is locks else 2]
    assert (asked.attempts, asked.throttled, asked.status) == (3, 2, "200")


def test_throttling_to_the_end_is_a_gap(azure: Azure, server: AzureServer) -> None:
    azure.fails[GRAPH] = [(429, SLOW_DOWN, {})] * 20
    collected = vaults(server)
    assert "was throttled to the end (TooManyRequests)" in reason(collected)
    assert collected.unit.gaps[0].retryable
    assert len(azure.fails[GRAPH]) == 20 - _connection.TRIES - 1


def test_a_used_up_quota_is_waited_for(azure: Azure, server: AzureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("collectors.azure._connection.time.sleep", waited.append)
    azure.quota = "0"
    assert reason(vaults(server)) == ""
    assert waited == [0.0]


def test_a_service_that_breaks_is_asked_again(azure: Azure, server: AzureServer) -> None:
    azure.fails[LOCKS_OF_GOOD] = [(503, b"busy", {})]
    assert reason(locks(server)) == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((403, {"error": {"code": "AuthorizationFailed", "message": "no"}}, {}), "is denied (AuthorizationFailed)"),
        ((401, {"error": {"code": "ExpiredAuthenticationToken", "message": "x"}}, {}), "credentials are not accepted"),
        ((200, b'{"value": [', {}), "is no JSON, or was cut off"),
        ((200, {"value": {}}, {}), "holds no listing"),
        ((200, {"value": ["x"]}, {}), "another shape than is documented"),
        ((400, {"error": {"code": "Odd", "message": "at 2026-11-22T10:00:00Z: no"}}, {}), "400 Odd: at …: no"),
        ((302, {}, {"Location": "http://127.0.0.1:1/"}), "302"),
    ],
)
def test_what_is_no_answer_is_a_gap(azure: Azure, server: AzureServer, answer: Any, words: str) -> None:
    azure.fails[LOCKS_OF_GOOD] = [answer] * 9
    collected = locks(server)
    assert words in reason(collected)
    assert collected.evidence[0].resources == ()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"resultTruncated": "true"}, "was truncated"),
        ({"resultTruncated": None}, "was truncated"),
        ({"totalRecords": 3}, "counts 3 rows, and 1 came"),
        ({"totalRecords": None}, "holds no rows"),
        ({"data": [{"name": "x"}]}, "a row has no id"),
        ({"data": [], "$skipToken": "MA=="}, "the pages do not end"),
        ({"$skipToken": "MA=="}, "twice"),
    ],
)
def test_rows_that_may_not_be_all_are_a_gap(azure: Azure, server: AzureServer, said: Any, words: str) -> None:
    azure.graph_says = said
    assert words in reason(vaults(server))


def test_a_next_page_elsewhere_is_not_asked_for(azure: Azure, server: AzureServer) -> None:
    azure.fails[LOCKS_OF_GOOD] = [(200, {"value": [], "nextLink": "https://evil.example/?x=1"}, {})]
    assert "is nothing that only reads, and was not sent" in reason(locks(server))


def test_pages_that_lead_back_are_turned_once(azure: Azure, server: AzureServer) -> None:
    following = f"{server.url}{LOCKS_OF_GOOD}?api-version=2016-09-01&page=2"
    azure.fails[LOCKS_OF_GOOD] = [(200, {"value": [], "nextLink": following}, {})] * 9
    collected = locks(server)
    assert reason(collected).endswith("the pages lead back to one that was read before")
    assert len(azure.fails[LOCKS_OF_GOOD]) == 9 - 2
    source = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
    assert reason(run(LOCKS, source)) == reason(collected)


def test_a_way_to_the_next_page_that_looks_like_a_secret_still_leads_there(azure: Azure, server: AzureServer) -> None:
    lock = dict(next(each for name, each in azure.items.items() if name.endswith("/locks/keep")))
    following = f"{server.url}{LOCKS_OF_GOOD}?api-version=2016-09-01&password=hunter2hunter2"
    azure.fails[LOCKS_OF_GOOD] = [(200, {"value": [{**lock, "id": lock["id"] + "2"}], "nextLink": following}, {})]
    collected = locks(server)
    assert (reason(collected), len(collected.evidence[0].resources)) == ("", 2)
    assert b"hunter2" not in b"".join(collected.bodies.values())


def test_what_nobody_declared_is_not_sent(azure: Azure, server: AzureServer) -> None:
    read = Read("{scope}/keys", "2023-07-01", "Microsoft.KeyVault/vaults/keys/read")
    with pytest.raises(RefusedError, match="not declared"):
        line(server.url).ask(Question(read, {"path": "/x/keys", "api-version": "1"}))
    assert azure.asked == []


@pytest.mark.parametrize("action", ["Microsoft.KeyVault/vaults/write", "*", "Microsoft.Storage/x/listKeys/action"])
def test_what_does_not_read_cannot_be_declared(action: str) -> None:
    with pytest.raises(ValueError, match="does not read by its name"):
        Read("{scope}/x", "1", action)
    with pytest.raises(ValueError, match="does not read by its name"):
        Query("x/y", action, {})


class Nobody:
    """A credential that has none."""

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        raise ClientAuthenticationError("AADSTS7000222: the client secret hunter2 has expired\nTrace ID: 1")


def test_who_has_no_credentials_asks_nothing(azure: Azure, server: AzureServer) -> None:
    collected = vaults(server, credential=Nobody)
    assert "ClientAuthenticationError: AADSTS7000222" in reason(collected)
    assert "Trace" not in reason(collected)
    assert collected.unit.gaps[0].hint.startswith("renew the credentials")
    assert azure.asked == []


@pytest.mark.parametrize("text", ["opaque", token(oid=""), "a.e30.c"])
def test_a_token_that_names_nobody_is_a_gap(server: AzureServer, text: str) -> None:
    collected = vaults(server, credential=lambda: OneToken(text))
    assert "the token does not say whom it is about" in reason(collected)


def test_a_server_that_is_not_there_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connection, "TRIES", 0)
    collected = run(VAULTS, AzureTenant("azure/default", line("http://127.0.0.1:1"), "tenant"))
    assert "ServiceRequestError" in reason(collected)
    assert collected.unit.gaps[0].retryable
