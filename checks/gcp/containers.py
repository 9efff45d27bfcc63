"""What counts in a project from above: allow policies and organization policies of its folders and organization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.model import Verdict, not_applicable
from core.population import Population
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import IamPolicy, OrganizationPolicy

MANAGER = "cloudresourcemanager.googleapis.com/"


def unless_judged(container: Container, *types: str) -> Verdict | None:
    """Why a container is not judged; `None` when it is."""
    if container.type not in types:
        return not_applicable(f"{container.id} is no {' or '.join(types)}")
    if not container.looked_at:
        return not_applicable(f"{container.id} is left out: {container.left_out}")
    return None


def chain(container: Container) -> tuple[str, ...]:
    """The container and whatever it belongs to, the nearest first."""
    return (container.id, *container.above)


def hidden(container: Container, containers: Population[Container]) -> tuple[str, ...]:
    """Folders and the organization above that lie outside the scope: what they grant and demand nobody here can see."""
    return tuple(each for each in container.above if containers.here.get(each) is None)


def policies_over(container: Container, policies: Population[IamPolicy]) -> tuple[IamPolicy, ...]:
    """The allow policies of a container and of those above it, as far as they were seen. One that has none set has
    none. Raises `NotObservedError` when not all policies were seen."""
    policies.here.require_all(by=container_of)
    return tuple(found for each in chain(container) for _, found in policies.here.having(each, by=container_of))


def container_of(policy: IamPolicy) -> Iterator[str]:
    """The container whose own policy this is; nothing for policies of what is in it."""
    if policy.asset_type.startswith(MANAGER):
        yield policy.container


def is_of_container(policy: IamPolicy) -> bool:
    return policy.asset_type.startswith(MANAGER)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the organization's rules counts somewhere: the policy that decides, `None` where nobody set one."""

    policy: OrganizationPolicy | None
    hidden: tuple[str, ...] = ()
    """Containers that may have one, which nobody here can see."""


def rules_for(
    constraint: str,
    container: Container,
    policies: Population[OrganizationPolicy],
    containers: Population[Container],
) -> Rules:
    """The nearest policy for a constraint: it replaces those above, unless it says that it inherits and has no rules.

    https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy
    """
    unseen = hidden(container, containers)
    policies.here.require_all(by=_place)
    for place in chain(container):
        if place in unseen:
            return Rules(None, unseen)
        for _, found in policies.here.having((place, constraint), by=_place):
            if found.resets or found.rules or not found.inherits:
                return Rules(found)
    return Rules(None)


def _place(policy: OrganizationPolicy) -> Iterator[tuple[str, str]]:
    yield policy.container, policy.constraint
