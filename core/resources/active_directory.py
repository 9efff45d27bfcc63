"""What only domains of Active Directory have. Identifiers are objectGUIDs, which never change and are not given again;
who is meant in a list of rights is named by SID."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Observed, Resource, missing_fields, part, resource


@resource("ad_domain")
class AdDomain(Resource):
    """A domain as a whole."""

    id: str
    sid: str
    """With which the SIDs of all its accounts begin."""
    name: str
    """In DNS."""
    created: datetime
    functional_level: int
    """7 is Windows Server 2016, 10 is 2025 (msDS-Behavior-Version)."""
    machine_account_quota: int
    """How many computers each account may add."""
    strangers_may_search: bool
    """Searches are answered for somebody who has not signed in (dSHeuristics)."""
    strangers_may_read_addresses: bool
    """The address book is open to them, by its own protocol (NSPI; dSHeuristics). Unobserved in older evidence, as are
    `unprotected` and `changes_privileged`."""
    unprotected: tuple[str, ...]
    """Groups of operators whose members do not get the permissions of privileged accounts (dSHeuristics), sorted."""
    changes_privileged: tuple[str, ...]
    """SIDs of those who may take over privileged accounts and groups by the template of their permissions
    (AdminSDHolder), sorted."""
    copies_secrets: tuple[str, ...]
    """SIDs of those who may replicate everybody's keys out of the domain, or give themselves that right, sorted. The
    right to replicate what is no key is needed beside it; who has that through groups is not asked."""
    old_access: tuple[str, ...]
    """SIDs of who is in Pre-Windows 2000 Compatible Access, and so may read all accounts, sorted."""
    recycle_bin: bool
    """What is deleted can be brought back whole, with its groups and passwords. Unobserved in older evidence."""


@resource("ad_account")
class AdAccount(Resource):
    """Whoever can prove who they are to a domain: a user, a computer, or an account that the domain itself manages.

    What is said of services and of encryption is about Kerberos.
    """

    id: str
    sid: str
    login: str
    """The sAMAccountName; of computers and managed accounts it ends with `$`."""
    type: Literal["user", "computer", "managed", "trust"]
    """`managed`: a service account whose password the domain makes. `trust`: another domain."""
    service: bool
    """It belongs to a program, and not to a person."""
    enabled: bool
    controller: bool
    """It is of a domain controller, also of one that only reads."""
    password_changed: datetime | None
    """`None` when it has to be changed at the next sign-in."""
    password_required: bool
    password_expires: bool
    password_reversible: bool
    """The password itself is kept, and not a hash alone."""
    preauthentication: bool
    """Somebody must prove to know the password before anything made with it is handed out."""
    smart_card: bool
    """It signs in with a smart card alone, and has a random password that never ends. Unobserved in older evidence."""
    des_alone: bool
    """Keys of DES are all that it uses."""
    ciphers: tuple[str, ...] | None
    """For tickets to its services, sorted, as `AES256` and `RC4`; `None` where the domain's default holds."""
    services: tuple[str, ...]
    """Service principal names, sorted."""
    may_be_delegated: bool
    """Services may act in its name, as far as they may in anybody's."""
    acts_for_anybody: bool
    """It may act in the name of whoever signs in to it, towards every service: unconstrained delegation."""
    acts_towards: tuple[str, ...]
    """The services towards which it may act in the name of others, sorted: constrained delegation."""
    acts_for_absent: bool
    """There it may act in the name of somebody who has not signed in to it: protocol transition."""
    admits_deputies: tuple[str, ...]
    """SIDs of those who may act towards it in anybody's name, sorted: resource-based delegation."""
    former_sids: tuple[str, ...]
    """SIDs that it has beside its own, with all their rights, sorted: SID history."""
    privileged_through: tuple[str, ...]
    """Names of the privileged groups it is in, also through other groups, sorted."""
    protected_user: bool
    """It is in the group Protected Users, also through other groups."""
    marked_privileged: bool
    """adminCount is set: it is or was in a protected group, and no longer inherits permissions."""
    owner: str
    """SID of who may always change its permissions. Unobserved in older evidence."""
    password_handed_to: tuple[str, ...]
    """SIDs of those whom the domain tells its password, sorted; empty for accounts that are not managed for several
    computers. Unobserved in older evidence."""

    def persons(self) -> Iterator[str]:
        hidden = missing_fields(self)
        no_person = ("service" not in hidden and self.service) or ("type" not in hidden and self.type != "user")
        if not no_person and "login" not in hidden:
            yield self.login


@resource("ad_computer")
class AdComputer(Resource):
    """A computer that is a member of a domain. The id is its account's."""

    id: str
    name: str
    enabled: bool
    controller: bool
    created: datetime
    operating_system: str
    """As the computer says; empty when it says nothing."""
    operating_system_version: str
    """Likewise, as `10.0 (26100)` with the build in brackets."""
    last_sign_in: datetime | None
    """`None` when none is recorded."""
    sign_ins_lag_days: int
    """By how many days the real last sign-in may be later than the recorded one."""
    local_password_until: datetime | None
    """When the password of its local administrator is to be replaced next by LAPS; `None` when LAPS keeps none."""


@part
class Member(Observed):
    """Somebody in a privileged group."""

    id: str
    """Of the account; the SID of who is from another domain."""
    name: str
    kind: Literal["user", "service", "foreign"]


@resource("ad_privileged_group")
class AdPrivilegedGroup(Resource):
    """A group whose members can take over the domain."""

    id: str
    sid: str
    name: str
    members: tuple[Member, ...]
    """All of them, also through other groups and as their primary group, sorted by id. A group of another domain is one
    member."""

    def persons(self) -> Iterator[str]:
        for each in () if "members" in missing_fields(self) else self.members:
            if each.kind == "user":
                yield each.name


@resource("ad_password_policy")
class AdPasswordPolicy(Resource):
    """What only Active Directory says of a password policy. The id is the policy's."""

    id: str
    name: str
    default: bool
    reversible: bool
    """Passwords themselves are kept, and not hashes alone."""
    counted_seconds: int | None
    """For how long wrong guesses count together; `None` for ever. Unobserved in older evidence."""
    precedence: int
    """Of several that are given to an account, the one with the lowest holds; 0 for the domain's own."""
    given_to: tuple[str, ...]
    """Names of the groups and accounts it is given to, sorted; empty for the domain's own."""


@resource("ad_trust")
class AdTrust(Resource):
    """Another domain, or a realm of Kerberos, whose accounts are accepted here, or ours there."""

    id: str
    partner: str
    inbound: bool
    """Our accounts are accepted there."""
    outbound: bool
    """Their accounts are accepted here."""
    type: Literal["parent or child", "forest", "external", "realm"]
    filters_sids: bool
    """SIDs that are not of the partner's own are taken out of what it says of its accounts."""
    selective: bool
    """Their accounts reach only those servers here on which that was allowed."""
    delegates_tickets: bool
    """Services there may be handed tickets with which they can act in the name of our accounts."""
    ciphers: tuple[str, ...] | None
    """For its tickets, sorted; `None` where the domain's default holds."""
