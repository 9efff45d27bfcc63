"""Who signs people in, and what goes around it: what is told, what is hidden, and what only the plan settles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.collectors.github.server import released, said
from tests.collectors.rest_world import Place, told

PROVIDER = {"ssoUrl": "https://login.example.org/saml2/sso?idpid=C01"}
FORBIDDEN = {
    "type": "FORBIDDEN", "path": ["organization", "samlIdentityProvider"], "message": "Resource not accessible by integration",
}  # fmt: skip
REFUSED = "? POST api/graphql is answered with FORBIDDEN (Resource not accessible by integration)"
OWN_ONLY = "? GitHub says that the organization has no identity provider of its own, and its enterprise may have one"
HIDDEN = "? GitHub says that there is no identity provider, and says the same to those who may not see it"


def organization(provider: Any, *errors: Any, administers: bool = True) -> dict[str, Any]:
    about = {"viewerCanAdminister": administers, "samlIdentityProvider": provider}
    return {"data": {"organization": about}, **({"errors": list(errors)} if errors else {})}


def enterprise(*errors: Any, **owner: Any) -> dict[str, Any]:
    information = {"samlIdentityProvider": None, "oidcProvider": None, **owner} if "hidden" not in owner else None
    return {"data": {"enterprise": {"ownerInfo": information}}, **({"errors": list(errors)} if errors else {})}


NONE = enterprise()
CASES: list[tuple[str, Any, Any, tuple[str, str]]] = [
    ("enterprise", organization(PROVIDER), None, ("organization", "login.example.org")),
    ("enterprise", organization(PROVIDER, FORBIDDEN), None, ("organization", "login.example.org")),
    ("enterprise", organization({"ssoUrl": "nowhere"}), None, ("? the address of the identity provider is none",) * 2),
    ("enterprise", organization(None), None, (OWN_ONLY,) * 2),
    ("enterprise", organization(None, administers=False), None, (HIDDEN,) * 2),
    ("enterprise", organization(None, FORBIDDEN), None, (REFUSED,) * 2),
    ("enterprise", {"data": None, "errors": [FORBIDDEN]}, None, (REFUSED,) * 2),
    ("enterprise", {"errors": [{"message": "Something went wrong"}]}, None,
     ("? POST api/graphql is answered with an error (Something went wrong)",) * 2),
    ("enterprise", {"data": {"organization": None}}, None,
     ("? GitHub says that there is no such organization, or hides it",) * 2),
    ("enterprise", organization(None), enterprise(samlIdentityProvider=PROVIDER), ("enterprise", "login.example.org")),
    ("enterprise", organization(None), enterprise(oidcProvider={"providerType": "AAD"}),
     ("enterprise", "OpenID Connect, AAD")),
    ("enterprise", organization(None, FORBIDDEN), enterprise(samlIdentityProvider=PROVIDER),
     ("enterprise", "login.example.org")),
    ("enterprise", organization(None), NONE, ("nobody", "")),
    ("enterprise", organization(None, administers=False), NONE, (HIDDEN,) * 2),
    ("enterprise", organization(None), enterprise(FORBIDDEN), (REFUSED,) * 2),
    ("enterprise", organization(None), enterprise(hidden=True),
     ("? ownerInfo of enterprise of data of the answer to POST api/graphql is null",) * 2),
    ("team", organization(PROVIDER), NONE, ("nobody", "")),
    ("free", organization(None), None, ("nobody", "")),
    ("business_plus", organization(None), None, (OWN_ONLY,) * 2),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "own", "other", "expected"), CASES)
def test_who_has_set_up_a_provider(acme: Place, plan: str, own: Any, other: Any, expected: tuple[str, str]) -> None:
    acme.shows.answers["/orgs/acme"]["plan"]["name"] = plan
    acme.shows.answers["/graphql acme"] = own
    acme.shows.answers["/graphql acme-inc"] = other
    unit = acme.unit("single_sign_on.single_sign_on", enterprise="acme-inc" if other else "")
    ((found,),) = (each.values() for each in told(unit).values())
    assert (found["set_up_by"], found["provider"]) == expected
    assert (found["id"], found["plan"], unit.unit.gaps) == ("1", plan, ())


def test_a_plan_that_is_not_told_settles_nothing(acme: Place) -> None:
    del acme.shows.answers["/orgs/acme"]["plan"]
    ((found,),) = (each.values() for each in told(acme.unit("single_sign_on.single_sign_on")).values())
    assert found["plan"] == "? the answer to GET /orgs/{org} has no plan in the answer"
    assert found["set_up_by"] == "enterprise"


def test_graphql_stands_beside_the_interface_of_a_server_of_ones_own(acme: Place) -> None:
    answers = acme.shows.answers
    answers["/api/v3/orgs/acme"], answers["/api/graphql"] = answers["/orgs/acme"], organization(PROVIDER)
    unit = acme.unit("single_sign_on.single_sign_on", url=f"{acme.server.url}/api/v3")
    ((found,),) = (each.values() for each in told(unit).values())
    assert found["set_up_by"] == "organization"
    assert [(each.verb, each.path) for each in acme.server.asked] == [
        ("GET", "/api/v3/orgs/acme"), ("POST", "/api/graphql"),
    ]  # fmt: skip


def test_an_interface_that_refuses_is_unknown(acme: Place) -> None:
    acme.shows.refused["/graphql"] = said(401, "Bad credentials")
    ((found,),) = (each.values() for each in told(acme.unit("single_sign_on.single_sign_on")).values())
    assert found["provider"].startswith("? POST api/graphql is answered with status 401")


TOKEN, USED = "personal access token", datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_credentials_that_were_released(acme: Place) -> None:
    unit = acme.unit("released.credentials")
    assert not unit.unit.gaps
    found = told(unit)["github_credential"]
    assert {name: (each["login"], each["last_used"], each["ends"], each["scopes"]) for name, each in found.items()} == {
        f"ada/{TOKEN}/2026-01-01T00:00:00Z": ("ada", None, None, ("admin:org", "repo")),
        "ada/SSH key/2026-01-01T00:00:00Z": ("ada", USED, None, ()),
        f"bob/{TOKEN}/2026-10-01T00:00:00Z": ("bob", USED, datetime(2027, 1, 1, tzinfo=UTC), ("admin:org", "repo")),
    }  # fmt: skip
    kept = b"".join(unit.bodies.values())
    assert b"12345678" not in kept


def test_credentials_that_look_alike_are_two(acme: Place) -> None:
    alike = [released("ada", TOKEN, "2026-01-01T00:00:00Z", used) for used in (None, "2026-11-20T08:00:00Z")]
    del alike[1]["authorized_credential_expires_at"]
    acme.shows.answers["/orgs/acme/credential-authorizations"] = alike
    one, two = told(acme.unit("released.credentials"))["github_credential"].values()
    assert (one["last_used"], two["last_used"], two["id"]) == (None, USED, f"{one['id']}/2")
    assert two["ends"].endswith("has no authorized_credential_expires_at in the answer")


@pytest.mark.parametrize(("plan", "reasons", "questions"), [
    ({"name": "team"}, [], 1),
    ({"name": "enterprise"}, ["GET /orgs/{org}/credential-authorizations is answered with status 404 (404: Not Found)"], 2),
    (None, ["GET /orgs/{org}/credential-authorizations is answered with status 404 (404: Not Found)"], 2),
])  # fmt: skip
def test_only_a_plan_without_single_sign_on_has_none_to_release(
    acme: Place, plan: Any, reasons: list[str], questions: int
) -> None:
    acme.shows.answers["/orgs/acme"]["plan"] = plan
    acme.shows.refused["/orgs/acme/credential-authorizations"] = said(404, "Not Found")
    unit = acme.unit("released.credentials")
    assert [gap.reason for gap in unit.unit.gaps] == reasons
    assert len(acme.server.asked) == questions
