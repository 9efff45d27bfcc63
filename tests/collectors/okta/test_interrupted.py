"""Okta refuses in the middle of a listing: https://developer.okta.com/docs/reference/rl-best-practices/.

What becomes of a token that ends there `test_credentials.py` shows.
"""

from __future__ import annotations

import pytest

from tests.collectors.interrupting import interrupted
from tests.collectors.okta.server import ADA, BOB, EVE, NEW, SERVICE
from tests.collectors.rest_world import AS_OF, Place
from tests.https_server import Said

USERS = "okta.users.users"
WORDS = {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}


def reset(seconds: int) -> dict[str, str]:
    moment = str(int(AS_OF.timestamp()) + seconds)
    return {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": moment}


@pytest.mark.parametrize(("headers", "least"), [(reset(30), 31), ({"Retry-After": "7"}, 7), ({}, 1)])
def test_a_limit_is_waited_for(
    acme: Place, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], least: int
) -> None:
    found = interrupted(acme, USERS, monkeypatch, "after", [Said(WORDS, 429, headers)])
    assert (found.ids, found.reasons) == ([ADA, BOB, EVE, NEW, SERVICE], [])
    assert found.waited == least


def test_a_token_that_is_revoked_in_the_middle_is_a_gap(acme: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Said({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, 401)
    found = interrupted(acme, USERS, monkeypatch, "after", [refusal] * 9)
    assert (found.ids, found.asked) == ([ADA, BOB], 1)
    (reason,) = found.reasons
    assert "status 401 (E0000011: Invalid token provided)" in reason
