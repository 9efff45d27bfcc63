"""Truth tables of the checks of what applications run on and talk through."""

from __future__ import annotations

from typing import Any

import pytest

from checks.gcp.applications import (
    cache_has_a_key_of_ours,
    cache_wants_a_password,
    cache_wants_tls,
    endpoint_asks_who_calls,
    endpoint_is_not_open_to_the_internet,
    repository_is_scanned,
    topic_has_a_key_of_ours,
)
from core.resources.gcp.applications import Cache, Endpoint, Repository, Topic
from tests.checks.gcp.making import SHOP, status

WHO: dict[str, Any] = {"id": "//x/thing", "container": SHOP, "name": "thing"}


@pytest.mark.parametrize(
    ("reached_from", "approved", "expected"),
    [("inside", (), "pass"), ("load balancers", (), "pass"), ("everywhere", (), "fail"), ("everywhere", ("thing",), "pass")],
)  # fmt: skip
def test_endpoint_is_not_open_to_the_internet(reached_from: Any, approved: tuple[str, ...], expected: str) -> None:
    found = Endpoint(**WHO, reached_from=reached_from, asks_who_calls=True)
    assert status(endpoint_is_not_open_to_the_internet(found, approved=approved)) == expected


@pytest.mark.parametrize(
    ("asks", "approved", "expected"), [(True, (), "pass"), (False, (), "fail"), (False, ("thing",), "pass")]
)
def test_endpoint_asks_who_calls(asks: bool, approved: tuple[str, ...], expected: str) -> None:
    found = Endpoint(**WHO, reached_from="everywhere", asks_who_calls=asks)
    assert status(endpoint_asks_who_calls(found, approved=approved)) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("projects/p/locations/l/keyRings/r/cryptoKeys/k", "pass"), ("", "fail")]
)
def test_whose_keys(key: str, expected: str) -> None:
    assert status(topic_has_a_key_of_ours(Topic(**WHO, key=key))) == expected
    assert status(cache_has_a_key_of_ours(Cache(**WHO, password=True, tls=True, key=key))) == expected


@pytest.mark.parametrize(("on", "expected"), [(True, "pass"), (False, "fail")])
def test_caches(on: bool, expected: str) -> None:
    assert status(cache_wants_tls(Cache(**WHO, password=True, tls=on, key=""))) == expected
    assert status(cache_wants_a_password(Cache(**WHO, password=on, tls=True, key=""))) == expected


@pytest.mark.parametrize(("scanned", "expected"), [(True, "pass"), (False, "fail"), (None, "not_applicable")])
def test_repository_is_scanned(scanned: bool | None, expected: str) -> None:
    assert status(repository_is_scanned(Repository(**WHO, format="DOCKER", scanned=scanned))) == expected
