"""The service account's way in: what google-auth signs, for whom, for which scope, and that nothing of it is kept."""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from collectors.google_workspace import Settings
from collectors.google_workspace._credentials import DelegatedToken
from collectors.rest_answers import RestError
from core.engine import collect
from core.plugins import PluginError
from tests.collectors.google_workspace.conftest import COLLECTORS, SUBJECT, WorkspacePlace, key_beside
from tests.collectors.rest_world import AS_OF, clock, everything_kept
from tests.google_workspace_server import AUTH, DIRECTORY, claimed, error
from tests.https_server import Asked, Said


def collected(acme: WorkspacePlace, name: str, **settings: Any) -> Any:
    source = acme.source(**settings)
    unit = collect(COLLECTORS[f"google_workspace.{name}"], source, version="0", clock=clock)
    source.close()
    return unit


def test_the_key_signs_for_whom_it_acts_and_for_one_scope(acme: WorkspacePlace) -> None:
    unit = collected(acme, "users.grants")
    assert unit.unit.gaps == ()
    pem = json.loads(key_beside(acme.server).read_text())["private_key"]
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    asked = [each for each in acme.server.asked if each.path == "/token"]
    assert len(asked) == 2
    for each in asked:
        assertion = parse_qs(each.body.decode())["assertion"][0]
        claims = claimed(assertion)
        assert (claims["sub"], claims["iss"]) == (SUBJECT, "annexa@annexa.iam.gserviceaccount.com")
        words, _, signature = assertion.rpartition(".")
        key.public_key().verify(base64.urlsafe_b64decode(signature + "=="), words.encode(), PKCS1v15(), SHA256())
        assert assertion.encode() not in everything_kept(unit)
    assert {str(claimed(parse_qs(each.body.decode())["assertion"][0])["scope"]) for each in asked} == {
        f"{AUTH}admin.directory.user.readonly", f"{AUTH}admin.directory.user.security",
    }  # fmt: skip
    # Time stands still here, so two that took as many milliseconds are told as one.
    assert [each.operation for each in unit.unit.exchanges].count("POST token") in (1, 2)
    assert b"given-for-" not in everything_kept(unit)
    assert pem.encode() not in everything_kept(unit)


def test_a_scope_that_is_not_delegated_blinds_nothing_else(acme: WorkspacePlace) -> None:
    acme.shows.delegated.remove("admin.directory.user.security")
    (gap,) = acme.unit("users.grants").unit.gaps
    assert gap.reason.endswith("gives no token: status 401")
    assert gap.hint.endswith("that the scope is delegated: `annexa permissions google_workspace`")
    assert acme.unit("users.users").unit.gaps == ()


def test_a_token_that_expires_in_the_middle_is_replaced_once(acme: WorkspacePlace) -> None:
    real, refused = acme.server.answer, [True]

    def answer(asked: Asked) -> Said:
        if "pageToken" in asked.query and refused:
            refused.clear()
            return error(401, "authError", "Invalid Credentials")
        return real(asked)

    acme.server.answer = answer
    unit = collected(acme, "users.users")
    assert unit.unit.gaps == ()
    assert [each.path for each in acme.server.asked] == [
        "/token", f"{DIRECTORY}/users", f"{DIRECTORY}/users", "/token", f"{DIRECTORY}/users",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "key", ["no key", "[]", "{}", '{"client_email": "a", "token_uri": "b", "private_key": "secret"}']
)
def test_what_is_no_key_is_a_gap_that_does_not_repeat_it(acme: WorkspacePlace, tmp_path: Path, key: str) -> None:
    (tmp_path / "key.json").write_text(key, encoding="utf-8")
    (gap,) = collected(acme, "domains.domains", key={"file": str(tmp_path / "key.json")}).unit.gaps
    assert gap.reason == "the key of the service account is not what Google gives for one"
    assert acme.server.asked == []


def test_a_token_ends_when_google_says(acme: WorkspacePlace) -> None:
    token = DelegatedToken(key_beside(acme.server).read_text, SUBJECT, f"{AUTH}apps.alerts", clock)
    given = {"access_token": "one", "expires_in": 600}
    assert token.fetch(lambda *_: given, AS_OF) == ("one", AS_OF + timedelta(minutes=10))
    with pytest.raises(RestError, match=rf"^Google gave no token for {AUTH}apps.alerts$"):
        token.fetch(lambda *_: {"expires_in": 600}, AS_OF)


def test_without_google_auth_the_extra_is_named(acme: WorkspacePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "collectors.google_workspace._credentials", None)
    with pytest.raises(PluginError, match=r"^google_workspace needs a package") as raised:
        acme.source()
    assert raised.value.hint == "pip install 'annexa[google_workspace]'"


def test_without_a_key_google_signs_for_whoever_may_impersonate(
    acme: WorkspacePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real google-auth, whose addresses are turned to loopback: default credentials, signJwt, and the token."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_beside(acme.server)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(acme.server.authority))
    monkeypatch.setattr("google.auth.iam._IAM_SIGNJWT_ENDPOINT", f"{acme.server.url}/sign/{{}}:signJwt")
    monkeypatch.setattr(
        "google.auth.impersonated_credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{acme.server.url}/token"
    )
    acme.shows.delegated.add("iam")
    reader = "reader@annexa.iam.gserviceaccount.com"
    unit = collected(acme, "domains.domains", key=None, impersonate=reader)
    assert (unit.unit.gaps, len(unit.evidence[0].resources)) == ((), 2)
    sign = next(each for each in acme.server.asked if each.path == f"/sign/{reader}:signJwt")
    payload = json.loads(json.loads(sign.body)["payload"])
    assert (payload["iss"], payload["sub"], payload["scope"]) == (
        reader, SUBJECT, f"{AUTH}admin.directory.domain.readonly",
    )  # fmt: skip
    assert b"given-for-" not in everything_kept(unit)

    acme.shows.delegated.remove("admin.directory.domain.readonly")
    (gap,) = collected(acme, "domains.domains", key=None, impersonate=reader).unit.gaps
    assert gap.reason == f"{reader} gets no token for {AUTH}admin.directory.domain.readonly: RefreshError"


@pytest.mark.parametrize(("way", "words"), [
    ({"key": {"env": "KEY"}, "subject": "annexa"}, "subject"),
    ({"subject": SUBJECT}, "give either key, or impersonate"),
    ({"key": {"env": "KEY"}, "impersonate": "a@b.iam.gserviceaccount.com", "subject": SUBJECT}, "give either key"),
    ({"impersonate": "somebody@example.org", "subject": SUBJECT}, "impersonate"),
])  # fmt: skip
def test_there_is_one_way_in(way: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Settings(name="a", **way)
