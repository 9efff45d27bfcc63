"""Groups of Cloud Identity and Google Workspace, which the inventory names and does not open.

The directory has roles of its own, which IAM does not give: without one, members are unobserved and nothing else.
https://cloud.google.com/identity/docs/reference/rest/v1/groups
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.gcp.asking import IAM_POLICY, Listing
from collectors.gcp.hierarchy import CONTAINERS
from collectors.gcp.source import Estate
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from collectors.rest_pages import page_token
from core.plugins import collector
from core.resources.gcp.iam import CloudGroup

POLICIES = Listing(IAM_POLICY, CONTAINERS.types)
LOOKUP = Read("/v1/groups:lookup", service="cloudidentity")
MEMBERS = Read("/v1/groups/{group}/memberships", service="cloudidentity")
KINDS = {"USER": "user", "GROUP": "group", "SERVICE_ACCOUNT": "serviceAccount"}
"""Types of members, as policies write them; others, such as shared drives, sign in nowhere."""
PREFIX = "group:"


@collector(permissions=(POLICIES, LOOKUP, MEMBERS))
def groups(estate: Estate) -> Iterator[CloudGroup]:
    """Every group that a policy of a project, a folder or the organization names, and the groups in these."""
    waiting = sorted({name for asset in estate.assets(POLICIES) for name in _named(asset.get("iamPolicy"))})
    seen: set[str] = set()
    while waiting:
        email = waiting.pop(0)
        if email in seen:
            continue
        seen.add(email)
        members = estate.look(lambda: _members(estate, email))  # noqa: B023 - it is called now
        if isinstance(members, tuple):
            waiting += [each.removeprefix(PREFIX) for each in members if each.startswith(PREFIX)]
        yield CloudGroup(id=email, members=members)


def _named(policy: object) -> Iterator[str]:
    for binding in policy.get("bindings", ()) if isinstance(policy, dict) else ():
        for member in binding.get("members", ()):
            if member.startswith(PREFIX):
                yield member.removeprefix(PREFIX)


def _members(estate: Estate, email: str) -> tuple[str, ...]:
    found = estate.directory.ask(LOOKUP, **{"groupKey.id": email})
    name = Fields(found.data, str(LOOKUP)).text("name").removeprefix("groups/")
    pages = estate.directory.pages(MEMBERS, page_token, items="memberships", group=name, view="FULL", pageSize="500")
    return tuple(sorted({_member(each) for page in pages for each in _listed(page.data)}))


def _listed(data: object) -> list[object]:
    """Google leaves out a list that is empty."""
    found = data.get("memberships", []) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise RestError(f"the answer to {MEMBERS} has no list of memberships")
    return found


def _member(data: object) -> str:
    membership = Fields(data, str(MEMBERS))
    kind = membership.text("type")
    key = data.get("preferredMemberKey") if isinstance(data, dict) else None
    return f"{KINDS.get(kind, kind.lower())}:{Fields(key, str(MEMBERS)).text('id')}"
