"""Checks of rights that must not come together, and of how many have the highest ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from checks.gcp.containers import chain, hidden, policies_over, unless_judged
from checks.gcp.denied import Denied
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import CloudGroup, Denials, IamPolicy

ACCOUNT_ADMINISTRATION = ("roles/iam.serviceAccountAdmin",)
ACCOUNT_USE = ("roles/iam.serviceAccountUser",)
KEY_ADMINISTRATION = ("roles/cloudkms.admin",)
KEY_USE = (
    "roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.cryptoKeyEncrypter",
    "roles/cloudkms.cryptoKeyDecrypter",
)  # fmt: skip
ORGANIZATION_ADMINISTRATION = "roles/resourcemanager.organizationAdmin"
KEYS = "cloudkms.googleapis.com/"
GROUP = "group:"
SEVERAL = (GROUP, "domain:", "principalSet:", "all")
"""How members begin that are nobody knows how many; a group only where the directory did not say."""


@check(objective="duties-are-segregated", severity=Severity.MEDIUM)
def service_accounts_are_made_and_used_by_others(
    container: Container,
    containers: Population[Container],
    policies: Population[IamPolicy],
    groups: Population[CloudGroup],
    denials: Population[Denials],
) -> Verdict:
    """Nobody may both administer service accounts of a project and act as them.

    Who may do both makes an account, gives it rights, and acts as it: what happened was then the account.

    Remediation: Take away `roles/iam.serviceAccountAdmin` or `roles/iam.serviceAccountUser`.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    over = policies_over(container, policies)
    return _apart(container, over, (ACCOUNT_ADMINISTRATION, ACCOUNT_USE), groups, Denied(denials, containers))


@check(objective="duties-are-segregated", severity=Severity.MEDIUM)
def keys_are_managed_and_used_by_others(
    container: Container,
    containers: Population[Container],
    policies: Population[IamPolicy],
    groups: Population[CloudGroup],
    denials: Population[Denials],
) -> Verdict:
    """Nobody may both administer keys of Cloud KMS in a project and encrypt or decrypt with them.

    Who may do both reads what others encrypted, and destroys the key afterwards.

    Remediation: Take away `roles/cloudkms.admin`, or the role of encrypting and decrypting.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    over = (*policies_over(container, policies), *(found for _, found in policies.here.having(container.id, _of_keys)))
    return _apart(container, over, (KEY_ADMINISTRATION, KEY_USE), groups, Denied(denials, containers))


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def organization_has_few_administrators(
    container: Container,
    policies: Population[IamPolicy],
    groups: Population[CloudGroup],
    *,
    least: int = 2,
    most: int = 4,
) -> Verdict:
    """An organization has at least two administrators, and few.

    One alone can be away or locked out; each more is another way in. Of a group nobody here can see how many are in it.

    Remediation: *IAM* of the organization, role *Organization Administrator*.
    """
    if verdict := unless_judged(container, "organization"):
        return verdict
    found = _holders(policies_over(container, policies), (ORGANIZATION_ADMINISTRATION,), groups)
    several = sorted(each for each in found if each.startswith(SEVERAL))
    single = sorted(found - set(several))
    if len(single) > most:
        return failed(f"{container.name} has {len(single)} administrators, more than {most}: {', '.join(single)}")
    if several:
        return unknown(f"how many are in {', '.join(several)} cannot be seen, which administers {container.name}")
    if len(single) < least:
        return failed(f"{container.name} has {len(single)} administrators, fewer than {least}")
    return passed(f"{container.name} has {len(single)} administrators: {', '.join(single)}")


def _apart(
    container: Container,
    policies: Iterable[IamPolicy],
    duties: tuple[tuple[str, ...], tuple[str, ...]],
    groups: Population[CloudGroup],
    denied: Denied,
) -> Verdict:
    """Whether nobody has roles of both duties. A group that nobody opened may hide somebody who does."""
    name, over = container.name, tuple(policies)
    places = chain(container)
    administer, use = (_holders(over, roles, groups, partial(denied.takes, places=places)) for roles in duties)
    if both := sorted(administer & use):
        if unread := denied.not_read(places):
            said = f"unless deny policies of {unread} say no, which were not read"
            return unknown(f"in {name} both are granted to {', '.join(both)}, {said}")
        return failed(f"in {name} both are granted to {', '.join(both)}")
    if outside := hidden(container, denied.containers):
        return unknown(f"what {', '.join(outside)} grants, above {name}, cannot be seen")
    several = sorted(each for each in administer | use if each.startswith(SEVERAL))
    if administer and use and several:
        return unknown(f"in {name} both are granted, and who is in {', '.join(several)} cannot be seen")
    return passed(f"in {name} {len(administer)} may administer and {len(use)} may use them, nobody both")


def _nothing(role: str, member: str) -> bool:  # noqa: ARG001 - it has the form of `Denied.takes`
    return False


def _holders(
    policies: Iterable[IamPolicy],
    roles: tuple[str, ...],
    groups: Population[CloudGroup],
    is_taken: Callable[[str, str], bool] = _nothing,
) -> set[str]:
    """Who has one of these roles: people one by one where the directory says who is in a group, else the group. Who is
    denied what a role gives has it not, and neither has whoever has it by a group that is."""
    waiting = [
        (binding.role, member)
        for policy in policies
        for binding in policy.bindings
        if binding.role in roles
        for member in binding.members
        if not member.startswith("deleted:")
    ]
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    while waiting:
        each = waiting.pop()
        if each in seen or is_taken(*each):
            continue
        seen.add(each)
        role, member = each
        inside = _inside(member, groups)
        if inside is None:
            found.add(member)
        else:
            waiting += [(role, one) for one in inside]
    return found


def _inside(member: str, groups: Population[CloudGroup]) -> tuple[str, ...] | None:
    """The members of a group; `None` for who is no group, and for one of which nobody knows."""
    if not member.startswith(GROUP):
        return None
    for _, group in groups.here.having(member.removeprefix(GROUP), by="id"):
        if "members" not in missing_fields(group):
            return group.members
    return None


def _of_keys(policy: IamPolicy) -> Iterator[str]:
    if policy.asset_type.startswith(KEYS):
        yield policy.container
