"""Every way in which the SDK's own chain finds who looks: the same that `aws` and every script of AWS use."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collectors.aws import open_sources
from collectors.aws.settings import Settings
from tests.collectors.aws.world import COLLECTORS, clock, run, world

ROLE = "arn:aws:iam::123456789012:role/reader"
KEYS = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "a", "Token": "b", "Expiration": "2099-01-01T00:00:00Z"}
SSO = {"accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "a", "sessionToken": "b", "expiration": 4070908800000}
START = "https://company.awsapps.com/start"
SAID = {
    "/container": KEYS,
    "/latest/meta-data/iam/security-credentials/machine": {"Code": "Success", **KEYS},
    "/federation/credentials": {"roleCredentials": SSO},
}


class _Neighbour(BaseHTTPRequestHandler):
    """The services that hand out keys to containers, to machines, and to people who have signed in."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body = b"machine" if path.endswith("security-credentials/") else json.dumps(SAID.get(path, {})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        """A session with the metadata service: its token is what this says of nothing."""
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Neighbour)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def profile(**settings: str) -> str:
    return "[profile looking]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items())


def sso(folder: Path, patch: pytest.MonkeyPatch, neighbour: str) -> str:
    patch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(folder))
    patch.setenv("AWS_ENDPOINT_URL_SSO", neighbour)
    token = {"accessToken": "a", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": START}
    name = hashlib.sha1(START.encode(), usedforsecurity=False).hexdigest()
    (folder / f"{name}.json").write_text(json.dumps(token), encoding="utf-8")
    return profile(sso_start_url=START, sso_region="us-east-1", sso_account_id="123456789012", sso_role_name="reader")


def web_identity(folder: Path, patch: pytest.MonkeyPatch, _neighbour: str) -> str:
    (folder / "token").write_text("a.signed.token", encoding="utf-8")
    patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(folder / "token"))
    patch.setenv("AWS_ROLE_ARN", ROLE)
    return ""


def another_role(_folder: Path, _patch: pytest.MonkeyPatch, _neighbour: str) -> str:
    keys = "[profile first]\naws_access_key_id = a\naws_secret_access_key = b\n"
    return profile(role_arn=ROLE, source_profile="first") + keys


def program(folder: Path, _patch: pytest.MonkeyPatch, _neighbour: str) -> str:
    (folder / "keys").write_text(json.dumps({"Version": 1, **KEYS}), encoding="utf-8")
    return profile(credential_process=f"cat {folder}/keys")


def container(_folder: Path, patch: pytest.MonkeyPatch, neighbour: str) -> str:
    patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{neighbour}/container")
    return ""


def machine(_folder: Path, patch: pytest.MonkeyPatch, neighbour: str) -> str:
    patch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    patch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{neighbour}/")
    return ""


@pytest.mark.parametrize("way", [sso, web_identity, another_role, program, container, machine])
def test_credentials_are_found_by_the_sdks_own_chain(
    way: Callable[[Path, pytest.MonkeyPatch, str], str], neighbour: str, tmp_path: Path
) -> None:
    with world().environment(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        text = way(tmp_path, patch, neighbour)
        (tmp_path / "config").write_text(text, encoding="utf-8")
        settings = Settings(profile="looking" if text else "")
        (survey,) = open_sources([settings], list(COLLECTORS.values()), clock)
        unit = run(COLLECTORS["aws.account.regions"], survey).unit
        survey.close()
    assert unit.gaps == ()
    assert ":123456789012:" in unit.principal
    told = repr(unit)
    assert "ASIAEXAMPLE" not in told
    assert "a.signed.token" not in told
