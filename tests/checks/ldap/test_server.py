"""Truth tables of LDAP servers."""

from __future__ import annotations

from typing import Any

import pytest

from checks.ldap.server import (
    everybody_has_a_password_policy,
    passwords_need_tls,
    policies_that_accounts_name_are_there,
    strangers_see_nothing,
    tls_is_current,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.ldap import LdapPolicyChoice, LdapServer
from tests.checks.idp.samples import passwords as policy
from tests.twins import population


def server(**changes: Any) -> LdapServer:
    values: dict[str, Any] = {
        "id": "ldap/corp", "anonymous_sees": (), "cleartext_sign_in": "refused", "tls_minimum": "1.2",
        "policies_enforced": True, "default_policies": (),
    }  # fmt: skip
    return LdapServer(**{**values, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (strangers_see_nothing, {}, Status.PASS),
        (strangers_see_nothing, {"anonymous_sees": ("dc=example,dc=org",)}, Status.FAIL),
        (passwords_need_tls, {}, Status.PASS),
        (passwords_need_tls, {"cleartext_sign_in": "not offered"}, Status.PASS),
        (passwords_need_tls, {"cleartext_sign_in": "accepted"}, Status.FAIL),
        (tls_is_current, {}, Status.PASS),
        (tls_is_current, {"tls_minimum": "1.3"}, Status.PASS),
        (tls_is_current, {"tls_minimum": "1.0"}, Status.FAIL),
        (tls_is_current, {"tls_minimum": ""}, Status.UNKNOWN),
    ],
)
def test_a_server(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(server(**changes)).status is status


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (strangers_see_nothing, "anonymous_sees"),
        (passwords_need_tls, "cleartext_sign_in"),
        (tls_is_current, "tls_minimum"),
    ],
)
def test_what_was_not_shown_is_no_answer(check: Check[...], field: str) -> None:
    with pytest.raises(NotObservedError):
        check(server(**{field: unobserved("denied")}))


@pytest.mark.parametrize(
    ("enforced", "default", "status"),
    [(True, True, Status.PASS), (True, False, Status.FAIL), (False, True, Status.FAIL)],
)
def test_a_policy_holds_for_everybody(enforced: bool, default: bool, status: Status) -> None:
    judged = everybody_has_a_password_policy(server(policies_enforced=enforced), population(policy(default=default)))
    assert judged.status is status


@pytest.mark.parametrize(
    ("named", "status"),
    [
        (("cn=a",), Status.PASS),
        (("cn=a", "cn=b"), Status.PASS),
        (("", "cn=a"), Status.FAIL),
        (("",), Status.FAIL),
        (("cn=gone",), Status.FAIL),
        (("cn=a", "cn=gone"), Status.FAIL),
    ],
)
def test_a_policy_holds_in_every_database(named: tuple[str, ...], status: Status) -> None:
    there = population(policy(id="cn=a"), policy(id="cn=b"))
    assert everybody_has_a_password_policy(server(default_policies=named), there).status is status


@pytest.mark.parametrize(
    ("chosen", "there", "status"),
    [
        ((), ("cn=a",), Status.NOT_APPLICABLE),
        (("cn=a",), ("cn=a", "cn=b"), Status.PASS),
        (("cn=a", "cn=gone"), ("cn=a",), Status.FAIL),
        (("cn=gone",), (), Status.NOT_APPLICABLE),
    ],
)
def test_policies_that_accounts_name(chosen: tuple[str, ...], there: tuple[str, ...], status: Status) -> None:
    policies = population(*(policy(id=each) for each in there), kind="idp_password_policy")
    choice = LdapPolicyChoice(id="ldap/corp", policies=chosen)
    assert policies_that_accounts_name_are_there(choice, policies).status is status


def test_policies_that_may_be_hidden_are_not_none() -> None:
    with pytest.raises(NotObservedError):
        everybody_has_a_password_policy(server(), population(kind="idp_password_policy", missing="denied"))
    with pytest.raises(NotObservedError):
        everybody_has_a_password_policy(server(), population(policy(default=unobserved("denied"))))
    for hidden in (server(default_policies=unobserved("denied")), server(default_policies=("cn=gone",))):
        with pytest.raises(NotObservedError):
            everybody_has_a_password_policy(hidden, population(kind="idp_password_policy", missing="denied"))
