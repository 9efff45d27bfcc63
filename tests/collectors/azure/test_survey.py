"""Which subscriptions are looked at, which are left out and why, and how far one can see in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collectors.azure.reach import Extent, Permission, Reach
from collectors.azure.source import TENANT, AzureSubscription
from core.engine import Collected
from core.resource import missing_fields
from core.resources.azure.survey import Subscription
from tests.azure_server import OBJECT, READER, Azure, AzureServer
from tests.collectors.azure.estate import BAD, GOOD, OFF, PROD, ROOT, assignment, descendant, estate
from tests.collectors.azure.world import COLLECTORS, run, survey

HIDDEN = "dddddddd-0000-0000-0000-000000000004"
SURVEYOR = COLLECTORS["azure.subscriptions.subscriptions"]
VAULTS = COLLECTORS["azure.key_vault.vaults"]
LOCKS = COLLECTORS["azure.logging.locks"]
EVERYBODY = "00000000-0000-0000-0000-000000000000"


def seen(change: Callable[[Azure], object] = lambda _: None, **settings: Any) -> tuple[dict[str, Subscription], str]:
    """The subscriptions that a survey shows, and why there may be more."""
    azure = estate()
    change(azure)
    with AzureServer(azure) as server:
        collected = run(SURVEYOR, survey(server.url, **settings))
    found = {each.id: each for one in collected.evidence for each in one.resources if isinstance(each, Subscription)}
    return found, "; ".join(gap.reason for gap in collected.unit.gaps)


def vaults(change: Callable[[Azure], object], **settings: Any) -> Collected:
    """What is seen of vaults in all subscriptions."""
    azure = estate()
    change(azure)
    with AzureServer(azure) as server:
        first = survey(server.url, **settings)
        tenant = next(iter(first.unfold(run(SURVEYOR, first).evidence, ())))
        return run(VAULTS, tenant)


def test_usable_ones_are_looked_at_and_the_others_are_sealed_with_the_reason() -> None:
    found, gap = seen()
    assert {each.id: each.left_out for each in found.values()} == {GOOD: "", BAD: "", OFF: "its state is Disabled"}
    assert found[GOOD].management_groups == ("prod", ROOT.rpartition("/")[2])
    assert found[GOOD].granted[0].actions == ("*/read",)
    assert "it is left out" in missing_fields(found[OFF])["granted"]
    assert gap == ""


@pytest.mark.parametrize(
    ("settings", "looked_at"),
    [
        ({"exclude": {"ids": [BAD]}}, {GOOD}),
        ({"include": {"ids": [BAD]}}, {BAD}),
        ({"include": {"management_groups": ["prod"]}}, {GOOD, BAD}),
        ({"include": {"management_groups": ["PROD"]}, "exclude": {"ids": [GOOD]}}, {BAD}),
        ({"exclude": {"management_groups": ["prod"]}}, set()),
        ({"include": {"management_groups": ["other"]}}, set()),
    ],
)
def test_the_configuration_chooses(settings: dict[str, Any], looked_at: set[str]) -> None:
    found, gap = seen(**settings)
    assert {each.id for each in found.values() if each.looked_at} == looked_at
    assert len(found) == 3
    assert gap == ""


def test_a_subscription_that_we_cannot_see_is_known_from_its_management_group_and_a_gap_everywhere() -> None:
    def hide(azure: Azure) -> None:
        azure.descendants.append(descendant(HIDDEN, "secret", PROD))

    found, gap = seen(hide)
    assert (found[HIDDEN].name, found[HIDDEN].looked_at, gap) == ("secret", False, "")
    assert found[HIDDEN].left_out == "the identity that looks cannot see it"
    collected = vaults(hide)
    assert len(collected.evidence[0].resources) == 2
    assert f"subscription {HIDDEN}: the identity that looks cannot see it" in collected.unit.gaps[0].reason
    assert vaults(hide, exclude={"ids": [HIDDEN]}).unit.gaps == ()


def test_one_that_is_named_and_not_there_is_a_gap() -> None:
    found, _ = seen(include={"ids": [GOOD, HIDDEN]})
    assert found[HIDDEN].left_out == "the identity that looks cannot see it"
    assert HIDDEN in vaults(lambda _: None, include={"ids": [GOOD, HIDDEN]}).unit.gaps[0].reason


def test_without_management_groups_nobody_knows_whether_there_are_more() -> None:
    def deny(azure: Azure) -> None:
        azure.denied = ["managementgroups"]

    found, gap = seen(deny)
    assert "whether there are further subscriptions cannot be known" in gap
    assert {each.id for each in found.values() if each.looked_at} == {GOOD, BAD}
    assert "could not all be listed" in vaults(deny).unit.gaps[0].reason
    # who names subscriptions means these and no others
    assert seen(deny, include={"ids": [GOOD]})[1] == ""
    assert vaults(deny, include={"ids": [GOOD]}).unit.gaps == ()
    assert "is denied" in seen(deny, include={"management_groups": ["prod"]})[1]


def test_subscriptions_that_cannot_be_listed_are_asked_as_before() -> None:
    azure = estate()
    azure.denied = ["^/subscriptions$"]
    with AzureServer(azure) as server:
        first = survey(server.url)
        places = list(first.unfold(run(SURVEYOR, first).evidence, {("azure/default", BAD), ("aws/x", "eu")}))
        assert [each.scope for each in places] == [TENANT, BAD]
        assert isinstance(places[1], AzureSubscription)
        assert "the survey did not show it" in run(LOCKS, places[1]).unit.gaps[0].reason
        assert run(VAULTS, places[0]).unit.gaps != ()


def test_a_role_on_a_part_of_a_subscription_is_no_right_to_the_whole() -> None:
    def part(azure: Azure) -> None:
        azure.assignments[0] = assignment("r", f"/subscriptions/{GOOD}/resourceGroups/x", READER, OBJECT, "User")

    collected = vaults(part)
    assert "Microsoft.KeyVault/vaults/read is not allowed in the whole subscription (and 1 more)" in (
        collected.unit.gaps[0].reason
    )


def test_a_role_with_a_condition_is_no_right_to_the_whole() -> None:
    def condition(azure: Azure) -> None:
        azure.assignments[0]["properties"]["condition"] = "@Resource[...] StringEquals 'x'"

    assert "is not allowed in the whole" in vaults(condition).unit.gaps[0].reason


@pytest.mark.parametrize(
    ("principal", "kind", "excluded", "actions", "not_actions", "denied"),
    [
        (EVERYBODY, "SystemDefined", "", ["*/read"], [], True),
        (OBJECT, "ServicePrincipal", "", ["Microsoft.KeyVault/*"], [], True),
        ("some-group", "Group", "", ["Microsoft.KeyVault/vaults/read"], [], True),
        (EVERYBODY, "SystemDefined", OBJECT, ["*/read"], [], False),
        ("somebody-else", "User", "", ["*/read"], [], False),
        (EVERYBODY, "SystemDefined", "", ["*"], ["*/read"], False),
        (EVERYBODY, "SystemDefined", "", ["*/delete"], [], False),
        (EVERYBODY, "SystemDefined", "", ["Microsoft.Storage/*/read"], [], False),
    ],
)
def test_a_deny_assignment_that_may_mean_us_is_a_gap(
    principal: str, kind: str, excluded: str, actions: list[str], not_actions: list[str], denied: bool
) -> None:
    def deny(azure: Azure) -> None:
        said = azure.denials[0]["properties"]
        said["principals"] = [{"id": principal, "type": kind}]
        said["excludePrincipals"] = [{"id": excluded, "type": "ServicePrincipal"}] if excluded else []
        said["permissions"] = [{"actions": actions, "notActions": not_actions}]

    gaps = vaults(deny).unit.gaps
    assert bool(gaps) is denied
    assert not denied or "a deny assignment speaks of Microsoft.KeyVault/vaults/read" in gaps[0].reason


@pytest.mark.parametrize(
    ("actions", "not_actions", "action", "covered"),
    [
        (("*",), (), "*/read", True),
        (("*/read",), (), "*/read", True),
        (("*/read",), (), "Microsoft.Sql/servers/read", True),
        (("*/READ",), (), "microsoft.sql/servers/read", True),
        (("Microsoft.Sql/*",), (), "*/read", False),
        (("*/read",), ("Microsoft.Sql/*",), "*/read", False),
        (("*/read",), ("Microsoft.Sql/servers/delete",), "*/read", True),
        (("*/read",), ("Microsoft.Sql/*/read",), "Microsoft.Sql/servers/read", False),
        (("*/read",), ("Microsoft.Web/*",), "Microsoft.Sql/servers/read", True),
        (("*",), ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"), "*/read", True),
        ((), (), "Microsoft.Sql/servers/read", False),
    ],
)
def test_what_a_permission_covers(
    actions: tuple[str, ...], not_actions: tuple[str, ...], action: str, covered: bool
) -> None:
    assert Permission(actions, not_actions).covers(action) is covered


def test_an_extent_that_nobody_knows_lacks_everything() -> None:
    extent = Extent((Reach("s", (Permission(("*",), ()),)),), blind="nobody knows")
    assert extent.lacks("*/read") == ("nobody knows",)
    assert extent.lacks("*/read", "s") == ()
    assert Extent((Reach("s", blind="dark"),)).lacks("*/read", "s") == ("subscription s: dark",)
