"""Checks of allow policies: who is let in, and with which roles.

A policy is judged where it is set; what it grants reaches everything below. A binding with a condition counts like one
without: when it holds, it holds. What deny policies are known to take away whole is not granted (`denied.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.gcp.containers import is_of_container
from checks.gcp.denied import ACTING, Denied, Weighed
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import Denials, IamPolicy

EVERYBODY = ("allUsers", "allAuthenticatedUsers")
BASIC = ("roles/owner", "roles/editor", "roles/admin", "roles/writer")
"""The two older and the two newer ones that write (https://cloud.google.com/iam/docs/roles-overview#basic)."""
ADMINISTRATION = re.compile(r".*admin(?:editor|\.v\d+)?", re.IGNORECASE)
"""How names of roles of administration end, such as `roles/compute.instanceAdmin.v1` and
`roles/securitycenter.adminEditor`."""
DEFAULT_ACCOUNT = re.compile(r"serviceAccount:(\d+-compute@developer|[^@]+@appspot)\.gserviceaccount\.com")
OUR_ACCOUNT = re.compile(
    r"serviceAccount:(?!service-(?:org-|folder-)?\d+@)[^@]+@(?!gcp-sa-)([a-z0-9-]+(?:\.[a-z0-9.-]+)?)\.iam\.gserviceaccount\.com"
)
"""An account that somebody made. Google's own agents are `service-NUMBER@…`, or have another domain
(https://cloud.google.com/iam/docs/service-account-types)."""
AGENT = re.compile(r"serviceAccount:(service-\d+@.+|\d+@[a-z-]+)\.gserviceaccount\.com")
PROJECT_OF = re.compile(
    r"principal(?:Set)?://iam\.googleapis\.com/projects/(?P<number>\d+)/"
    r"|serviceAccount:(?:service-(?=\d+@)|p(?=\d+-\d+@gcp-sa-)|project-(?=\d+@storage-transfer-service\.))(?P<agent>\d+)"
    r"|serviceAccount:(?:service-org-|o(?=\d+-\d+@gcp-sa-))(?P<organization>\d+)"
    r"|serviceAccount:(?:service-folder-|f(?=\d+-\d+@gcp-sa-))(?P<folder>\d+)"
    r"|serviceAccount:(?P<pool>[a-z0-9.:-]+)\.svc\.id\.goog\["
    r"|serviceAccount:(?P<default>\d+)(?:-compute)?@[a-z-]+\.gserviceaccount\.com"
    r"|serviceAccount:(?P<engine>[^@]+)@appspot\.gserviceaccount\.com"
    r"|serviceAccount:[^@]+@(?P<project>[a-z0-9.-]+)\.iam\.gserviceaccount\.com"
)
"""The project of a service account, of an agent of Google's that acts for one, or of a pool of identities."""
SHOWN = 5
"""How many members a reason names."""


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def policy_lets_in_no_strangers(
    policy: IamPolicy,
    denials: Population[Denials],
    containers: Population[Container],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """No allow policy lets in everybody, unless that was approved.

    `allUsers` is the whole internet, and `allAuthenticatedUsers` whoever has an account at Google. Name what is meant
    to be public in the setting `approved`, by its full resource name.

    Remediation: `gcloud … remove-iam-policy-binding … --member=allUsers --role=ROLE`; the organization policy
    `iam.allowedPolicyMemberDomains` keeps others from granting it again.
    """
    found = [(role, member) for role, member in _granted(policy) if member in EVERYBODY]
    if not found:
        return passed(f"the policy of {policy.id} names whom it lets in")
    if policy.id in approved:
        return passed(f"{_some([f'{member} has {role}' for role, member in found])}, which is approved")
    weighed = Denied(denials, containers).weigh(found, policy.ancestors)
    return _unless_kept(policy, weighed) or passed(_taken(policy, weighed))


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def policy_lets_in_only_our_own(
    policy: IamPolicy,
    containers: Population[Container],
    denials: Population[Denials],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Allow policies let in only people, groups and service accounts of our own, or those that were approved.

    Whoever is let in by a private address stays when the contract ends. Ours is the domain of the organization, and
    every project in the scope; name further domains (`example.org`) and members in the setting `approved`.

    Remediation: `gcloud … remove-iam-policy-binding …`; set the organization policy `iam.allowedPolicyMemberDomains`.
    """
    members = sorted({member for _, member in _granted(policy)} - {*approved, *EVERYBODY})
    ours = {each.name for each in containers.here.observed if each.type == "organization"} | set(approved)
    strangers, unclear = _not_ours(members, containers, ours)
    if strangers and not ours:
        return unknown(
            f"the scope shows no organization whose domain would be ours: {_some(strangers)}; see `approved`"
        )
    granted = [(role, member) for role, member in _granted(policy) if member in strangers]
    weighed = Denied(denials, containers).weigh(granted, policy.ancestors)
    if verdict := _unless_kept(policy, weighed):
        return verdict
    if unclear:
        return unknown(f"whether {_some(unclear)} is ours cannot be seen")
    if weighed.taken:
        return passed(_taken(policy, weighed))
    return passed(f"{policy.id} lets in {len(members)} members, all of them ours or approved")


@check(objective="permissions-are-least", severity=Severity.HIGH)
def people_have_no_basic_roles(policy: IamPolicy, *, approved: tuple[str, ...] = ()) -> Verdict:
    """No person and no group has the role Owner or Editor, unless that was approved.

    These roles open nearly everything in every service, also in those that come. Name the accounts for emergencies in
    the setting `approved`, as `user:name@example.org`.

    Remediation: Give predefined roles of single services; *IAM*, *Role recommendations* says which are used.
    """
    if not is_of_container(policy):
        return not_applicable("basic roles are granted on projects, folders and organizations")
    found = [
        f"{member} has {role}"
        for role, member in _granted(policy)
        if role in BASIC and member.startswith(("user:", "group:", "domain:", "principal")) and member not in approved
    ]
    if found:
        return failed(f"{policy.id}: {_some(found)}")
    return passed(f"no person has {' or '.join(BASIC)} on {policy.id}")


@check(objective="permissions-are-least", severity=Severity.HIGH)
def service_accounts_are_no_administrators(
    policy: IamPolicy,
    denials: Population[Denials],
    containers: Population[Container],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """No service account of ours has Owner, Editor or a role of administration on a project or above.

    Whoever can act as the account, and every machine that runs as it, has all of that. Name those that need it (a
    pipeline that makes projects) in the setting `approved`, as `serviceAccount:…`.

    Remediation: Give the roles that the program uses, on the resources that it uses.
    """
    if not is_of_container(policy):
        return not_applicable("what is granted on single resources reaches no further")
    granted = [
        (role, member)
        for role, member in _granted(policy)
        if (OUR_ACCOUNT.fullmatch(member) or DEFAULT_ACCOUNT.fullmatch(member)) and member not in approved
        if role in BASIC or ADMINISTRATION.fullmatch(role)
    ]
    weighed = Denied(denials, containers).weigh(granted, policy.ancestors)
    if verdict := _unless_kept(policy, weighed):
        return verdict
    if weighed.taken:
        return passed(_taken(policy, weighed))
    return passed(f"no service account of ours is an administrator of {policy.id}")


@check(objective="permissions-are-least", severity=Severity.HIGH)
def default_accounts_are_no_editors(policy: IamPolicy) -> Verdict:
    """The default service accounts of Compute Engine and App Engine do not have the role Editor.

    Machines and functions run as them when nobody chooses; with that role each of them can change the whole project.

    Remediation: Take the role away, and set the organization policy `iam.automaticIamGrantsForDefaultServiceAccounts`.
    """
    if not is_of_container(policy):
        return not_applicable("the role is granted on projects")
    found = [
        f"{member} has {role}"
        for role, member in _granted(policy)
        if role in BASIC and DEFAULT_ACCOUNT.fullmatch(member)
    ]
    if found:
        return failed(f"{policy.id}: {_some(found)}")
    return passed(f"no default service account has {' or '.join(BASIC)} on {policy.id}")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def acting_as_accounts_is_granted_one_by_one(
    policy: IamPolicy,
    denials: Population[Denials],
    containers: Population[Container],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """The right to act as service accounts is granted on single accounts, and not on projects or above.

    There it means all accounts, also those that are made later and may do more than whoever has the right. What a deny
    policy takes away again does not count.

    Remediation: Grant the role on the service account: `gcloud iam service-accounts add-iam-policy-binding …`.
    """
    if not is_of_container(policy):
        return not_applicable("granted on one account it reaches no other")
    granted = [
        (role, member)
        for role, member in _granted(policy)
        if role in ACTING and not AGENT.fullmatch(member) and member not in approved
    ]
    weighed = Denied(denials, containers).weigh(granted, policy.ancestors)
    if verdict := _unless_kept(policy, weighed):
        return verdict
    if weighed.taken:
        return passed(_taken(policy, weighed))
    return passed(f"nobody may act as all service accounts below {policy.id}")


_OF_THE_SCOPE = ("deleted", "projectOwner", "projectEditor", "projectViewer")
"""Whoever is deleted has nothing any more; the others are whoever has the role on the project."""


def _unless_kept(policy: IamPolicy, weighed: Weighed) -> Verdict | None:
    """The verdict on grants that are left; `None` where none are."""
    if weighed.unread:
        said = f"unless deny policies of {weighed.unread} say no, which were not read"
        return unknown(f"{policy.id}: {_some(weighed.kept)}, {said}")
    return failed(f"{policy.id}: {_some(weighed.kept)}") if weighed.kept else None


def _taken(policy: IamPolicy, weighed: Weighed) -> str:
    return f"{policy.id}: {_some(weighed.taken)}, which deny policies take away"


def _granted(policy: IamPolicy) -> Iterator[tuple[str, str]]:
    for binding in policy.bindings:
        for member in binding.members:
            yield binding.role, member


def _not_ours(members: Iterable[str], containers: Population[Container], ours: set[str]) -> tuple[list[str], list[str]]:
    """Members that are not ours, and those of which nobody can tell. Raises `NotObservedError`."""
    strangers, unclear = [], []
    for member in members:
        kind, _, name = member.partition(":")
        if kind in ("user", "group", "domain"):
            if name.rpartition("@")[2].lower() not in ours:
                strangers.append(member)
        elif kind in _OF_THE_SCOPE:
            continue
        elif found := PROJECT_OF.match(member):
            if not _is_in_scope(found, containers, ours):
                strangers.append(member)
        else:
            unclear.append(member)
    return strangers, unclear


def _is_in_scope(found: re.Match[str], containers: Population[Container], ours: set[str]) -> bool:
    """Whether the project of a member is in the scope. Raises `NotObservedError`."""
    if number := found["number"] or found["agent"] or found["default"]:
        return containers.here.get(f"projects/{number}") is not None
    for kind in ("organization", "folder"):
        if number := found[kind]:
            return containers.here.get(f"{kind}s/{number}") is not None
    project = found["project"] or found["engine"] or found["pool"]
    domain = project.partition(".")[2]  # projects of before 2012 carry the domain: project.example.org
    return domain in ours or containers.here.get(project, by="name") is not None


def _some(found: Iterable[str]) -> str:
    shown = sorted(found)
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")
