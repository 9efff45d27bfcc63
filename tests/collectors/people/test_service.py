"""A list of people from a real service that speaks SCIM, and from one that does not show all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.people import Settings, equivalent, open_sources, replay
from collectors.people.persons import persons
from core.engine import Collected, collect
from core.resource import missing_fields
from core.resources.people import Person
from tests.collectors.scim.conftest import PEOPLE, TOKEN, real_server
from tests.https_server import Said, Server, https_server

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("scim")
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    with https_server(folder, lambda _: Said()) as server:
        yield server


def looked(server: Server, **settings: Any) -> Collected:
    """What a scan sees, having seen that a replay sees the same."""
    folder = server.authority.parent
    scim = {"url": f"{server.url}/v2", "token": {"file": str(folder / "token")}, "authority": str(server.authority)}
    entry = Settings.model_validate({"name": "hr", "scim": {**scim, "services": ["svc-*"], **settings}})
    (source,) = open_sources([entry], [], lambda: NOW)
    seen = collect(persons, source, version="", clock=lambda: NOW)
    source.close()
    again = collect(
        persons, replay(seen.unit, seen.unit.exchanges, seen.bodies, lambda: NOW), version="", clock=lambda: NOW
    )
    assert (again.evidence[0].encoded, again.unit.gaps) == (seen.evidence[0].encoded, seen.unit.gaps)
    assert TOKEN.encode() not in b"".join(seen.bodies.values())
    return seen


def people(seen: Collected) -> dict[str, Person]:
    return {each.logins[0]: each for each in seen.evidence[0].resources if isinstance(each, Person)}


def test_everybody_whom_a_service_knows(service: Server) -> None:
    service.answer = real_server(PEOPLE, [])
    seen = looked(service)
    found = people(seen)
    assert (set(found), seen.unit.gaps, seen.unit.source) == ({"ada", "bob", "eve"}, (), "people/hr")
    ada, bob, eve = (found[name] for name in ("ada", "bob", "eve"))
    assert (ada.name, ada.email, ada.department, ada.end) == ("Ada Lovelace", "ada@example.org", "Engines", None)
    assert bob.end is not None  # the day on which the server, which has a clock of its own, wrote the entry
    assert missing_fields(eve)["end"] == "the list does not show end"  # nobody knows whether they are active
    assert {"start", "role_since", "department_since"} <= set(missing_fields(ada))
    exchange = next(each for each in seen.unit.exchanges if "Users" in each.operation)
    assert "curl" in equivalent(seen.unit, exchange)


def test_a_service_that_refuses_is_a_gap(service: Server) -> None:
    service.answer = lambda _: Said(status=403)
    seen = looked(service)
    assert people(seen) == {}
    assert "403" in seen.unit.gaps[0].reason


@pytest.mark.parametrize("path", ["/v2/Schemas", "/v2/Users"])
def test_what_is_refused_is_never_taken_for_nothing(service: Server, path: str) -> None:
    whole = real_server(PEOPLE, [])
    service.answer = whole
    allowed = people(looked(service))
    service.answer = lambda asked: Said(status=403) if asked.path == path else whole(asked)
    seen = looked(service)
    assert bool(seen.unit.gaps) == (path == "/v2/Users")
    for login, one in people(seen).items():
        shown = {field for field in one.__dataclass_fields__ if field not in missing_fields(one)} - {"_missing"}
        assert all(getattr(one, field) == getattr(allowed[login], field) for field in shown)


def test_a_list_is_in_one_place() -> None:
    for settings in ({}, {"file": "f", "scim": {"url": "https://example.org", "token": {"env": "T"}}}):
        with pytest.raises(ValueError, match="name one of file and scim"):
            Settings.model_validate({"name": "hr", **settings})
