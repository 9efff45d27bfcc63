"""Each kind of credential, in each cloud; and one against an authority of our own that speaks TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from collectors.azure import open_sources
from collectors.azure._connection import Connection
from collectors.azure._credentials import AUTHORITIES, ENDPOINTS, credential
from collectors.azure.settings import OWN_TENANT, Settings, SubscriptionFilter
from tests.azure_server import IDENTITY, IDENTITY_HEADER, OBJECT, TENANT, AzureServer, token
from tests.collectors.azure.estate import GOOD, estate
from tests.collectors.azure.world import COLLECTORS, clock, run
from tests.https_server import Asked, Said, https_server

WHO = {"tenant": "11111111-2222-3333-4444-555555555555", "client_id": "c"}


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    """A key and a certificate of it, in one file."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "annexa")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(900))
    signed = made.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "annexa.pem"
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return str(file)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("default", "DefaultAzureCredential"),
        ("cli", "AzureCliCredential"),
        ("environment", "EnvironmentCredential"),
        ("managed_identity", "ManagedIdentityCredential"),
        ("workload_identity", "WorkloadIdentityCredential"),
        ("secret", "ClientSecretCredential"),
        ("certificate", "CertificateCredential"),
    ],
)
def test_each_kind_is_made_without_asking_anybody(
    kind: str, expected: str, certificate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", certificate)
    more: Any = {"secret": {"secret": {"env": "S"}}, "certificate": {"certificate": certificate}}.get(kind, {})
    who = {"client_id": "c"} if kind in OWN_TENANT else WHO
    settings = Settings.model_validate({"credential": kind, **who, **more})
    assert type(credential(settings, {"S": "hunter2"})).__name__ == expected


def test_a_managed_identity_looks_and_its_token_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with AzureServer(estate()) as server:
        monkeypatch.setenv("AZURE_RESOURCE_MANAGER_ENDPOINT", server.url)
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}{IDENTITY}")
        monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
        settings = Settings(credential="managed_identity", include=SubscriptionFilter(ids=[GOOD]))
        (source,) = open_sources([settings], list(COLLECTORS.values()), clock)
        collected = run(COLLECTORS["azure.subscriptions.subscriptions"], source)
        source.close()
    assert [gap.reason for gap in collected.unit.gaps] == []
    assert collected.unit.principal == f"{TENANT}/{OBJECT}"
    assert token().encode() not in b"".join(collected.bodies.values())


def authority(asked: Asked) -> Said:
    """What Entra answers an application that asks for a token
    (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, …/v2-protocols-oidc)."""
    base = f"https://{asked.headers['host']}/{WHO['tenant']}"
    if asked.path.endswith("/.well-known/openid-configuration"):
        about = {"issuer": f"{base}/v2.0", "token_endpoint": f"{base}/oauth2/v2.0/token"}
        return Said({**about, "authorization_endpoint": f"{base}/oauth2/v2.0/authorize"})
    given = dict(parse_qsl(asked.body.decode()))
    if given.get("client_secret") == "hunter2-wrong":
        return Said(
            {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}, status=401
        )
    return Said({"token_type": "Bearer", "expires_in": 3599, "access_token": token()})


@pytest.mark.parametrize(
    ("secret", "reason"), [("hunter2-right", ""), ("hunter2-wrong", "AADSTS7000215: Invalid client secret.")]
)
def test_a_secret_is_exchanged_for_a_token_over_tls_and_stands_nowhere(
    secret: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AzureServer(estate()) as azure, https_server(tmp_path, authority) as entra:
        monkeypatch.setenv("AZURE_RESOURCE_MANAGER_ENDPOINT", azure.url)
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", entra.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(entra.authority))
        monkeypatch.setenv("ANNEXA_AZURE", secret)
        said = {"credential": "secret", "secret": {"env": "ANNEXA_AZURE"}, **WHO}
        (source,) = open_sources([Settings.model_validate(said)], list(COLLECTORS.values()), clock)
        collected = run(COLLECTORS["azure.subscriptions.subscriptions"], source)
        source.close()
    gaps = "; ".join(gap.reason for gap in collected.unit.gaps)
    assert (reason in gaps, bool(gaps)) == (True, bool(reason))
    kept = gaps + str(collected.unit) + str(collected.bodies)
    assert "hunter2" not in kept
    assert token() not in kept


@pytest.mark.parametrize("cloud", ["public", "china", "us_government"])
def test_each_cloud_has_its_own_authority_and_endpoint(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_RESOURCE_MANAGER_ENDPOINT", raising=False)
    settings = Settings.model_validate({"cloud": cloud, "credential": "secret", "secret": {"env": "S"}, **WHO})
    made = credential(settings, {"S": "hunter2"})
    assert AUTHORITIES[cloud] in str(vars(made))
    assert Connection.of(settings).endpoint == ENDPOINTS[cloud]


def test_a_private_cloud_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_RESOURCE_MANAGER_ENDPOINT", "https://management.local.example/")
    assert Connection.of(Settings()).endpoint == "https://management.local.example"
    settings = Settings.model_validate({"credential": "secret", "secret": {"env": "S"}, **WHO})
    made = credential(settings, {"S": "x", "AZURE_AUTHORITY_HOST": "https://login.local.example"})
    assert "login.local.example" in str(vars(made))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"credential": "secret"}, "the credential secret needs tenant and client_id and secret"),
        ({"credential": "certificate", **WHO}, "the credential certificate needs certificate"),
        ({"tenant": "t"}, "the credential default has a tenant of its own"),
        ({"secret": {"env": "S"}}, "a secret is used by credential: secret alone"),
        ({"certificate": "/x"}, "a certificate is used by credential: certificate alone"),
        ({"include": {"ids": ["mine"]}}, "the id of a subscription looks like"),
    ],
)
def test_settings_that_do_not_fit_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings.model_validate(given)
