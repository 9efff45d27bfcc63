"""The truth tables of services that speak SCIM."""

from __future__ import annotations

from typing import Any

import pytest

from checks.scim.service import passwords_are_never_returned, passwords_open_nothing, strangers_see_nothing
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.scim import ScimService


def service(**changes: Any) -> ScimService:
    values: dict[str, Any] = {
        "id": "scim/corp", "authentication": ("oauthbearertoken",), "passwords_returned": "never", "strangers": "refused",
    }  # fmt: skip
    return ScimService(**{**values, **changes})


@pytest.mark.parametrize(("strangers", "status"), [
    ("refused", Status.PASS), ("nothing", Status.PASS), ("shown", Status.FAIL),
])  # fmt: skip
def test_strangers_see_nothing(strangers: str, status: Status) -> None:
    assert strangers_see_nothing(service(strangers=strangers)).status is status


@pytest.mark.parametrize(("ways", "status", "reason"), [
    (("oauth2", "oauthbearertoken"), Status.PASS, "the service takes tokens alone (oauth2, oauthbearertoken)"),
    (("httpbasic", "oauth2"), Status.FAIL, "the service takes names with passwords (httpbasic)"),
    (("httpdigest",), Status.FAIL, "the service takes names with passwords (httpdigest)"),
    ((), Status.UNKNOWN, "the service names no way to prove who one is"),
    (("mtls", "oauth2"), Status.UNKNOWN, "the service names ways of which nothing is known here: mtls"),
])  # fmt: skip
def test_passwords_open_nothing(ways: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = passwords_open_nothing(service(authentication=ways))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(("returned", "status"), [
    ("never", Status.PASS), ("request", Status.FAIL), ("default", Status.FAIL), ("always", Status.FAIL),
    ("not kept", Status.NOT_APPLICABLE),
])  # fmt: skip
def test_passwords_are_never_returned(returned: str, status: Status) -> None:
    assert passwords_are_never_returned(service(passwords_returned=returned)).status is status


def test_what_was_not_seen_is_not_judged() -> None:
    with pytest.raises(NotObservedError):
        strangers_see_nothing(service(strangers=unobserved("unreachable")))
