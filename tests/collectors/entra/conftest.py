"""A tenant of Entra ID on loopback, and how to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import collectors.entra
from collectors._rest_line import LiveLine
from collectors.entra.source import AZURE, Entra, Extent, Questions
from collectors.rest_credentials import Token
from core.plugins import Collector, discover
from core.source import Source
from tests.collectors.rest_world import Place, clock, rest_server
from tests.entra_server import TOKEN, Tenant, ordinary
from tests.https_server import Server

COLLECTORS = discover([collectors.entra], Collector)


class Office(Place):
    """A tenant that is asked with a token that is there already: `test_identity.py` is about the way to one."""

    def source(self, **settings: Any) -> Source:
        services = tuple(settings.get("services", ("svc-*",)))
        declared = {read for each in COLLECTORS.values() for read in each.permissions}
        trusted = str(self.server.authority)
        line, azure = (
            LiveLine(bases, Token(lambda: TOKEN), declared, clock, authority=trusted, sends=collectors.entra.SENDS)
            for bases in ({"": self.server.url}, {AZURE: self.server.url})
        )
        questions = settings.get("questions", Questions(diagnostic_settings=True))
        return Entra("entra/acme", line, Extent(services), lambda: "tenant/annexa", questions=questions, azure=azure)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with rest_server(tmp_path_factory.mktemp("entra"), TOKEN) as server:
        yield server


def office(server: Server, tenant: Tenant) -> Office:
    """The server, showing this tenant."""
    server.answer = tenant.answer
    server.asked.clear()
    return Office(server, collectors.entra, {}, TOKEN, tenant)


@pytest.fixture
def acme(running: Server) -> Office:
    """An ordinary tenant, which a test may change."""
    return office(running, ordinary())
