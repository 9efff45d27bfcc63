"""Graph refuses in the middle of a listing: https://learn.microsoft.com/graph/throttling.

What becomes of a token that ends there `test_tenant.py` shows.
"""

from __future__ import annotations

import pytest

from tests.collectors.entra.conftest import Office
from tests.collectors.interrupting import interrupted
from tests.entra_server import error


@pytest.mark.parametrize(("headers", "least"), [({"Retry-After": "7"}, 7), ({}, 1)])
def test_a_limit_is_waited_for(
    acme: Office, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], least: int
) -> None:
    whole = acme.unit("users.users").evidence[0]
    refusal = error(429, "TooManyRequests", "Too many requests", **headers)
    found = interrupted(acme, "entra.users.users", monkeypatch, "$skiptoken", [refusal])
    assert (found.ids, found.reasons, found.asked) == ([each.id for each in whole.resources], [], 3)
    assert found.waited == least
