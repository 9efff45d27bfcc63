"""The subscriptions of a tenant, and what the identity that looks is allowed in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from collectors.azure.errors import AnswerError, IncompleteError
from collectors.azure.exchanges import Identity
from collectors.azure.operations import Read
from collectors.azure.reach import EVERYBODY
from collectors.azure.reading import Answer, last
from collectors.azure.settings import Settings, SubscriptionFilter
from collectors.azure.survey import UNSEEN, TenantSurvey
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.survey import Grant, Subscription

AUTHORIZATION = "{scope}/providers/Microsoft.Authorization"
SUBSCRIPTIONS = Read("/subscriptions", "2022-12-01", "Microsoft.Resources/subscriptions/read")
DESCENDANTS = Read(
    "/providers/Microsoft.Management/managementGroups/{group}/descendants",
    "2020-05-01",
    "Microsoft.Management/managementGroups/descendants/read",
)
OUR_ROLES = Read(
    f"{AUTHORIZATION}/roleAssignments",
    "2022-04-01",
    "Microsoft.Authorization/roleAssignments/read",
    "assignedTo('{principal}')",
)
ROLE = Read(f"{AUTHORIZATION}/roleDefinitions/{{role}}", "2022-04-01", "Microsoft.Authorization/roleDefinitions/read")
DENIALS = Read(f"{AUTHORIZATION}/denyAssignments", "2022-04-01", "Microsoft.Authorization/denyAssignments/read")

GROUP = "Microsoft.Management/managementGroups"
SINGLE = ("User", "ServicePrincipal")
"""The types of principals that are one identity."""
USABLE = frozenset({"Enabled", "Warned", "PastDue"})
"""States in which a subscription can be read as any other. The others are documented as switched off."""
STATES = USABLE | {"Disabled", "Deleted", "Expired"}
"""learn.microsoft.com/azure/cost-management-billing/manage/subscription-states; one in a state that nobody here knows
is looked at."""
FURTHER = "let the identity read the root management group, or name the subscriptions in `include`"


@collector(permissions=(SUBSCRIPTIONS, DESCENDANTS, OUR_ROLES, ROLE, DENIALS))
def subscriptions(survey: TenantSurvey) -> Iterator[Subscription]:
    """Every subscription of the tenant, those that the identity cannot see included, and whether it is looked at."""
    identity, told = survey.identify(), survey.told()
    listed = {each.must("subscriptionId").lower(): each for each in survey.pages(SUBSCRIPTIONS, "")}
    above, hidden, problem = _tree(survey, identity.tenant, told)
    roles = _Roles(survey, identity)
    chosen = {
        number: _left_out(number, found.must("state"), above.get(number, ()), told) for number, found in listed.items()
    }
    wanted = [number for number, left_out in chosen.items() if not left_out]
    rights = dict(zip(wanted, survey.each(roles.rights, wanted), strict=True))
    not_asked = unobserved("it is left out")
    for number, found in listed.items():
        granted, denied = rights.get(number, (not_asked, not_asked))
        yield Subscription(
            id=number,
            name=found.text("displayName"),
            state=found.word("state", STATES),
            tenant=found.text("tenantId"),
            management_groups=above.get(number, unobserved(problem or "no management group names it")),
            granted=granted,
            denied=denied,
            visible=True,
            looked_at=not chosen[number],
            left_out=chosen[number],
        )
    for number, name in hidden.items():
        if number not in listed:
            yield _unseen(number, name, above[number], told)
    for number in sorted(set(told.include.ids) - listed.keys() - hidden.keys()):
        yield _unseen(number, unobserved(UNSEEN), unobserved(UNSEEN), told)
    if problem and (told.include.empty or told.include.management_groups):
        raise IncompleteError(f"whether there are further subscriptions cannot be known: {problem}", FURTHER)


def _unseen(number: str, name: Any, above: Any, told: Settings) -> Subscription:
    groups = above if isinstance(above, tuple) else ()
    nobody: Any = unobserved(UNSEEN)
    return Subscription(
        id=number,
        name=name,
        state=nobody,
        tenant=nobody,
        management_groups=above,
        granted=nobody,
        denied=nobody,
        visible=False,
        looked_at=False,
        left_out=_left_out(number, "Enabled", groups, told) or UNSEEN,
    )


def _tree(
    survey: TenantSurvey, tenant: str, told: Settings
) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str], str]:
    """The management groups above each subscription, the names of all subscriptions, and why neither is known.

    Raises `AnswerError` when the configuration chooses by management groups, and they are not shown.
    """
    try:
        found = list(survey.pages(DESCENDANTS, "", group=tenant))
    except AnswerError as error:
        if told.include.management_groups or told.exclude.management_groups:
            raise
        return {}, {}, f"the management groups are not shown ({error})"
    parents = {each.must("name").lower(): last(each.must("properties.parent.id")) for each in found}
    names = {
        each.must("name").lower(): str(each.value("properties.displayName") or each.must("name"))
        for each in found
        if each.must("type").lower() != GROUP.lower()
    }
    return {number: tuple(_upwards(number, parents)) for number in names}, names, ""


def _upwards(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    seen: set[str] = set()
    while (name := parents.get(name, "")) and name not in seen:
        seen.add(name)
        yield name


def _left_out(number: str, state: str, groups: tuple[str, ...], told: Settings) -> str:
    """Why a subscription is not looked at; empty when it is."""
    if state in STATES and state not in USABLE:
        return f"its state is {state}"
    if _has(told.exclude, number, groups):
        return "excluded by the configuration"
    if not told.include.empty and not _has(told.include, number, groups):
        return "not included by the configuration"
    return ""


def _has(chosen: SubscriptionFilter, number: str, groups: tuple[str, ...]) -> bool:
    return number in chosen.ids or bool({each.lower() for each in chosen.management_groups} & set(groups))


class _Roles:
    """What one identity may do, subscription by subscription."""

    def __init__(self, survey: TenantSurvey, identity: Identity) -> None:
        self._survey = survey
        self._identity = identity

    def rights(self, number: str) -> tuple[Any, Any]:
        """What is granted and what is denied in the whole of a subscription; unobserved where that is not shown."""
        scope = f"/subscriptions/{number}"
        return (
            self._survey.look(partial(self._granted, scope)),
            self._survey.look(partial(self._denied, scope)),
        )

    def _granted(self, scope: str) -> tuple[Grant, ...]:
        found: list[Grant] = []
        assigned = {
            last(each.must("properties.roleDefinitionId"))
            for each in self._survey.pages(OUR_ROLES, scope, principal=self._identity.object)
            if _is_at_or_above(each.must("properties.scope"), scope) and not each.has("properties.condition")
        }
        for role in sorted(assigned):
            found += map(_grant, self._survey.ask(ROLE, scope, role=role).parts("properties.permissions"))
        return tuple(found)

    def _denied(self, scope: str) -> tuple[Grant, ...]:
        return tuple(
            _grant(one)
            for each in self._survey.pages(DENIALS, scope)
            if self._may_be_meant(each)
            for one in each.parts("properties.permissions")
        )

    def _may_be_meant(self, denial: Answer) -> bool:
        """Whether a deny assignment may be about us: nobody tells here who is in which group."""
        us = self._identity.object.lower()
        if us in {str(each.value("id")).lower() for each in denial.parts("properties.excludePrincipals")}:
            return False
        return any(
            str(each.value("id")).lower() in (us, EVERYBODY) or each.value("type") not in SINGLE
            for each in denial.parts("properties.principals")
        )


def _grant(permission: Answer) -> Grant:
    return Grant(actions=permission.texts("actions"), not_actions=permission.texts("notActions"))


def _is_at_or_above(scope: str, subscription: str) -> bool:
    """Whether a role that was assigned at a scope holds in a whole subscription. Only those above it are shown."""
    found = scope.lower().rstrip("/")
    return found in ("", subscription) or found.startswith(f"/providers/{GROUP}/".lower())
