"""What applications were allowed in a tenant: by themselves, for everybody, and for single people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from collectors.entra.applications import SERVICES
from collectors.entra.source import MOST, Entra, text_or_none
from collectors.entra.tenant import ORGANIZATION, organization
from collectors.rest import Read, counted, remembered, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Grant

ROLES = Read("/v1.0/servicePrincipals/{service}/appRoleAssignedTo", needs="Application.Read.All")
CONSENTS = Read("/v1.0/oauth2PermissionGrants", needs="Directory.Read.All")
SELECT = "id,appId,displayName,appOwnerOrganizationId,appRoles"
BY_ITSELF, SERVICE = "Application", "ServicePrincipal"
TAKERS, HOLDERS = frozenset({BY_ITSELF, "User"}), frozenset({SERVICE, "User", "Group"})
"""learn.microsoft.com/graph/api/resources/approle, …/approleassignment."""
FOR_ALL, FOR_ONE = "AllPrincipals", "Principal"


@collector(permissions=(SERVICES, ROLES, CONSENTS, ORGANIZATION), slow=True)
def grants(entra: Entra) -> Iterator[Grant]:
    """Rights of applications: by one question for each that offers some to others, and one for all consents."""
    services = {each.text("id"): each for each in entra.entries(SERVICES, select=SELECT, top=MOST)}
    ours = remembered(lambda: organization(entra).text("id"))
    (offering,) = counted(each for each in services.values() if _offered(each))
    for service, held in side_by_side(lambda each: (each, _held(entra, each)), offering):
        for client, rights in held.items():
            yield _grant(entra, services.get(client), ours, f"{client}/{service.text('id')}", rights, "")
    for each in entra.entries(CONSENTS, top=MOST):
        consented: tuple[str, ...] = entra.look(lambda: tuple(sorted(set(each.text("scope").split()))))  # noqa: B023 - now
        yield _grant(entra, services.get(each.text("clientId")), ours, each.text("id"), consented, _for_whom(each))


def _offered(service: Fields) -> Mapping[str, str]:
    """The rights that an application offers to others that act by themselves, by id."""
    offered = dict[str, str]()
    for each in service.parts("appRoles"):
        takers = each.texts("allowedMemberTypes")
        if unknown := sorted({*takers} - TAKERS):
            raise RestError(f"{', '.join(unknown)} is not known here as whom a right is offered to")
        if BY_ITSELF in takers:
            offered[each.text("id")] = each.text("id") if each.is_null("value") else each.text("value")
    return offered


def _held(entra: Entra, service: Fields) -> dict[str, tuple[str, ...]]:
    """Who has which of these rights."""
    offered, held = _offered(service), defaultdict[str, set[str]](set)
    for each in entra.entries(ROLES, service=service.text("id"), top=MOST):
        if (kind := each.text("principalType")) not in HOLDERS:
            raise RestError(f"{kind} is not known here as somebody who has a right")
        if kind == SERVICE:
            held[each.text("principalId")].add(offered.get(each.text("appRoleId"), each.text("appRoleId")))
    return {client: tuple(sorted(rights)) for client, rights in sorted(held.items())}


def _for_whom(consent: Fields) -> str:
    kind = consent.text("consentType")
    if kind not in (FOR_ALL, FOR_ONE):
        raise RestError(f"{kind} is not known here as for whom consent was given")
    return consent.text("principalId") if kind == FOR_ONE else ""


def _grant(
    entra: Entra, client: Fields | None, ours: Callable[[], str], name: str, rights: tuple[str, ...], user: str
) -> Grant:
    look = entra.look
    gone = unobserved("the application that has these rights is not shown")
    return Grant(
        id=name,
        application=look(lambda: client.text("appId")) if client else gone,
        application_name=look(lambda: client.text("displayName")) if client else gone,
        foreign=look(lambda: text_or_none(client, "appOwnerOrganizationId") != ours()) if client else gone,
        rights=rights,
        user=user,
    )
