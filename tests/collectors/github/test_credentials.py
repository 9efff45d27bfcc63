"""The app's way in: what is signed, sent, kept for a while, and never written down."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from collectors.github.credentials import InstallationToken
from core.engine import collect
from tests.collectors.github.conftest import COLLECTORS
from tests.collectors.rest_world import AS_OF, Place, everything_kept

KEY = generate_private_key(65537, 2048)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_token_is_given_for_what_the_key_signed(acme: Place, file: Path) -> None:
    source = acme.source(token=None, app_id="77", installation_id="99", private_key={"file": str(file)})
    unit = collect(COLLECTORS["github.people.users"], source, version="0", clock=lambda: AS_OF)
    source.close()
    assert (unit.unit.gaps, unit.unit.principal) == ((), "installation 99 of app 77")
    asked, *others = acme.server.asked
    assert (asked.verb, asked.path) == ("POST", "/app/installations/99/access_tokens")
    assert {each.headers["authorization"] for each in others} == {"Bearer given-for-this-test"}
    assertion = asked.headers["authorization"].removeprefix("Bearer ")
    head, claims, signature = assertion.split(".")
    KEY.public_key().verify(
        base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode(), PKCS1v15(), SHA256()
    )
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (said["iss"], said["exp"] - said["iat"]) == ("77", 600)
    kept = everything_kept(unit)
    assert b"given-for-this-test" not in kept
    assert assertion.encode() not in kept


def test_a_token_is_kept_until_shortly_before_its_end(file: Path) -> None:
    now, given = [AS_OF], iter(range(10))

    def exchange(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> dict[str, str]:
        return {"token": f"token{next(given)}", "expires_at": (now[0] + timedelta(hours=1)).isoformat()}

    credential = InstallationToken("https://api.github.com", "1", "2", file.read_text, lambda: now[0])
    first = credential.headers(exchange)
    assert credential.headers(exchange) == first == {"Authorization": "Bearer token0"}
    now[0] += timedelta(minutes=55)
    second = credential.headers(exchange)
    assert second == {"Authorization": "Bearer token1"}
    assert credential.renew(first)  # somebody has renewed it meanwhile
    assert credential.headers(exchange) == second
    assert credential.renew(second)
    assert credential.headers(exchange) == {"Authorization": "Bearer token2"}
