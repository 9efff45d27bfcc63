"""Google refuses in the middle of a listing: https://developers.google.com/workspace/admin/directory/v1/limits.

What becomes of a token that ends there `test_credentials.py` shows.
"""

from __future__ import annotations

import pytest

from tests.collectors.google_workspace.conftest import WorkspacePlace
from tests.collectors.interrupting import interrupted
from tests.google_workspace_server import ADA, BOB, EVE, SERVICE, error
from tests.https_server import Said

USERS = "google_workspace.users.users"


@pytest.mark.parametrize(("refusals", "least"), [
    ([error(429, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries'")], 1),
    ([Said(error(429, "rateLimitExceeded", "Quota exceeded").body, 429, {"Retry-After": "7"})], 7),
    ([error(403, "userRateLimitExceeded", "User Rate Limit Exceeded")] * 3, 1 + 2 + 4),
    ([error(503, "backendError", "The service is currently unavailable.")], 1),
])  # fmt: skip
def test_a_limit_is_waited_for(
    acme: WorkspacePlace, monkeypatch: pytest.MonkeyPatch, refusals: list[Said], least: int
) -> None:
    found = interrupted(acme, USERS, monkeypatch, "pageToken", refusals)
    assert (found.ids, found.reasons, found.asked) == ([ADA, BOB, EVE, SERVICE], [], len(refusals) + 1)
    assert found.waited == least


def test_a_daily_limit_is_a_gap_in_the_end(acme: WorkspacePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = error(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
    found = interrupted(acme, USERS, monkeypatch, "pageToken", [refusal] * 99)
    assert (found.ids, found.reasons) == ([ADA, BOB], [f"{acme.server.url} asked us to wait longer than we do"])
    assert 60 < found.waited <= 100
