"""Checks of rights that must not come together, and of how many have the highest ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.gcp.containers import hidden, policies_over, unless_judged
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import CloudGroup, IamPolicy

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
) -> Verdict:
    """Nobody may both administer service accounts of a project and act as them.

    Who may do both makes an account, gives it rights, and acts as it: what happened was then the account.

    Remediation: Take away `roles/iam.serviceAccountAdmin` or `roles/iam.serviceAccountUser`.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    over = policies_over(container, policies)
    administer, use = _holders(over, ACCOUNT_ADMINISTRATION, groups), _holders(over, ACCOUNT_USE, groups)
    return _apart(container, containers, administer, use)


@check(objective="duties-are-segregated", severity=Severity.MEDIUM)
def keys_are_managed_and_used_by_others(
    container: Container,
    containers: Population[Container],
    policies: Population[IamPolicy],
    groups: Population[CloudGroup],
) -> Verdict:
    """Nobody may both administer keys of Cloud KMS in a project and encrypt or decrypt with them.

    Who may do both reads what others encrypted, and destroys the key afterwards.

    Remediation: Take away `roles/cloudkms.admin`, or the role of encrypting and decrypting.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    over = (*policies_over(container, policies), *(found for _, found in policies.here.having(container.id, _of_keys)))
    administer, use = _holders(over, KEY_ADMINISTRATION, groups), _holders(over, KEY_USE, groups)
    return _apart(container, containers, administer, use)


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


def _apart(container: Container, containers: Population[Container], administer: set[str], use: set[str]) -> Verdict:
    """Whether nobody stands on both sides. A group that nobody opened may hide somebody who does."""
    name = container.name
    if both := sorted(administer & use):
        return failed(f"in {name} both are granted to {', '.join(both)}")
    if outside := hidden(container, containers):
        return unknown(f"what {', '.join(outside)} grants, above {name}, cannot be seen")
    several = sorted(each for each in administer | use if each.startswith(SEVERAL))
    if administer and use and several:
        return unknown(f"in {name} both are granted, and who is in {', '.join(several)} cannot be seen")
    return passed(f"in {name} {len(administer)} may administer and {len(use)} may use them, nobody both")


def _holders(policies: Iterable[IamPolicy], roles: tuple[str, ...], groups: Population[CloudGroup]) -> set[str]:
    """Who has one of these roles: people one by one where the directory says who is in a group, else the group."""
    waiting = [
        member
        for policy in policies
        for binding in policy.bindings
        if binding.role in roles
        for member in binding.members
        if not member.startswith("deleted:")
    ]
    found: set[str] = set()
    opened: set[str] = set()
    while waiting:
        member = waiting.pop()
        inside = _inside(member, groups) if member not in opened else ()
        if inside is None:
            found.add(member)
        else:
            opened.add(member)
            waiting += inside
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
