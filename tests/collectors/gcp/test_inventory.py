"""The way to the inventory: pages, waiting, refusals, who asks, what is left out, and the same again from the record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import grpc  # type: ignore[import-untyped] # it brings no types
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from collectors.gcp import _client, _credentials, open_sources, replay
from collectors.gcp.asking import Listing
from collectors.gcp.equivalent import equivalent
from collectors.gcp.settings import Settings
from collectors.gcp.source import LEFT_OUT, EstateSurvey
from collectors.rest_answers import RestError
from core.model import CollectionGap
from core.plugins import PluginError
from core.resource import missing_fields
from core.settings import read_document
from evidence_store.store import Store
from runs.configuration import read
from runs.reperform import Asked, reperform
from runs.reperformance import Answer
from runs.scan import Progress, scan
from runs.selection import Wish
from runs.state import report
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import (
    AS_OF,
    CHECKS,
    COLLECTORS,
    DENIED,
    GROUPS,
    SURVEY,
    USED,
    clock,
    inventory,
    judge,
    look,
    run,
    surveyed,
    world,
)
from tests.gcp_server import Fault, Inventory, directory_served, served

LISTINGS = sum(isinstance(one, Listing) for each in COLLECTORS.values() for one in each.permissions)
INSTANCES, KEYS = "gcp.compute.instances", "gcp.service_accounts.keys"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_client, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(_client, "ALL_ATTEMPTS", 0.3)


def test_a_listing_is_asked_page_by_page_and_each_page_is_on_record() -> None:
    unit = world().units[KEYS].unit
    assert [(each.page, each.items, each.status) for each in unit.exchanges] == [(1, 3, "OK"), (2, 1, "OK")]
    assert unit.exchanges[0].parameters == {
        "parent": "organizations/900", "contentType": "RESOURCE",
        "assetTypes": "iam.googleapis.com/ServiceAccountKey", "page": "1",
    }  # fmt: skip
    body = json.loads(world().units[KEYS].bodies[unit.exchanges[0].response])
    assert body["readTime"] == "2026-11-23T11:59:00Z"
    assert body["assets"][0]["resource"]["data"]["keyType"] == "SYSTEM_MANAGED"


def test_groups_are_opened_with_the_groups_in_them() -> None:
    found = world().found("gcp_group")
    assert {name: each.members for name, each in found.items()} == {
        "admins@example.org": ("group:ops@example.org", "user:ada@example.org", "user:bob@example.org"),
        "auditors@example.org": (),
        "ops@example.org": ("group:admins@example.org", "serviceAccount:ops@example-shop.iam.gserviceaccount.com"),
    }
    assert sorted(found["admins@example.org"].persons()) == ["ada@example.org", "bob@example.org"]


def test_a_group_that_is_not_shown_hides_no_other() -> None:
    with inventory() as (_, address), directory_served(GROUPS, ["admins@example.org"]) as (directory, _):
        seen = look(surveyed(address, directory), "gcp.groups.groups")
    found = seen.found("gcp_group")
    assert "403" in missing_fields(found["admins@example.org"])["members"]
    assert not list(found["admins@example.org"].persons())
    assert found["auditors@example.org"].members == ()
    assert not seen.units["gcp.groups.groups"].unit.gaps


def test_pages_are_as_large_as_they_may_be_and_nothing_is_asked_twice() -> None:
    with inventory() as (shown, address):
        look(surveyed(address))
    assert shown.calls.pop("RESOURCE iam.googleapis.com/ServiceAccount") == 2  # and once more, for where to ask
    assert set(shown.calls.values()) == {1}
    assert {each.page_size for each in shown.asked} == {1000}
    assert len(shown.asked) == LISTINGS


@pytest.mark.parametrize("code", ["RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"])
def test_what_may_go_well_later_is_asked_again_also_between_pages(code: str) -> None:
    with inventory() as (shown, address):
        shown.page_size = 1
        shown.faults.append(Fault(code, type="compute.googleapis.com/Instance", page=2, times=2))
        unit = look(surveyed(address), INSTANCES).units[INSTANCES]
    assert not unit.unit.gaps
    assert [each.attempts for each in unit.unit.exchanges] == [1, 3]
    assert unit.unit.exchanges[1].throttled == (2 if code == "RESOURCE_EXHAUSTED" else 0)
    assert len(unit.evidence[0].resources) == 2


@pytest.mark.parametrize(
    ("code", "reason", "retryable", "hint"),
    [
        ("PERMISSION_DENIED", "", False, "annexa permissions gcp"),
        ("PERMISSION_DENIED", "SERVICE_DISABLED", False, "gcloud services enable"),
        ("PERMISSION_DENIED", "USER_PROJECT_DENIED", False, "serviceUsageConsumer"),
        ("PERMISSION_DENIED", "SECURITY_POLICY_VIOLATED", False, "VPC Service Controls"),
        ("UNAUTHENTICATED", "", False, "renew"),
        ("INVALID_ARGUMENT", "", False, "asset types"),
        ("NOT_FOUND", "", False, "scope"),
        ("RESOURCE_EXHAUSTED", "", True, "scan again later"),
        ("UNIMPLEMENTED", "", False, ""),
    ],
)
def test_a_refusal_in_the_middle_keeps_what_was_seen_and_says_what_to_do(
    code: str, reason: str, retryable: bool, hint: str
) -> None:
    with inventory() as (shown, address):
        shown.page_size = 1
        shown.faults.append(Fault(code, reason, type="compute.googleapis.com/Instance", page=2))
        unit = look(surveyed(address), INSTANCES).units[INSTANCES]
    (gap,) = unit.unit.gaps
    assert code in gap.reason
    assert reason in gap.reason
    assert gap.retryable is retryable
    assert hint in gap.hint
    assert len(unit.evidence[0].resources) == 1
    assert unit.unit.exchanges[-1].status == code
    again = run(COLLECTORS[INSTANCES], replay(unit.unit, unit.unit.exchanges, unit.bodies, clock))
    assert (again.evidence, again.unit.gaps) == (unit.evidence, unit.unit.gaps)


def test_nobody_there_is_a_gap() -> None:
    unit = run(COLLECTORS[SURVEY], surveyed("localhost:1"))
    (gap,) = unit.unit.gaps
    assert "cannot be reached" in gap.reason or "UNAVAILABLE" in gap.reason
    assert gap.retryable


def test_pages_that_lead_in_a_circle_end() -> None:
    with inventory() as (shown, address):
        shown.page_size = 1
        shown.circular = True
        unit = run(COLLECTORS[SURVEY], surveyed(address))
    assert "in a circle" in unit.unit.gaps[0].reason


def test_who_is_not_shown_the_scope_itself_is_shown_nothing() -> None:
    with inventory(without=estate.ORGANIZATION) as (_, address):
        seen = look(surveyed(address), INSTANCES)
    assert "does not show organizations/900 itself" in seen.units[SURVEY].unit.gaps[0].reason
    findings = judge(seen.evidence, [CHECKS["gcp.survey.project_is_looked_at"]])
    assert [each.verdict.status for each in findings if each.resource == "*"] == ["unknown"]


@pytest.mark.parametrize("scope", ["organizations/900", "folders/800", "projects/123", "projects/example-shop"])
def test_a_scope_may_be_an_organization_a_folder_or_a_project(scope: str) -> None:
    with inventory() as (_, address):
        seen = look(surveyed(address, scope=scope), INSTANCES)
    assert not [each.unit.gaps for each in seen.units.values() if each.unit.gaps]
    assert "projects/123" in seen.found("gcp_container")
    assert len(seen.found("gcp_instance")) == (1 if scope.startswith("projects/") else 2)
    assert {each.source for each in seen.evidence} == {f"gcp/{scope.replace('/', '-')}"}


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [
        ({"exclude": {"projects": ["projects/124"]}}, "excluded by the configuration"),
        ({"exclude": {"projects": ["projects/example-lab"]}}, "excluded by the configuration"),
        ({"exclude": {"labels": {"stage": "experiment"}}}, "excluded by the configuration"),
        ({"include": {"labels": {"stage": "production"}}}, "not included by the configuration"),
        ({"include": {"projects": ["projects/123"]}}, "not included by the configuration"),
    ],
)
def test_what_is_left_out_is_said_and_nothing_of_it_is_kept(settings: dict[str, Any], left_out: str) -> None:
    with inventory() as (_, address):
        seen = look(surveyed(address, **settings))
    containers = seen.found("gcp_container")
    assert containers["projects/124"].left_out == left_out
    assert containers["projects/123"].looked_at
    assert containers["projects/125"].left_out == "its state is DELETE_REQUESTED"
    others = {name: each for name, each in seen.units.items() if name != SURVEY}
    assert not any(b"example-lab" in body for each in others.values() for body in each.bodies.values())
    assert seen.units[INSTANCES].unit.exchanges[0].headers == {LEFT_OUT: "1"}
    nobody_to_ask = {"gcp.last_use.uses", "gcp.threats.services"}  # there is no server for anything but the inventory
    assert {name for name, each in others.items() if each.unit.gaps} <= nobody_to_ask


def test_all_projects_of_a_folder_can_be_left_out() -> None:
    with inventory() as (_, address):
        seen = look(surveyed(address, exclude={"folders": ["folders/800"]}), INSTANCES)
    assert not seen.found("gcp_instance")
    findings = judge(seen.evidence, [CHECKS["gcp.survey.project_is_looked_at"]])
    assert {each.verdict.status.value for each in findings if each.resource in ("projects/123", "projects/124")} == {
        "fail"
    }


def test_what_nobody_can_place_is_left_out_and_is_a_gap() -> None:
    with inventory() as (shown, address):
        shown.page_size = 1
        shown.faults.append(Fault("PERMISSION_DENIED", type="cloudresourcemanager.googleapis.com/Project", page=3))
        seen = look(surveyed(address, exclude={"labels": {"stage": "experiment"}}), INSTANCES)
    unit = seen.units[INSTANCES]
    assert [each.reason for each in unit.unit.gaps] == [
        "organizations/900: 2 assets belong to projects that the survey could not see, and were left out"
    ]
    assert not unit.evidence[0].resources
    again = run(COLLECTORS[INSTANCES], replay(unit.unit, unit.unit.exchanges, unit.bodies, clock))
    assert (again.evidence, again.unit.gaps) == (unit.evidence, unit.unit.gaps)


@pytest.mark.parametrize("name", COLLECTORS)
def test_the_record_of_a_unit_shows_the_same_again(name: str) -> None:
    unit = world().units[name]
    assert not unit.unit.gaps
    again = run(COLLECTORS[name], replay(unit.unit, unit.unit.exchanges, unit.bodies, clock))
    assert again.evidence == unit.evidence
    assert [each.encoded for each in again.evidence] == [each.encoded for each in unit.evidence]


def test_secrets_are_in_nothing_that_is_kept() -> None:
    bodies = [body for unit in world().units.values() for body in unit.bodies.values()]
    assert not any(estate.SECRET.encode() in body for body in bodies)
    assert any(b"[redacted: metadata" in body for body in bodies)
    (toy,) = (each for each in world().units[INSTANCES].unit.exchanges if each.redactions)
    assert toy.redactions["metadata"] == 1


def test_an_asset_that_the_inventory_cut_off_is_not_observed_where_it_is_silent() -> None:
    whole = next(each for each in estate.DATA if each["name"].endswith("/example-archive"))
    short = {**whole, "assetExceptions": [{"exceptionType": "TRUNCATION"}]}
    short["resource"] = {**whole["resource"], "data": {"name": "example-archive"}}
    with inventory(short, without="/example-archive") as (_, address):
        bucket = look(surveyed(address), "gcp.storage.buckets").found("gcp_bucket")[
            "//storage.googleapis.com/example-archive"
        ]
    assert bucket.name == "example-archive"
    assert missing_fields(bucket)["key"] == "encryption.defaultKmsKeyName is not shown: the inventory cut the asset off"


@pytest.mark.parametrize("data", [None, {}])
def test_an_asset_without_its_resource_says_nothing(data: object) -> None:
    whole = next(each for each in estate.DATA if each["name"].endswith("/example-archive"))
    bare = {**whole, "resource": {"version": "v1", "location": "eu", **({} if data is None else {"data": data})}}
    with inventory(bare, without="/example-archive") as (_, address):
        bucket = look(surveyed(address), "gcp.storage.buckets").found("gcp_bucket")[
            "//storage.googleapis.com/example-archive"
        ]
    assert {"key", "versioning", "uniform_access", "retention_locked"} <= missing_fields(bucket).keys()


def test_the_command_asks_the_same() -> None:
    unit = world().units[KEYS].unit
    assert equivalent(unit, unit.exchanges[0]) == (
        "gcloud asset list --organization=900 --content-type=resource "
        "--asset-types=iam.googleapis.com/ServiceAccountKey --page-size=1000 --format=json"
    )
    lookup = world().units["gcp.groups.groups"].unit
    said = next(each for each in lookup.exchanges if each.operation.endswith("groups:lookup"))
    assert equivalent(lookup, said).startswith(
        "curl --fail-with-body --request GET --url-query groupKey.id=admins@example.org"
    )
    told = world().units[SURVEY].unit
    assert equivalent(told, told.exchanges[0]).startswith(":")


def test_who_cannot_sign_in_opens_no_group() -> None:
    given = Settings(scope=estate.ORGANIZATION, credentials="/nowhere/key.json")
    with pytest.raises(
        RestError, match=r"there is nobody to sign in as: File /nowhere/key\.json was not found"
    ) as refused:
        _credentials.Signed(given).headers(lambda *_: None)
    assert "application default credentials" in refused.value.hint


def test_what_is_missing_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "collectors.gcp._client", None)
    with pytest.raises(PluginError) as refused:
        list(open_sources([Settings(scope="projects/123")], [], clock))
    assert refused.value.hint == "pip install 'annexa[gcp]'"


def test_a_bug_is_no_answer() -> None:
    assert surveyed("localhost:1").explain(KeyError("x")) is None
    with pytest.raises(KeyError):
        raise _client._understood(KeyError("x"))


# --- with credentials and TLS, as in production


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that is its own authority. gRPC reads the file once in each process."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(AS_OF - timedelta(days=3000)).not_valid_after(AS_OF + timedelta(days=3000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture(scope="module")
def tokens() -> Iterator[str]:
    """Where a signed claim of a service account is changed for a token (RFC 7523)."""

    class Tokens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps({"access_token": "the-token", "expires_in": 3600, "token_type": "Bearer"}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Tokens)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()


EMAIL = "annexa@example-shop.iam.gserviceaccount.com"


def secured(authority: Path) -> grpc.ServerCredentials:
    pair = ((authority / "key.pem").read_bytes(), (authority / "certificate.pem").read_bytes())
    return grpc.ssl_server_credentials([pair])


@cache
def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def signed(folder: Path, tokens: str) -> Path:
    """The file of a service account's key."""
    file = folder / "credentials.json"
    told = {"type": "service_account", "client_email": EMAIL, "private_key": private_key(), "token_uri": tokens}
    file.write_text(json.dumps(told))
    return file


def test_with_a_key_over_tls_the_library_says_who_asks_and_for_which_project(
    tmp_path: Path, authority: Path, tokens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(authority / "certificate.pem"))
    file = signed(tmp_path, tokens)
    shown = Inventory(estate.EVERYTHING)
    with served(shown, secured(authority)) as address:
        given = Settings(
            scope="organizations/900", credentials=str(file), quota_project="example-shop", endpoint=address
        )
        (source,) = open_sources([given], [], clock)
        assert isinstance(source, EstateSurvey)
        unit = run(COLLECTORS[SURVEY], source)
        source.close()
    assert not unit.unit.gaps
    assert unit.unit.principal == EMAIL
    assert shown.metadata[0]["x-goog-user-project"] == "example-shop"
    assert shown.metadata[0]["authorization"].startswith("Bearer ")
    assert b"PRIVATE KEY" not in b"".join(unit.bodies.values())


def test_a_whole_scan_is_sealed_and_reperformed_without_google(
    tmp_path: Path, authority: Path, tokens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(authority / "certificate.pem"))
    monkeypatch.chdir(tmp_path)
    shown = Inventory(estate.EVERYTHING)
    shown.faults.append(Fault("PERMISSION_DENIED", type="dns.googleapis.com/Policy"))
    hidden = ["auditors@example.org"]
    with (
        served(shown, secured(authority)) as address,
        directory_served(GROUPS, hidden, denied=DENIED, used=USED) as (
            directory,
            _,
        ),
    ):
        monkeypatch.setattr("collectors.gcp.ADDRESS", directory)
        text = (
            f"sources: {{gcp: [{{scope: organizations/900, credentials: {signed(tmp_path, tokens)}, endpoint: '{address}', "
            "exclude: {labels: {stage: experiment}}}]}\n"
        )
        configuration = read(read_document("config.yaml", text), dict(os.environ), tmp_path)
        done = scan(configuration, Wish(), clock, trigger="test", progress=Progress())
    with Store.open(configuration.location) as store:
        found = report(configuration, store, AS_OF, done=done)
        again = reperform(store, Asked())
    statuses = {(each.check, each.resource): each.status for each in found.findings}
    assert statuses["gcp.survey.project_is_looked_at", estate.LAB] == "fail"
    assert statuses["gcp.survey.project_is_looked_at", estate.SHOP] == "pass"
    assert statuses["gcp.iam_duties.organization_has_few_administrators", estate.ORGANIZATION] == "pass"
    assert statuses["gcp.encryption.key_rotates", f"//cloudkms.googleapis.com/{estate.KEY}"] == "pass"
    assert {each.status for each in found.findings if each.check == "gcp.networks.network_logs_names"} == {"unknown"}
    assert [each.collector for each in found.gaps] == ["gcp.dns.policies"]
    assert {each.answer for each in again.units} == {Answer.REPRODUCED}
    assert {each.answer for each in again.checks} == {Answer.REPRODUCED}
    assert len(shown.asked) == LISTINGS


@pytest.mark.parametrize(
    "settings",
    [
        {"credentials": "/nowhere/key.json"},
        {"impersonate": "reader@example-shop.iam.gserviceaccount.com", "credentials": "/nowhere/key.json"},
    ],
)
def test_credentials_that_lead_nowhere_are_a_gap(settings: dict[str, str]) -> None:
    (source,) = open_sources([Settings.model_validate({"scope": "projects/123", **settings})], [], clock)
    (gap,) = run(COLLECTORS[SURVEY], source).unit.gaps
    assert gap.reason.startswith("projects/123: there is nobody to sign in as: File /nowhere/key.json was not found")
    assert "application default credentials" in gap.hint


def test_an_account_is_impersonated(tmp_path: Path, tokens: str) -> None:
    file = tmp_path / "user.json"
    file.write_text(
        json.dumps(
            {
                "type": "authorized_user",
                "client_id": "c",
                "client_secret": "s",
                "refresh_token": "r",
                "token_uri": tokens,
            }
        )
    )
    reader = "reader@example-shop.iam.gserviceaccount.com"
    found = _credentials.credentials_of(Settings(scope="projects/123", credentials=str(file), impersonate=reader))
    assert found.service_account_email == reader
    assert found._target_scopes == [_credentials.SCOPE]


def test_application_default_credentials_are_looked_for_where_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/default.json")
    (source,) = open_sources([Settings(scope="projects/123")], [], clock)
    (gap,) = run(COLLECTORS[SURVEY], source).unit.gaps
    assert isinstance(gap, CollectionGap)
    assert "/nowhere/default.json was not found" in gap.reason
