"""GitHub refuses in the middle of a listing, in each way that its pages name.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.collectors.github.server import said
from tests.collectors.github.test_credentials import KEY
from tests.collectors.interrupting import interrupted
from tests.collectors.rest_world import AS_OF, Place
from tests.https_server import Said

USERS = "github.people.users"
EVERYBODY, FIRST_PAGE = ["11", "12", "13", "14", "21"], ["11", "12"]
PRIMARY = {"message": "API rate limit exceeded for installation ID 99."}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
SPENT = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Resource": "core"}
LEFT = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999"}


def reset(seconds: int) -> dict[str, str]:
    return SPENT | {"X-RateLimit-Reset": str(int(AS_OF.timestamp()) + seconds)}


@pytest.mark.parametrize(("refusal", "least"), [
    (Said(PRIMARY, 403, reset(30)), 30),
    (Said(PRIMARY, 429, reset(30)), 30),
    (Said(SECONDARY, 403, LEFT | {"Retry-After": "7"}), 7),
    (Said(SECONDARY, 429, LEFT | {"Retry-After": "7"}), 7),
    (Said(SECONDARY, 403, LEFT), 60),
    (Said(b"", 429), 1),
])  # fmt: skip
def test_a_limit_is_waited_for(acme: Place, monkeypatch: pytest.MonkeyPatch, refusal: Said, least: int) -> None:
    found = interrupted(acme, USERS, monkeypatch, "page", [refusal])
    assert (found.ids, found.reasons, found.asked) == (EVERYBODY, [], 2)
    assert least <= found.waited <= least + 1
    assert sum(each.throttled for each in found.unit.unit.exchanges) == 1


def test_a_limit_that_holds_for_an_hour_is_a_gap(acme: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    found = interrupted(acme, USERS, monkeypatch, "page", [Said(PRIMARY, 403, reset(3600))])
    assert (found.ids, found.waited, found.asked) == (FIRST_PAGE, 0, 1)
    assert found.reasons == [f"{acme.server.url} asked us to wait longer than we do"]
    assert found.unit.unit.gaps[0].retryable


def test_an_installation_whose_token_ends_in_the_middle_gets_another(
    acme: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    app = {"token": None, "app_id": "77", "installation_id": "99", "private_key": {"file": str(path)}}
    found = interrupted(acme, USERS, monkeypatch, "page", [said(401, "Bad credentials")], **app)
    assert (found.ids, found.reasons, found.asked) == (EVERYBODY, [], 2)
    assert [each.path for each in acme.server.asked].count("/app/installations/99/access_tokens") == 2


def test_a_token_that_is_revoked_in_the_middle_is_a_gap(acme: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    found = interrupted(acme, USERS, monkeypatch, "page", [said(401, "Bad credentials")] * 9)
    assert (found.ids, found.asked) == (FIRST_PAGE, 1)
    assert found.reasons == ["GET /orgs/{org}/members is answered with status 401 (401: Bad credentials)"]
