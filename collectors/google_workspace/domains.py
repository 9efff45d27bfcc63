"""The domains whose addresses are logins."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.google_workspace.source import DIRECTORY, SCOPES, Workspace
from collectors.rest import Read
from collectors.rest_answers import Fields
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Domain

DOMAINS = Read(
    "/admin/directory/v1/customer/my_customer/domains",
    needs=f"{SCOPES}admin.directory.domain.readonly", service=DIRECTORY, limit=DIRECTORY,
)  # fmt: skip
WHO_SIGNS_IN = "Google sets who signs people in for organizational units and groups, not for domains"


@collector(permissions=(DOMAINS,))
def domains(workspace: Workspace) -> Iterator[Domain]:
    """Domains, and whether Google has made sure that they are ours."""
    for entry in _entries(workspace):
        yield _domain(workspace, entry)


def names_of_domains(workspace: Workspace) -> frozenset[str]:
    """Our domains and their aliases, in lower case. One that Google has not verified may be somebody else's, and does
    not count. Raises `RestError`."""
    found = set[str]()
    for entry in _entries(workspace):
        if entry.flag("verified"):
            found.add(entry.text("domainName").lower())
        if "domainAliases" in entry:
            aliases = (each for each in entry.parts("domainAliases") if each.flag("verified"))
            found |= {each.text("domainAliasName").lower() for each in aliases}
    return frozenset(found)


def _domain(workspace: Workspace, entry: Fields) -> Domain:
    return Domain(
        id=entry.text("domainName"),
        verified=workspace.look(lambda: entry.flag("verified")),
        federated_with=unobserved(WHO_SIGNS_IN),
        certificates_end=unobserved(WHO_SIGNS_IN),
    )


def _entries(workspace: Workspace) -> Iterator[Fields]:
    return workspace.entries(DOMAINS, "domains", "admin#directory#domains", never_empty=True)
