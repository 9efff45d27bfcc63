"""A customer of Google Workspace on loopback, and how to look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import collectors.google_workspace
from collectors.google_workspace import Settings
from core.plugins import Collector, discover
from core.source import Source
from tests.collectors.rest_world import Place, clock, rest_server
from tests.google_workspace_server import Customer, ordinary
from tests.https_server import Server

TOKEN = "given-for-"
SUBJECT = "annexa@example.org"
COLLECTORS = discover([collectors.google_workspace], Collector)


@dataclass
class WorkspacePlace(Place):
    """A customer is looked at with a key and for a subject."""

    def source(self, **settings: Any) -> Source:
        values = {"key": {"file": str(key_beside(self.server))}, "endpoint": self.server.url, "subject": SUBJECT}
        entry = Settings(**{**values, "authority": str(self.server.authority), **self.settings, **settings})
        (found,) = collectors.google_workspace.open_sources([entry], list(self.collectors.values()), clock)
        return found


def key_beside(server: Server) -> Path:
    return server.authority.parent / "key.json"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with workspace_server(tmp_path_factory.mktemp("google_workspace")) as server:
        yield server


@contextmanager
def workspace_server(folder: Path) -> Iterator[Server]:
    """A server beside the key of the service account that it gives tokens for."""
    pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with rest_server(folder, TOKEN) as server:
        key_beside(server).write_text(json.dumps({
            "type": "service_account", "project_id": "annexa", "private_key_id": "k1", "private_key": pem, "client_id": "1",
            "client_email": "annexa@annexa.iam.gserviceaccount.com", "token_uri": f"{server.url}/token",
        }))  # fmt: skip
        yield server


def place(server: Server, customer: Customer) -> WorkspacePlace:
    """The server, showing this customer."""
    server.answer = customer.answer
    server.asked.clear()
    return WorkspacePlace(server, collectors.google_workspace, {"name": "acme", "services": ["svc-*"]}, TOKEN, customer)


@pytest.fixture
def acme(running: Server) -> WorkspacePlace:
    """An ordinary customer, which a test may change."""
    return place(running, ordinary())
