"""An organization at Okta on loopback, and how to look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import collectors.okta
from core.plugins import Collector, discover
from tests.collectors.okta.server import Organization, ordinary
from tests.collectors.rest_world import Place, rest_server
from tests.https_server import Server

TOKEN = "only-for-this-test-00Zq"
COLLECTORS = discover([collectors.okta], Collector)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with rest_server(tmp_path_factory.mktemp("okta"), TOKEN) as server:
        yield server


def place(server: Server, organization: Organization) -> Place:
    """The server, showing this organization."""
    server.answer = organization.answer
    server.asked.clear()
    return Place(server, collectors.okta, {"name": "acme", "services": ["svc-*"]}, TOKEN, organization)


@pytest.fixture
def acme(running: Server) -> Place:
    """An ordinary organization, which a test may change."""
    return place(running, ordinary())
