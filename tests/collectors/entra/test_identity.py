"""The way in by azure-identity itself, against an authority of our own that speaks TLS."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from azure.core.credentials import AccessToken, TokenCredential

import collectors.entra
from collectors.entra._identity import AzureIdentity
from collectors.entra.source import Entra
from collectors.rest_answers import RestError
from core.engine import collect
from core.settings import Secret
from tests.collectors.entra.conftest import COLLECTORS, Office
from tests.collectors.rest_world import clock, everything_kept
from tests.entra_server import APPLICATION_ID, TENANT_ID, error, token
from tests.https_server import Answer, Asked, Said

SECRET = "only-for-this-test-8Q~x"


@pytest.fixture
def entra(acme: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entra]:
    """The tenant as a scan opens it: with a secret, an authority elsewhere, and its own file of who signs."""
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", acme.server.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(acme.server.authority))
    monkeypatch.setenv("ENTRA_SECRET", SECRET)
    monkeypatch.setenv("AZURE_RESOURCE_MANAGER_ENDPOINT", acme.server.url)
    settings = collectors.entra.Settings(
        name="acme", tenant=TENANT_ID, credential="secret", client_id=APPLICATION_ID, secret=Secret(env="ENTRA_SECRET"),
        url=acme.server.url, authority=str(acme.server.authority), diagnostic_settings=True,
    )  # fmt: skip
    (source,) = collectors.entra.open_sources([settings], list(COLLECTORS.values()), clock)
    assert isinstance(source, Entra)
    yield source
    source.close()


def test_a_scan_signs_in_and_nothing_of_it_is_kept(acme: Office, entra: Entra) -> None:
    real: Answer = acme.shows.answer
    ended = [False]

    def answer(asked: Asked) -> Said:
        if "$skiptoken" in asked.query and not ended[0]:
            ended[0] = True
            return error(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.")
        return real(asked)

    acme.server.answer = answer
    unit = collect(COLLECTORS["entra.users.users"], entra, version="0", clock=clock)
    assert not unit.unit.gaps
    assert unit.unit.principal == f"{TENANT_ID}/o-annexa"
    given = [each for each in acme.server.asked if each.path.endswith("/oauth2/v2.0/token")]
    assert len(given) == 2  # the second because the first token was refused, though it had not ended
    assert f"{acme.server.url}/.default".encode() in given[0].body.replace(b"%3A", b":").replace(b"%2F", b"/")
    kept = everything_kept(unit)
    assert SECRET.encode() not in kept
    assert token(tid=TENANT_ID, oid="o-annexa").encode() not in kept


def test_azure_is_asked_with_a_token_of_its_own(acme: Office, entra: Entra) -> None:
    unit = collect(COLLECTORS["entra.logs.logs"], entra, version="0", clock=clock)
    assert not unit.unit.gaps
    scopes = [
        dict(parse_qsl(each.body.decode()))["scope"] for each in acme.server.asked if each.path.endswith("/token")
    ]
    assert [each.partition(" ")[0] for each in scopes] == [
        f"{acme.server.url}/.default", "https://management.azure.com/.default",
    ]  # fmt: skip
    assert token(tid=TENANT_ID, oid="o-annexa").encode() not in everything_kept(unit)


def test_a_wrong_secret_is_a_gap_that_says_so_and_repeats_nothing(acme: Office, entra: Entra) -> None:
    real: Answer = acme.shows.answer

    def answer(asked: Asked) -> Said:
        if not asked.path.endswith("/oauth2/v2.0/token"):
            return real(asked)
        words = "AADSTS7000215: Invalid client secret provided. Trace ID: 5c8bd1a1-3a0f-4f4c-9b7e-0d1c0a1d2e3f"
        return Said({"error": "invalid_client", "error_description": words, "error_codes": [7000215]}, 401)

    acme.server.answer = answer
    unit = collect(COLLECTORS["entra.devices.devices"], entra, version="0", clock=clock)
    (gap,) = unit.unit.gaps
    assert "AADSTS7000215" in gap.reason
    assert "5c8bd1a1" not in gap.reason
    assert "still valid" in gap.hint
    assert SECRET.encode() not in everything_kept(unit)


class Made(TokenCredential):
    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken("no token of Entra", 0)


def test_a_token_that_says_nothing_is_a_bearer_without_a_name() -> None:
    identity = AzureIdentity(Made, "https://graph.example")
    assert identity.headers(nobody) == {"Authorization": "Bearer no token of Entra"}
    assert identity.bearer() == "bearer of a token of Entra"


def test_what_azure_identity_raises_is_a_failure_to_look() -> None:
    def make() -> TokenCredential:
        raise ValueError("the file is no certificate")

    with pytest.raises(RestError, match="azure-identity gives no token: ValueError: the file is no certificate"):
        AzureIdentity(make, "https://graph.example").headers(nobody)


def nobody(url: str, form: object, headers: object) -> None:
    raise AssertionError("azure-identity asks by itself")
