"""What is made of what Azure leaves out, says as null, spells otherwise, or says for the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.reading import Answer, arm_id, last, subscription_of
from core.model import Status
from core.resource import Unobserved
from tests.azure_server import AzureServer
from tests.collectors.azure.estate import estate
from tests.collectors.azure.world import judge, looked, world

EMPTY: tuple[dict[str, Any], ...] = ({}, {"a": None}, {"a": {}}, {"a": {"b": None}})
GOOD_BY_DEFAULT = {
    "azure.network.network_is_watched",  # a watcher has nothing to say but where it is
    "azure.sql.server_is_not_open_to_everybody",  # without rules nobody comes in
    "azure.survey.subscription_is_looked_at",
}
"""Checks that pass a thing of which Azure says nothing: what is left out has a default that is documented and good."""
SAYS = {
    "targetResourceId",
    "sourceResourceId",
    "startIpAddress",
    "endIpAddress",
    "roleName",
}
"""Without these nothing can be said at all, or the thing is another."""


def without(value: Any) -> Any:
    """Properties of which nothing is left but what says which thing it is."""
    return {name: inner for name, inner in value.items() if name in ("targetResourceId", "sourceResourceId")}


def nulls(value: Any) -> Any:
    return {name: inner if name in SAYS else None for name, inner in value.items()}


@pytest.mark.parametrize("spoil", [without, nulls])
def test_nothing_passes_of_which_azure_says_nothing_but_by_a_documented_default(spoil: Callable[[Any], Any]) -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = spoil(item["properties"])
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    passed = {each.check for each in findings if each.verdict.status is Status.PASS}
    about_roles = {each for each in passed if each.startswith("azure.access.")}
    assert passed - GOOD_BY_DEFAULT - about_roles == set()
    assert not [each for each in findings if each.verdict.status is Status.ERROR]


def test_a_word_that_nobody_knows_yet_makes_no_verdict_better() -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = strange(item["properties"])
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    before = {(each.check, each.resource): each.verdict.status for each in judge(world().evidence)}
    better = [
        (each.check, each.resource)
        for each in findings
        if each.verdict.status is Status.PASS and before.get((each.check, each.resource)) is not Status.PASS
    ]
    assert better == []
    assert not [each for each in findings if each.verdict.status is Status.ERROR]


def strange(value: Any) -> Any:
    """The same with enumerations that say something new, and with members that nobody asked for."""
    if isinstance(value, dict):
        new = {"defaultAction", "keySource", "minimumTlsVersion", "minimalTlsVersion", "minTlsVersion", "ftpsState"}
        new |= {"serverKeyType", "pricingTier", "protectionState", "publicNetworkAccess", "state", "osType"}
        changed = {name: "NewWord" if name in new else strange(inner) for name, inner in value.items()}
        return {**changed, "somethingNew": {"x": 1}}
    return [strange(each) for each in value] if isinstance(value, list) else value


def test_ids_and_words_may_be_spelled_in_any_case() -> None:
    azure = estate()
    for item in azure.items.values():
        item["properties"] = shouted(item["properties"])
        item["id"] = item["id"].replace("/resourceGroups/rg/", "/RESOURCEGROUPS/RG/")
    azure.items = {item["id"].lower(): item for item in azure.items.values()}
    with AzureServer(azure) as server:
        findings = judge(each for one in looked(server.url).values() for each in one.evidence)
    assert {(each.check, each.resource): each.verdict.status for each in findings} == {
        (each.check, each.resource): each.verdict.status for each in judge(world().evidence)
    }


def shouted(value: Any) -> Any:
    """The same in capitals, but for times and what is compared by people's own spelling."""
    if isinstance(value, dict):
        kept = {"roleName", "assignableScopes", "creationTime", "keyCreationTime", "lastRecoveryPoint", "emails"}
        return {name: inner if name in kept else shouted(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shouted(each) for each in value]
    return value.upper() if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Enabled", True),
        ("enabled", True),
        ("On", True),
        (True, True),
        ("Disabled", False),
        ("Off", False),
        (False, False),
    ],
)
def test_on_and_off_are_spelled_in_several_ways(said: Any, meant: bool) -> None:
    assert Answer({"a": {"b": said}}).switch("a.b") is meant


@pytest.mark.parametrize("read", ["text", "number", "flag", "switch", "moment"])
def test_what_is_not_there_is_unobserved_unless_its_meaning_is_documented(read: str) -> None:
    for found in EMPTY:
        assert isinstance(getattr(Answer(found), read)("a.b"), Unobserved)
        assert getattr(Answer(found), read)("a.b", absent="documented") == "documented"


@pytest.mark.parametrize(
    ("read", "said"),
    [("text", 1), ("number", "1"), ("number", True), ("flag", "true"), ("switch", "Perhaps"), ("moment", "x")],
)
def test_what_is_of_another_type_is_unobserved(read: str, said: Any) -> None:
    assert isinstance(getattr(Answer({"a": said}), read)("a", absent="documented"), Unobserved)


@pytest.mark.parametrize(
    "said", ["2026-11-22T17:00:00Z", "2026-11-22T17:00:00.0000000Z", "2026-11-22T18:00:00+01:00", "2026-11-22T17:00:00"]
)
def test_times_are_written_in_several_ways(said: str) -> None:
    assert Answer({"a": said}).moment("a") == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert Answer({"a": 1795366800}).moment("a") == datetime(2026, 11, 22, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "read",
    [
        lambda: Answer([]),
        lambda: Answer({"a": "x"}).value("a.b"),
        lambda: Answer({"a": ""}).must("a"),
        lambda: Answer({"a": "x"}).texts("a"),
        lambda: Answer({"a": [1]}).texts("a"),
        lambda: list(Answer({"a": "x"}).parts("a")),
        lambda: list(Answer({"a": [1]}).parts("a")),
    ],
)
def test_another_shape_is_refused(read: Callable[[], object]) -> None:
    with pytest.raises(MalformedAnswerError):
        read()


def test_ids_are_compared_in_lower_case() -> None:
    assert arm_id("/Subscriptions/S/") == "/subscriptions/s"
    assert (arm_id(""), arm_id("/")) == ("", "")
    assert last("/a/B/") == "b"
    assert (subscription_of("/subscriptions/S/x"), subscription_of("/providers/x"), subscription_of("")) == (
        "s",
        "",
        "",
    )
