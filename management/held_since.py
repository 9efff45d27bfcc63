"""Since when rights are held: no provider remembers that for all of them, but the store has seen them come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from checks.people.rights import Edge
from core.resource import NotObservedError, Resource, missing_fields
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.sudo import SudoGrant
from core.resources.idp import Group, RoleAssignment
from evidence_store.questions.earlier import Look

Looks = Callable[[str, str], Iterator[Iterator[Look]]]
"""The looks at a kind of resource in a source, newest first, for each of its scopes."""
Read = Callable[[str, bytes], Resource]
"""The resource of a kind that a sealed line shows."""


def since_when(
    source: str, edges: Collection[Edge], looks: Looks, read: Read, given: Mapping[Edge, date]
) -> dict[Edge, tuple[date, bool]]:
    """The day from which on each was seen without a break, and whether it may have been there before.

    `given` are those of which the provider tells the day. A look that did not see all proves no absence.
    """
    found = {edge: (given[edge], False) for edge in edges if edge in given}
    for kind in sorted({edge[0] for edge in edges}):
        wanted = {edge for edge in edges if edge[0] == kind and edge not in given}
        for scope in looks(source, kind) if wanted else ():
            found |= _walked(scope, wanted, partial(read, kind))
    return found


def edges_of(resource: Resource) -> Iterator[Edge]:
    """Whom a resource gives what, and that it is there itself."""
    kind, hidden = resource.kind, missing_fields(resource)
    yield kind, resource.id, ""
    match resource:
        case Group() | HostGroup() if "members" not in hidden:
            yield from ((kind, resource.id, member) for member in resource.members)
        case RoleAssignment() if "principal" not in hidden:
            yield kind, resource.id, resource.principal
        case SudoGrant() if "principal" not in hidden:
            yield kind, resource.id, resource.principal
        case IamUser():
            own = () if "policies" in hidden else resource.policies
            groups = () if "groups" in hidden else resource.groups
            yield from ((kind, resource.id, name) for name in (*groups, *(policy.name for policy in own)))
        case _:
            pass


def given_days(resources: Iterable[Resource]) -> dict[Edge, date]:
    """The days that providers tell: since when somebody has a role."""
    found: dict[Edge, date] = {}
    for each in resources:
        if isinstance(each, RoleAssignment):
            try:
                found[each.kind, each.id, each.principal] = each.since.date()
            except NotObservedError:
                continue
    return found


def _walked(
    looks: Iterator[Look], wanted: set[Edge], read: Callable[[bytes], Resource]
) -> dict[Edge, tuple[date, bool]]:
    """Back from the newest look, as long as some of them were there."""
    days: dict[Edge, date] = {}
    known: dict[bytes, frozenset[Edge]] = {}
    standing: set[Edge] | None = None
    for look in looks:
        known = {line: known.get(line) or frozenset(edges_of(read(line))) for line in look.lines}
        there = {edge for edges in known.values() for edge in edges if edge in wanted}
        standing = there if standing is None else standing & there if look.complete else standing
        if not standing:
            break
        days |= dict.fromkeys(standing & there, look.at.date())
    return {edge: (day, edge in (standing or ())) for edge, day in days.items()}
