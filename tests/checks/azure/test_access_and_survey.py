"""Who may do what, what is looked at, and what is labelled: the truth tables."""

from __future__ import annotations

from typing import Any

import pytest

from checks.azure.access import (
    OWNER,
    USER_ACCESS_ADMINISTRATOR,
    custom_role_is_no_owner,
    guests_hold_no_privileged_role,
    nobody_rules_access_at_the_root,
    owners_are_few,
)
from checks.azure.inventory import resources_are_labelled
from checks.azure.survey import subscription_is_looked_at
from core.resource import NotObservedError, unobserved
from core.resources.azure.access import RoleAssignment
from core.resources.azure.inventory import AzureResource
from core.resources.idp import Group, User
from tests.checks.azure.making import SUB, assignment, custom_role, population, subscription, thing
from tests.collectors.azure.world import user

GROUP = "/providers/microsoft.management/managementgroups/prod"


@pytest.mark.parametrize(
    ("role", "status", "words"),
    [
        ({}, "fail", f"allows everything, and can be assigned at /subscriptions/{SUB}"),
        ({"scopes": ("/",)}, "fail", "at /"),
        ({"scopes": ("/*",)}, "fail", "at /*"),
        ({"actions": ("*/*",)}, "fail", "allows everything"),
        ({"scopes": (GROUP,)}, "fail", "managementgroups"),
        ({"not_actions": ("Microsoft.Authorization/*/Delete",)}, "fail", "everything but Microsoft.Auth"),
        ({"scopes": (f"/subscriptions/{SUB}/resourcegroups/rg",)}, "pass", "only in"),
        ({"actions": ("Microsoft.Compute/*",)}, "pass", "1 named actions"),
    ],
)
def test_custom_role_is_no_owner(role: dict[str, Any], status: str, words: str) -> None:
    verdict = custom_role_is_no_owner(custom_role(**role))
    assert verdict.status == status
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        ([], "fail"),
        ([f"/subscriptions/{SUB}"], "pass"),
        (["/", GROUP, f"/subscriptions/{SUB}"], "pass"),
        (["/", GROUP, f"/subscriptions/{SUB}", f"/subscriptions/{SUB}"], "fail"),
        ([f"/subscriptions/{SUB}/resourcegroups/rg"] * 9 + [f"/subscriptions/{SUB}"], "pass"),
    ],
)
def test_owners_are_few(scopes: list[str], status: str) -> None:
    held = [assignment(f"p{number}", role=OWNER, scope=scope) for number, scope in enumerate(scopes)]
    assert owners_are_few(subscription(), population(RoleAssignment, held)).status == status


def test_many_owners_are_enough_to_fail_and_few_are_not_enough_to_pass_where_some_are_hidden() -> None:
    held = [assignment(f"p{number}", role=OWNER) for number in range(4)]
    assert owners_are_few(subscription(), population(RoleAssignment, held, gap="denied")).status == "fail"
    with pytest.raises(NotObservedError, match="denied"):
        owners_are_few(subscription(), population(RoleAssignment, held[:2], gap="denied"))
    left_out = subscription(looked_at=False, left_out="excluded by the configuration")
    assert owners_are_few(left_out, population(RoleAssignment)).status == "not_applicable"


def test_nobody_rules_access_at_the_root() -> None:
    root = assignment("ada", role=USER_ACCESS_ADMINISTRATOR, scope="/")
    below = assignment("bob", role=USER_ACCESS_ADMINISTRATOR)
    owner = assignment("eve", role=OWNER, scope="/")
    assert nobody_rules_access_at_the_root(population(RoleAssignment, [root, below])).status == "fail"
    assert "eve (Owner)" in nobody_rules_access_at_the_root(population(RoleAssignment, [owner])).reason
    assert nobody_rules_access_at_the_root(population(RoleAssignment, [below])).status == "pass"


@pytest.mark.parametrize(
    ("principal", "status", "words"),
    [("ada", "pass", "none of 1"), ("guest", "fail", "guest (Owner)"), ("friend", "pass", "none of 1")],
)
def test_guests_hold_no_privileged_role(principal: str, status: str, words: str) -> None:
    users = population(User, [user("ada"), user("guest", guest=True), user("friend", guest=True)], source="entra/x")
    held = [
        assignment(principal, role=OWNER),
        assignment("guest"),
        assignment("p", role=OWNER, principal_type="Device"),
    ]
    groups = population(Group, gap="nobody asks for them")
    verdict = guests_hold_no_privileged_role(population(RoleAssignment, held), users, groups, approved=("friend",))
    assert verdict.status == status
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("inner", "status", "words"),
    [
        (("ada",), "pass", "none of 2"),
        (("guest", "outer"), "fail", "guest (Owner)"),
        (("program",), "pass", "none of 2"),
    ],
)
def test_guests_in_groups_are_seen(inner: tuple[str, ...], status: str, words: str) -> None:
    users = population(User, [user("ada"), user("bob"), user("guest", guest=True)], source="entra/x")
    found = [
        Group(id="outer", name="Outer", members=("bob", "inner")),
        Group(id="inner", name="Inner", members=inner),
    ]
    held = population(RoleAssignment, [assignment("outer", role=OWNER, principal_type="Group")])
    verdict = guests_hold_no_privileged_role(held, users, population(Group, found, source="entra/x"))
    assert (verdict.status, words in verdict.reason) == (status, True), verdict.reason


def test_a_group_that_is_not_shown_makes_it_unknown() -> None:
    users = population(User, [user("ada")], source="entra/x")
    held = population(RoleAssignment, [assignment("g", role=OWNER, principal_type="Group")])
    for groups in (population(Group), population(Group, gap="denied")):
        with pytest.raises(NotObservedError):
            guests_hold_no_privileged_role(held, users, groups)


def test_without_a_directory_nobody_knows_who_is_a_guest() -> None:
    held, groups = population(RoleAssignment, [assignment("ada", role=OWNER)]), population(Group)
    with pytest.raises(NotObservedError):
        guests_hold_no_privileged_role(held, population(User, gap="no directory"), groups)
    another = guests_hold_no_privileged_role(held, population(User, [user("bob")], source="okta/x"), groups)
    assert another.status == "unknown"
    both = population(RoleAssignment, [assignment("ada", role=OWNER), assignment("bob", role=OWNER)])
    gone = guests_hold_no_privileged_role(both, population(User, [user("bob")], source="entra/x"), groups)
    assert gone.status == "pass"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "pass"),
        ({"looked_at": False, "left_out": "excluded by the configuration"}, "fail"),
        ({"looked_at": False, "state": "Disabled", "left_out": "its state is Disabled"}, "not_applicable"),
        ({"looked_at": False, "visible": False, "state": unobserved("hidden"), "left_out": "cannot be seen"}, "fail"),
    ],
)
def test_subscription_is_looked_at(more: dict[str, Any], status: str) -> None:
    assert subscription_is_looked_at(subscription(**more)).status == status


def test_resources_are_labelled() -> None:
    found = [thing("a", tags={"Owner": "Ada"}), thing("b", tags={"owner": "Ada", "env": "prod"})]
    assert resources_are_labelled(population(AzureResource, found)).status == "not_applicable"
    assert resources_are_labelled(population(AzureResource, found), keys=("owner",)).status == "pass"
    verdict = resources_are_labelled(population(AzureResource, found), keys=("env",))
    assert (verdict.status, "1 of 2" in verdict.reason) == ("fail", True)
    many = [thing(f"t{number}") for number in range(11)]
    assert resources_are_labelled(population(AzureResource, many), keys=("env",)).reason.endswith(", …")
