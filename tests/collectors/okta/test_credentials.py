"""The application's way in: what is signed, sent, kept for a while, and never written down."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from collectors.okta.credentials import PrivateKeyJwt
from core.engine import collect
from tests.collectors.okta.conftest import COLLECTORS
from tests.collectors.rest_world import AS_OF, Place, everything_kept
from tests.https_server import Asked, Said


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_rsa_key(65537, 2048)


@pytest.fixture
def file(tmp_path: Path, key: RSAPrivateKey) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def read(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_a_token_is_given_for_what_the_key_signed(acme: Place, file: Path, key: RSAPrivateKey) -> None:
    source = acme.source(token=None, client_id="0oa1client", private_key={"file": str(file)})
    unit = collect(COLLECTORS["okta.users.users"], source, version="0", clock=lambda: AS_OF)
    source.close()
    assert (unit.unit.gaps, unit.unit.principal) == ((), "application 0oa1client")
    asked, *others = acme.server.asked
    assert {each.headers["authorization"] for each in others} == {"Bearer given-for-this-test"}
    assert "authorization" not in asked.headers
    form = {name: value for name, (value,) in parse_qs(asked.body.decode()).items()}
    assert "okta.users.read" in form["scope"].split()
    head, claims, signature = form["client_assertion"].split(".")
    key.public_key().verify(
        base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode(), PKCS1v15(), SHA256()
    )
    said = read(claims)
    assert (said["iss"], said["sub"], said["aud"]) == ("0oa1client", "0oa1client", f"{acme.server.url}/oauth2/v1/token")
    assert read(head) == {"alg": "RS256", "typ": "JWT"}
    kept = everything_kept(unit)
    assert b"given-for-this-test" not in kept
    assert form["client_assertion"].encode() not in kept


def test_a_token_is_kept_until_shortly_before_its_end(file: Path) -> None:
    now = AS_OF
    given = iter(range(10))

    def clock() -> datetime:
        return now

    def exchange(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> dict[str, object]:
        return {"access_token": f"token{next(given)}", "expires_in": 3600}

    credential = PrivateKeyJwt("https://a.okta.com", "0oa1", file.read_text, ["b", "a"], clock)
    first = credential.headers(exchange)
    assert credential.headers(exchange) == first == {"Authorization": "Bearer token0"}
    now += timedelta(minutes=55)
    second = credential.headers(exchange)
    assert second == {"Authorization": "Bearer token1"}
    assert credential.renew(first)  # somebody has renewed it meanwhile
    assert credential.headers(exchange) == second
    assert credential.renew(second)
    assert credential.headers(exchange) == {"Authorization": "Bearer token2"}


def test_a_token_that_expires_in_the_middle_is_replaced_once(acme: Place, file: Path) -> None:
    real, refused = acme.server.answer, [True]

    def answer(asked: Asked) -> Said:
        if "after" in asked.query and refused:
            refused.clear()
            return Said({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, 401)
        return real(asked)

    acme.server.answer = answer
    source = acme.source(token=None, client_id="0oa1client", private_key={"file": str(file)})
    unit = collect(COLLECTORS["okta.users.users"], source, version="0", clock=lambda: AS_OF)
    assert len(unit.evidence[0].resources) == 5
    assert [each.path for each in acme.server.asked].count("/oauth2/v1/token") == 2


@pytest.mark.parametrize("pem", [
    "no key", generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
])  # fmt: skip
def test_what_is_no_key_is_a_gap_that_does_not_repeat_it(acme: Place, tmp_path: Path, pem: str) -> None:
    (tmp_path / "key.pem").write_text(pem, encoding="utf-8")
    source = acme.source(token=None, client_id="0oa1client", private_key={"file": str(tmp_path / "key.pem")})
    unit = collect(COLLECTORS["okta.users.users"], source, version="0", clock=lambda: AS_OF)
    (gap,) = unit.unit.gaps
    assert gap.reason == "the private key is no RSA key in PEM without a password"
    assert acme.server.asked == []
