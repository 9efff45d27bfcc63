"""Those who administer a customer: which second steps Google takes of them, and how many keys they have.

The keys come from usage reports, which Google makes days later:
https://developers.google.com/workspace/admin/reports/v1/appendix/usage/user/accounts. What these tell of 2-Step
Verification beside it, users tell at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from collectors.google_workspace.groups import EVERYBODY, MEMBERS
from collectors.google_workspace.policies import POLICIES, UNITS
from collectors.google_workspace.second_steps import METHODS, SecondStepPolicies, methods_of, second_step_policies
from collectors.google_workspace.source import DIRECTORY, SCOPES, Workspace
from collectors.google_workspace.users import USERS
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.google_workspace import SecondSteps, WorkspaceAdministrator

REPORT = Read(
    "/admin/reports/v1/usage/users/{user}/dates/{date}",
    needs=f"{SCOPES}admin.reports.usage.readonly", service=DIRECTORY, limit="reports",
)  # fmt: skip
ADMINISTERING = ("isAdmin=true", "isDelegatedAdmin=true")
KEYS, PASSKEYS = "accounts:num_security_keys", "accounts:num_passkeys_enrolled"
KIND = "admin#reports#usageReports"
NOT_YET = 400
"""The status of an answer for a day of which there is no report."""
LONGEST_LAG = timedelta(days=7)
Members = Mapping[str, Callable[[], frozenset[str]]]


@collector(permissions=(USERS, POLICIES, UNITS, MEMBERS, REPORT))
def administrators(workspace: Workspace) -> Iterator[WorkspaceAdministrator]:
    """Administrators, by a few questions for each."""
    today = workspace.today()
    policies = remembered(lambda: second_step_policies(workspace))
    members = remembered(lambda: _members(workspace, policies()))
    seen = set[str]()
    for query in ADMINISTERING:
        listed = workspace.entries(
            USERS, "users", "admin#directory#users",
            customer="my_customer", query=query, maxResults="500", fields="kind,nextPageToken,users(id,orgUnitPath)",
        )  # fmt: skip
        for entry in listed:
            if (name := entry.text("id")) not in seen:
                seen.add(name)
                yield _administrator(workspace, entry, lambda: _methods(entry, policies(), members()), today)  # noqa: B023 - now


def _administrator(
    workspace: Workspace, entry: Fields, methods: Callable[[], SecondSteps], today: date
) -> WorkspaceAdministrator:
    name = entry.text("id")
    try:
        keys, passkeys, counted = _counted(workspace, name, today)
    except RestError as error:
        keys = passkeys = counted = unobserved(str(error))
    return WorkspaceAdministrator(
        id=name, methods=workspace.look(methods), security_keys=keys, passkeys=passkeys, keys_counted=counted
    )


def _methods(entry: Fields, policies: SecondStepPolicies, members: Members) -> SecondSteps:
    """Raises `RestError`."""
    groups = [group for group, inside in members.items() if not inside().isdisjoint((entry.text("id"), EVERYBODY))]
    return methods_of(policies.holding(METHODS, entry.text("orgUnitPath"), groups))


def _members(workspace: Workspace, policies: SecondStepPolicies) -> Members:
    """Who is in each group that a policy is for, also by groups that are in it."""
    return {group: remembered(lambda: _inside(workspace, group)) for group in policies.groups(METHODS)}  # noqa: B023 - now


def _inside(workspace: Workspace, group: str) -> frozenset[str]:
    """Ids, and `EVERYBODY` for all accounts. Raises `RestError`."""
    listed = workspace.entries(
        MEMBERS, "members", "admin#directory#members",
        group=group, includeDerivedMembership="true", maxResults="200", fields="kind,nextPageToken,members(id,type)",
    )  # fmt: skip
    return frozenset(EVERYBODY if each.text("type") == EVERYBODY else each.text("id") for each in listed)


def _counted(workspace: Workspace, user: str, today: date) -> tuple[int, int, str]:
    """Security keys and passkeys of an account, and the newest day of which a report tells both. Raises `RestError`."""
    failure = RestError(f"no usage report of the {LONGEST_LAG.days} days before {today} tells of this account")
    for lag in range(1, LONGEST_LAG.days + 1):
        day = (today - timedelta(days=lag)).isoformat()
        try:
            page = workspace.one(
                REPORT, user=user, date=day, parameters=f"{KEYS},{PASSKEYS}",
                fields="kind,usageReports(date,entity/profileId,parameters)",
            )  # fmt: skip
        except RestError as error:
            if error.status != NOT_YET:
                raise
            continue
        if page.text("kind") != KIND:
            raise RestError(f"the answer to {REPORT} is not of the kind {KIND}")
        told = _told(page, user)
        if KEYS in told and PASSKEYS in told:
            return told[KEYS], told[PASSKEYS], day
    raise failure


def _told(page: Fields, user: str) -> dict[str, int]:
    """What a report tells of an account, by name. Raises `RestError`."""
    reports = page.parts("usageReports") if "usageReports" in page else ()
    found = dict[str, int]()
    for each in reports:
        if each.part("entity").text("profileId") == user and "parameters" in each:
            found |= {one.text("name"): _number(one) for one in each.parts("parameters")}
    return found


def _number(parameter: Fields) -> int:
    """Google writes numbers of reports as text. Raises `RestError`."""
    if not (said := parameter.text("intValue")).isdecimal():
        raise RestError(f"{parameter.text('name')} of a usage report is no number")
    return int(said)
