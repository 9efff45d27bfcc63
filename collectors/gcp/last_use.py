"""When service accounts and their keys were last used with Google's interfaces.

https://cloud.google.com/policy-intelligence/docs/reference/policyanalyzer/rest/v1/projects.locations.activityTypes.activities/query
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from collectors.gcp.reading import Asset, Data, last
from collectors.gcp.service_accounts import ACCOUNTS
from collectors.gcp.source import Estate
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import RestError
from collectors.rest_pages import page_token
from core.plugins import collector
from core.resources.gcp.iam import AccountUses, KeyUses, LastUse

ACTIVITIES = "/v1/projects/{project}/locations/global/activityTypes/"
OF_ACCOUNTS = Read(
    f"{ACTIVITIES}serviceAccountLastAuthentication/activities:query",
    needs="policyanalyzer.serviceAccountLastAuthenticationActivities.query",
    service="policyanalyzer",
)
OF_KEYS = Read(
    f"{ACTIVITIES}serviceAccountKeyLastAuthentication/activities:query",
    needs="policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query",
    service="policyanalyzer",
)
PAGE = "1000"
"""As many activities as a page may hold."""


@collector(permissions=(ACCOUNTS, OF_ACCOUNTS, OF_KEYS))
def uses(estate: Estate) -> Iterator[AccountUses | KeyUses]:
    """The last use of each service account and of each key, in every project that has accounts.

    Raises `RestError` at the end when a project refuses. Keys are not listed once more for it: they are many.
    """
    (projects,) = counted(sorted(_projects(estate)), questions=2)
    asked = list(projects)
    failure: RestError | None = None
    for read, name, make in ((OF_ACCOUNTS, _account, AccountUses), (OF_KEYS, _key, KeyUses)):
        try:
            for project, found in side_by_side(partial(_of_project, estate, read, name), asked):
                yield make(id=project, uses=found)
        except RestError as error:  # one right may be missing, and the other there
            failure = failure or error
    if failure:
        raise failure


def _projects(estate: Estate) -> set[str]:
    return {str(asset.container) for asset in map(Asset, estate.assets(ACCOUNTS)) if asset.ancestors}


def _of_project(
    estate: Estate, read: Read, name: Callable[[Data], Any], project: str
) -> tuple[str, tuple[LastUse, ...]]:
    number = project.partition("/")[2]
    pages = estate.directory.pages(read, page_token, items="activities", project=number, pageSize=PAGE)
    return project, tuple(_use(each, name) for page in pages for each in _listed(read, page.data))


def _listed(read: Read, data: object) -> list[Mapping[str, Any]]:
    """Google leaves out a list that is empty."""
    found = data.get("activities", []) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise RestError(f"the answer to {read} has no list of activities")
    return found


def _use(activity: Mapping[str, Any], name: Callable[[Data], Any]) -> LastUse:
    """Where nothing was seen in the period there is no `lastAuthenticatedTime`."""
    data = Data(activity)
    return LastUse(
        name=name(data),
        last=data.time("activity.lastAuthenticatedTime", None),
        since=data.time("observationPeriod.startTime"),
        until=data.time("observationPeriod.endTime"),
    )


def _account(data: Data) -> Any:
    """The number that the account keeps, whatever it is called."""
    return data.text("activity.serviceAccount.serviceAccountId")


def _key(data: Data) -> Any:
    """The end of its name, which no other key has."""
    said = data.text("fullResourceName")
    return last(said) if isinstance(said, str) else said
