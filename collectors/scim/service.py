"""What a service that speaks SCIM says of itself, and how it answers strangers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from collectors.rest import Read
from collectors.rest_answers import FORBIDDEN, UNAUTHORIZED, Fields, RestError, items_of
from collectors.scim.source import CONFIGURATION, RESOURCES, SCHEMAS, TOTAL, Scim
from collectors.scim.users import CORE, USERS
from core.plugins import collector
from core.resources.scim import ScimService

AS_NOBODY = Read(USERS.path, needs="nothing: whether strangers are shown users", as_nobody=True)
RETURNED = ("never", "request", "default", "always")
Returned = Literal["never", "request", "default", "always", "not kept"]
Strangers = Literal["refused", "nothing", "shown"]


@collector(permissions=(CONFIGURATION, SCHEMAS, AS_NOBODY))
def service(service: Scim) -> Iterator[ScimService]:
    """How one proves who one is, whether passwords can be read, and what somebody without a token is shown."""
    yield ScimService(
        id=service.id,
        authentication=service.look(lambda: _authentication(service)),
        passwords_returned=service.look(lambda: _passwords_returned(service)),
        strangers=service.look(lambda: _strangers(service)),
    )


def _authentication(service: Scim) -> tuple[str, ...]:
    said = Fields(service.ask(CONFIGURATION).data, "the configuration of the service")
    return tuple(sorted({each.text("type").lower() for each in said.parts("authenticationSchemes")}))


def _passwords_returned(service: Scim) -> Returned:
    users = service.schemas().get(CORE.lower())
    if users is None:
        raise RestError("the service declares no schema of users")
    password = users.get("password")
    if password is None:
        return "not kept"
    said = password.text("returned").lower()
    if said not in RETURNED:
        raise RestError(f"passwords are returned {said!r}, which is none of {', '.join(RETURNED)}")
    return cast("Returned", said)


def _strangers(service: Scim) -> Strangers:
    try:
        answer = service.ask(AS_NOBODY, count="1", attributes="id")
    except RestError as error:
        if error.status in (UNAUTHORIZED, FORBIDDEN):
            return "refused"
        raise
    page = Fields(answer.data, "what strangers are told")
    return (
        "shown"
        if page.number(TOTAL) or (RESOURCES in page and items_of(AS_NOBODY, answer.data, RESOURCES))
        else "nothing"
    )
