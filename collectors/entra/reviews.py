"""Reviews of access that a tenant holds by itself.

https://learn.microsoft.com/graph/api/resources/accessreviewsv2-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from collectors.entra.source import Entra, part_or_none, text_or_none
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.entra import AccessReview

DEFINITIONS = Read("/v1.0/identityGovernance/accessReviews/definitions", needs="AccessReview.Read.All")
INSTANCES = Read(
    "/v1.0/identityGovernance/accessReviews/definitions/{definition}/instances", needs="AccessReview.Read.All"
)
MOST = "100"
DONE = frozenset({"Completed", "AutoReviewed", "Applied"})
ENDED = frozenset({"Completed", "Applied"})
STATUSES = DONE | {
    "Initializing", "NotStarted", "Starting", "InProgress", "Completing", "AutoReviewing", "Applying",
}  # fmt: skip
"""learn.microsoft.com/graph/api/resources/accessreviewinstance."""
ROLES, GUESTS = ("roleDefinitions", "roleAssignmentScheduleInstances", "roleManagement"), "'guest'"


@collector(permissions=(DEFINITIONS, INSTANCES))
def reviews(entra: Entra) -> Iterator[AccessReview]:
    """Reviews, and when each was last completed, by one more question for each."""
    (found,) = counted(entra.entries(DEFINITIONS, top=MOST))
    yield from side_by_side(lambda entry: _review(entra, entry), found)


def _review(entra: Entra, entry: Fields) -> AccessReview:
    return AccessReview(
        id=entry.text("id"),
        name=entra.look(lambda: entry.text("displayName")),
        about=entra.look(lambda: _about(entry)),
        recurring=entra.look(lambda: _is_recurring(entry)),
        last_completed=entra.look(lambda: _last_completed(entra, entry.text("id"))),
    )


def _about(entry: Fields) -> Literal["guests", "roles", "others"]:
    asked = " ".join(_queries(entry.part("scope"))).lower()
    if any(word.lower() in asked for word in ROLES):
        return "roles"
    return "guests" if GUESTS in asked else "others"


def _queries(scope: Fields) -> Iterator[str]:
    """The questions that say whose access is reviewed, and to what."""
    yield text_or_none(scope, "query")
    for name in ("principalScopes", "resourceScopes"):
        if name in scope:
            for each in scope.parts(name):
                yield from _queries(each)


def _is_recurring(entry: Fields) -> bool:
    recurrence = part_or_none(entry.part("settings"), "recurrence")
    pattern = part_or_none(recurrence, "pattern") if recurrence else None
    return pattern is not None and text_or_none(entry, "status") not in ENDED


def _last_completed(entra: Entra, definition: str) -> datetime | None:
    ends = list[datetime]()
    for each in entra.entries(INSTANCES, definition=definition, top=MOST):
        if (status := each.text("status")) not in STATUSES:
            raise RestError(f"{status} is not known here as how far a review is")
        if status in DONE:
            ends.append(each.moment("endDateTime"))
    return max(ends, default=None)
