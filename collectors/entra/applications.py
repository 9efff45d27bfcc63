"""Applications of a tenant, and what they prove themselves with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from collectors.entra.source import KEYS, MOST, Entra, moment_or_none, text_or_none
from collectors.entra.tenant import ORGANIZATION, organization
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Application, Credential

APPLICATIONS = Read("/v1.0/applications", needs="Application.Read.All", limit=KEYS)
SERVICES = Read("/v1.0/servicePrincipals", needs="Application.Read.All", limit=KEYS)
CREDENTIALS = "passwordCredentials,keyCredentials"
SELECT = f"id,appId,displayName,accountEnabled,appOwnerOrganizationId,servicePrincipalType,{CREDENTIALS}"
OWNERS = "owners($select=id)"
SIGNS = "Sign"
USAGES = frozenset({SIGNS, "Verify"})
"""The use of a key with which Entra ID signs for an application, and which is none of the application's own."""
MANAGED_IDENTITY = "ManagedIdentity"
KINDS = frozenset({"Application", "Legacy", "SocialIdp"})
"""Those of which credentials are asked (learn.microsoft.com/graph/api/resources/serviceprincipal)."""
"""Azure itself replaces the certificates of these every few weeks."""
NOT_TOLD = "Microsoft Graph tells the last use of applications in its beta alone"


@collector(permissions=(APPLICATIONS, SERVICES, ORGANIZATION))
def applications(entra: Entra) -> Iterator[Application]:
    """Applications that are registered here, and those of others that have credentials of their own here.

    What others made and what has no credentials here, such as hundreds of Microsoft's, can only be signed in to.
    """
    services = {each.text("appId"): each for each in entra.entries(SERVICES, select=SELECT, top=MOST)}
    registered, ours = set[str](), remembered(lambda: organization(entra).text("id"))
    for entry in entra.entries(APPLICATIONS, select=f"id,appId,displayName,{CREDENTIALS}", expand=OWNERS, top=MOST):
        registered.add(entry.text("appId"))
        yield _application(entra, entry, services.get(entry.text("appId")))
    for name, service in services.items():
        if name not in registered and _may_sign_in(service):
            yield _without_registration(entra, service, ours)


def _application(entra: Entra, entry: Fields, service: Fields | None) -> Application:
    """Without a service principal nobody signs in to it here; its credentials may serve in other tenants."""
    return Application(
        id=entry.text("appId"),
        name=entra.look(lambda: entry.text("displayName")),
        enabled=entra.look(lambda: service is None or service.flag("accountEnabled")),
        foreign=False,
        owners=entra.look(lambda: tuple(sorted(each.text("id") for each in entry.parts("owners")))),
        credentials=entra.look(lambda: _credentials(entra, entry, *(() if service is None else (service,)))),
        last_used=unobserved(NOT_TOLD),
    )


def _without_registration(entra: Entra, service: Fields, ours: Callable[[], str]) -> Application:
    """Somebody else's, which is registered there; or one of ours, of which this alone is left."""
    return Application(
        id=service.text("appId"),
        name=entra.look(lambda: service.text("displayName")),
        enabled=entra.look(lambda: service.flag("accountEnabled")),
        foreign=entra.look(lambda: service.text("appOwnerOrganizationId") != ours()),
        owners=entra.look(lambda: _nobody(service)),
        credentials=entra.look(lambda: _credentials_of(entra, service)),
        last_used=unobserved(NOT_TOLD),
    )


def _credentials_of(entra: Entra, service: Fields) -> tuple[Credential, ...]:
    _known_kind(service)
    return _credentials(entra, service)


def _nobody(service: Fields) -> tuple[str, ...]:
    """What is registered elsewhere is owned there."""
    _known_kind(service)
    return ()


def _known_kind(service: Fields) -> None:
    """Raises `RestError` for what may be a managed identity, whose credentials and owner are Azure's."""
    if (kind := service.text("servicePrincipalType")) not in KINDS:
        raise RestError(f"{kind} is not known here as a kind of service principal")


def _credentials(entra: Entra, *entries: Fields) -> tuple[Credential, ...]:
    found = {each.id: each for entry in entries for each in _credentials_in(entra, entry)}
    return tuple(found[name] for name in sorted(found))


def _credentials_in(entra: Entra, entry: Fields) -> Iterator[Credential]:
    kinds: Mapping[Literal["secret", "certificate"], str] = {
        "secret": "passwordCredentials", "certificate": "keyCredentials",
    }  # fmt: skip
    signing = _signing(entry)
    for method, name in kinds.items():
        for each in entry.parts(name):
            if text_or_none(each, "customKeyIdentifier") in signing:
                continue
            created: datetime = entra.look(lambda: each.moment("startDateTime"))  # noqa: B023 - now
            expires = entra.look(lambda: moment_or_none(each, "endDateTime"))  # noqa: B023 - the same
            yield Credential(id=each.text("keyId"), method=method, created=created, expires=expires)


def _may_sign_in(service: Fields) -> bool:
    """Whether somebody else's application has credentials that were given to it here; also where that is not told."""
    try:
        if service.text("servicePrincipalType") == MANAGED_IDENTITY:
            return False
        signing = _signing(service)
        entries = (each for name in CREDENTIALS.split(",") for each in service.parts(name))
        return any(text_or_none(each, "customKeyIdentifier") not in signing for each in entries)
    except RestError:
        return True


def _signing(entry: Fields) -> frozenset[str]:
    """What marks the pairs of keys, and the password of each, with which Entra ID signs for an application."""
    marks = set[str]()
    for each in entry.parts("keyCredentials"):
        if (usage := each.text("usage")) not in USAGES:
            raise RestError(f"{usage} is not known here as what a key is for")
        if usage == SIGNS:
            marks.add(text_or_none(each, "customKeyIdentifier"))
    return frozenset(marks - {""})
