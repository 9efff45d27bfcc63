"""The commands that show a person what REST showed us."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collectors.rest import CONFIGURED
from collectors.rest_equivalent import equivalent
from core.model import Exchange, Unit

NOW = datetime(2026, 11, 23, tzinfo=UTC)
UNIT = Unit(collector="c", version="", source="s", scope="", principal="", started=NOW, finished=NOW)
POSTED = "curl --fail-with-body --request POST --header 'Content-Type: application/json'"
BEARER = '--header "Authorization: Bearer $TOKEN"'


@pytest.mark.parametrize(("operation", "parameters", "expected"), [
    ("GET /users/{id}/roles", {"id": "a/b", "limit": "2", "(page)": "3"},
     f"curl --fail-with-body --request GET --url-query limit=2 {BEARER} https://x.example/v1/users/a%2Fb/roles"),
    ("POST /query", {"body": '{"q": "it\'s"}'},
     f"{POSTED} --data '{{\"q\": \"it'\"'\"'s\"}}' {BEARER} https://x.example/v1/query"),
    ("GET admin/users", {}, f"curl --fail-with-body --request GET {BEARER} https://x.example/v1/users"),
    (CONFIGURED, {}, ""),
    ("POST token", {}, ""),
])  # fmt: skip
def test_a_person_can_ask_the_same(operation: str, parameters: dict[str, str], expected: str) -> None:
    exchange = Exchange(
        operation=operation, parameters=parameters, response="", size=0, status="200", at=NOW, duration_ms=1,
        endpoint="https://x.example/v1",
    )  # fmt: skip
    assert equivalent(UNIT, exchange) == expected
