"""Accounts, computers and groups of a domain, and who is privileged through which groups."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.active_directory.accounts import CERTAIN, HANDED_OUT, HEAD, OPTIONAL, AccountOf, SignIns
from collectors.active_directory.apart import AskedApart
from collectors.active_directory.groups import GROUP, Groups
from collectors.active_directory.source import (
    HANDED_TO,
    PERMISSIONS,
    READER,
    SIGN_IN_NAME,
    Domain,
    Reader,
    Shown,
)
from collectors.ldap.asking import DirectoryError, below
from core.plugins import collector
from core.resources.active_directory import AdAccount, AdComputer, AdPrivilegedGroup
from core.resources.idp import Group, RoleAssignment, User

GROUPS, ACCOUNTS = "(objectClass=group)", "(objectClass=user)"
WITHOUT_ADDRESS = "(&(objectClass=user)(!(objectClass=computer))(!(mail=*)))"
MANAGED = f"(|{''.join(f'(objectClass={each})' for each in HANDED_OUT)})"
THE_REST = "(!(|(objectClass=group)(objectClass=user)))"
OF_THE_DOMAIN = ("CN=System", "CN=NTDS Quotas")
"""Where the domain keeps what is its own, such as policies that only some may read, and no accounts."""
HOLDERS = frozenset({"organizationalUnit", "container", "builtinDomain", "domainDNS", "lostAndFound"})
"""What accounts and groups may stand in, by the class of its own."""


@collector(permissions=(*READER, "objectClass", *HEAD, *GROUP, *CERTAIN, *OPTIONAL, SIGN_IN_NAME, HANDED_TO))
def principals(
    domain: Domain,
) -> Iterator[User | Group | RoleAssignment | AdAccount | AdComputer | AdPrivilegedGroup]:
    """Users, computers, managed accounts and groups, and who is in privileged groups, also through others."""
    base = domain.base
    reader = domain.reader((*HEAD, *GROUP, *CERTAIN, *OPTIONAL))
    sign_ins = SignIns(domain, Shown(domain.entry(base, (PERMISSIONS, *HEAD)), reader))
    names = AskedApart(domain, base, WITHOUT_ADDRESS, SIGN_IN_NAME)
    handed_to = AskedApart(domain, base, MANAGED, HANDED_TO)
    services = domain.extent().services
    hidden = _hidden(domain, base, reader)
    listed = (Shown(each, reader) for each in domain.of_known_class(base, GROUPS, GROUP))
    groups = Groups(domain, listed, incomplete=str(hidden or ""))
    for entry in domain.of_known_class(base, ACCOUNTS, (*CERTAIN, *OPTIONAL)):
        service = any(below(entry.dn, each) for each in services)
        try:
            account = AccountOf(domain, Shown(entry, reader), sign_ins, service=service)
        except DirectoryError as error:
            hidden = error
            continue
        groups.add(account)
        yield account.account(groups, handed_to)
        yield account.computer() if account.type == "computer" else account.user(names)
    yield from groups.all()
    yield from groups.privileged()
    yield from groups.assignments()
    if hidden is not None:
        raise hidden


def _hidden(domain: Domain, base: str, reader: Reader) -> DirectoryError | None:
    """Why there may be accounts or groups that we are not shown at all; `None` when there are none.

    What may be listed is listed, whatever else of it is hidden (MS-ADTS, 3.1.1.4.3); but a class that is hidden is no
    class to a filter, so that such an entry is found here.
    """

    def counts(dn: str) -> bool:
        return not any(below(dn, f"{each},{base}") for each in OF_THE_DOMAIN)

    try:
        for entry in domain.of_known_class(base, THE_REST, ("objectSid",), counts):
            if counts(entry.dn) and entry.all("objectClass")[-1] in HOLDERS and not reader.may_list(entry):
                return DirectoryError(
                    f"what stands in {entry.dn} is not shown to us", "let the reader list what is there"
                )
    except DirectoryError as error:
        return error
    return None
