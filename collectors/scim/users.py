"""The accounts of a service that speaks SCIM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from collectors.scim.source import SCHEMAS, SHOWN, TYPES, Scim, gathered
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import User

USERS = Read("/Users", needs="read users")
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ASKED = ("userName", "displayName", "name", "emails", "active", "userType", "externalId", "title", "meta")
OF_ENTERPRISE = ("employeeNumber", "department", "manager")
"""What is asked for, and nothing else that is kept of people: no telephones, no addresses, no pictures."""
OUTSIDERS = frozenset({"contractor", "external", "guest", "partner", "vendor", "consultant"})
"""What userType says of those whom others employ: RFC 7643, 4.1.1, has the first two, services the rest."""
NOT_TOLD = "SCIM does not tell"


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the service shows it, with as much as was asked for. What it does not show raises `RestError`.

    `kept` are attributes, in lower case, that are shown of somebody: where one of them is missing it is empty.
    """

    entry: Fields
    kept: frozenset[str]

    @property
    def id(self) -> str:
        return self.entry.text("id")

    @property
    def login(self) -> str:
        return self.entry.text("userName")

    @property
    def active(self) -> bool:
        """Never guessed: without the attribute nobody knows."""
        return self.entry.flag("active")

    @property
    def name(self) -> str:
        if "displayName" in self.entry:
            return self.entry.text("displayName")
        parts = self.entry.part("name") if "name" in self.entry else None
        if parts is None:
            return self._missing("displayName")
        if "formatted" in parts:
            return parts.text("formatted")
        return " ".join(parts.text(each) for each in ("givenName", "familyName") if each in parts)

    @property
    def email(self) -> str:
        """The one that is called primary, else the first."""
        if "emails" not in self.entry:
            return self._missing("emails")
        addresses = list(self.entry.parts("emails"))
        primary = [each for each in addresses if "primary" in each and each.flag("primary")]
        return next((each.text("value") for each in (*primary, *addresses)), "")

    @property
    def created(self) -> datetime:
        return self.entry.part("meta").moment("created")

    @property
    def user_type(self) -> str:
        """What somebody is to the organization: `Employee`, `Contractor`."""
        return self.text("userType")

    def text(self, attribute: str) -> str:
        """An attribute of the core schema; empty where it is not set."""
        return self.entry.text(attribute) if attribute in self.entry else self._missing(attribute)

    def of_enterprise(self, attribute: str) -> str:
        """An attribute of the enterprise extension (RFC 7643, 4.3), such as `department`; of `manager` the id."""
        extension = self.entry.part(ENTERPRISE) if ENTERPRISE in self.entry else None
        if extension is None or attribute not in extension:
            return self._missing(f"{ENTERPRISE}:{attribute}")
        return extension.part(attribute).text("value") if attribute == "manager" else extension.text(attribute)

    def _missing(self, attribute: str) -> str:
        if attribute.lower() in self.kept:
            return ""
        raise RestError(f"the service shows no {attribute.rpartition(':')[2]}")


def accounts(service: Scim) -> Iterator[Account]:
    """Everybody in the service. Raises `RestError`, after whoever could be seen, when that is not everybody."""
    declared = _declared(service)
    core, enterprise = (_shown_by(declared.get(schema.lower(), {})) for schema in (CORE, ENTERPRISE))
    attributes = (*ASKED, *(f"{ENTERPRISE}:{each}" for each in OF_ENTERPRISE if each.lower() in enterprise))
    listing = gathered(service.all_of(USERS, ",".join(attributes)))
    seen = {name.lower() for entry in listing.items for name in entry.names()}
    extended = {name.lower() for entry in listing.items for name in entry.names_of(ENTERPRISE)}
    kept = frozenset(seen & core | {f"{ENTERPRISE}:{name}".lower() for name in extended & enterprise})
    for entry in listing.items:
        yield Account(entry, kept)
    if listing.failure:
        raise listing.failure


@collector(permissions=(USERS, SCHEMAS, TYPES))
def users(service: Scim) -> Iterator[User]:
    """Accounts: whose they are, whether they are active, and since when they exist. SCIM knows of no sign-ins."""
    services = service.extent().services
    if not service.has_type("User", USERS.path):
        return
    for account in accounts(service):
        yield _user(service, account, services)


def _user(service: Scim, account: Account, services: tuple[str, ...]) -> User:
    look = service.look
    return User(
        id=account.id,
        login=look(lambda: account.login),
        name=look(lambda: account.name),
        email=look(lambda: account.email),
        service=look(lambda: any(fnmatchcase(account.login, each) for each in services)),
        guest=look(lambda: account.user_type.lower() in OUTSIDERS),
        invited=unobserved(NOT_TOLD),
        synchronised_from=unobserved(NOT_TOLD),
        enabled=look(lambda: account.active),
        expires=None,
        created=look(lambda: account.created),
        last_sign_in=unobserved(NOT_TOLD),
        sign_ins_lag_days=unobserved(NOT_TOLD),
        sign_ins_recorded_since=unobserved(NOT_TOLD),
        password_changed=unobserved(NOT_TOLD),
    )


def _declared(service: Scim) -> dict[str, dict[str, Fields]]:
    """The attributes of each schema; none where the service does not say, so that none is known to be empty."""
    try:
        return service.schemas()
    except RestError:
        return {}


def _shown_by(schema: Mapping[str, Fields]) -> frozenset[str]:
    """The attributes that answers hold when they are set; where nothing is said, that is so (RFC 7643, 7)."""
    return frozenset(name for name, each in schema.items() if "returned" not in each or each.text("returned") in SHOWN)
