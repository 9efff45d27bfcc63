"""A real server that speaks SCIM (scim2-server), and one that answers as a test wants, both on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

import collectors.scim
from core.plugins import Collector, discover
from tests.collectors.rest_world import Place, rest_server
from tests.https_server import Answer, Asked, Said, Server

TOKEN = "only-for-this-test-5a1c"
COLLECTORS = discover([collectors.scim], Collector)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PEOPLE: list[dict[str, Any]] = [
    {
        "userName": "ada", "displayName": "Ada Lovelace", "active": True, "userType": "Employee", "externalId": "e1",
        "password": "never-to-be-seen-77aa", "phoneNumbers": [{"value": "+44 20 7946 0000"}],
        "emails": [{"value": "ada@private.example", "type": "home"}, {"value": "ada@example.org", "primary": True}],
        ENTERPRISE: {"employeeNumber": "7", "department": "Engines"},
    },
    {"userName": "bob", "name": {"givenName": "Bob", "familyName": "Stone"}, "active": False, "userType": "Contractor"},
    {"userName": "svc-backup", "active": True},
    {"userName": "eve", "emails": [{"value": "eve@example.org"}]},
]  # fmt: skip


def place(server: Server) -> Place:
    """The server, as the provider looks at it."""
    settings = {"name": "corp", "url": f"{server.url}/v2", "services": ["svc-*"]}
    return Place(server, collectors.scim, settings, TOKEN)


def from_wsgi(application: Any) -> Answer:
    """A server of Python's own kind, asked in-process."""

    def answer(asked: Asked) -> Said:
        said = Said()

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            said.status, said.headers = int(status[:3]), {k: v for k, v in headers if k.lower() != "content-length"}

        environ = {
            "REQUEST_METHOD": asked.verb, "PATH_INFO": asked.path, "QUERY_STRING": urlencode(asked.query),
            "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "443", "wsgi.url_scheme": "https",
            "CONTENT_TYPE": asked.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(asked.body)),
            "wsgi.input": io.BytesIO(asked.body),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asked.headers.items()},
        }  # fmt: skip
        said.body = b"".join(application(environ, start))
        return said

    return answer


def real_server(people: list[dict[str, Any]], groups: list[tuple[str, list[int]]]) -> Answer:
    """scim2-server with these people and groups, of which the members are places in the list of people."""
    config = load_default_service_provider_config()
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(), load_default_resource_types().values(), config=config
    )
    service = ScimService(provider, secret="only-for-this-test")
    answer = from_wsgi(BearerTokenApplication(InMemoryStorage(), provider, service=service, bearer_tokens=[TOKEN]))
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/scim+json", "host": "127.0.0.1"}

    def post(path: str, body: dict[str, Any]) -> str:
        said = answer(Asked("POST", f"/v2/{path}", {}, headers, json.dumps(body).encode()))
        assert said.status == 201, said.body
        made: str = json.loads(said.data)["id"]
        return made

    ids = [post("Users", {"schemas": [CORE, *([ENTERPRISE] if ENTERPRISE in each else [])], **each}) for each in people]
    for name, members in groups:
        schema = "urn:ietf:params:scim:schemas:core:2.0:Group"
        members_of = {"members": [{"value": ids[each]} for each in members]} if members else {}
        post("Groups", {"schemas": [schema], "displayName": name, **members_of})
    return answer


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with rest_server(tmp_path_factory.mktemp("scim"), TOKEN) as server:
        yield server


@pytest.fixture(scope="module")
def corp(running: Server) -> Place:
    """The real server, with a few people."""
    running.answer = real_server(PEOPLE, [("admins", [0]), ("nobody", [])])
    running.asked.clear()
    return place(running)
