"""What the attributes of an account mean."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from collectors.active_directory.apart import AskedApart
from collectors.active_directory.descriptors import EVERYBODY, descriptor
from collectors.active_directory.groups import Groups
from collectors.active_directory.source import Domain, Shown
from collectors.active_directory.values import filetime, relative_id, whole
from collectors.ldap.asking import DirectoryError, Entry
from collectors.ldap.source import moment
from core.resources.active_directory import AdAccount, AdComputer
from core.resources.idp import User

CERTAIN = (
    "objectGUID", "objectSid", "sAMAccountName", "userAccountControl", "primaryGroupID", "pwdLastSet",
    "accountExpires", "whenCreated",
)  # fmt: skip
"""On every account: not to see them is not to be allowed to."""
LAPS = ("ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime")
"""When the password is to be replaced, in the older LAPS and in that of Windows. The passwords are never asked for."""
DEPUTIES = "msDS-AllowedToActOnBehalfOfOtherIdentity"
OPTIONAL = (
    "displayName", "mail", "lastLogonTimestamp", "servicePrincipalName", "msDS-SupportedEncryptionTypes", "adminCount",
    "sIDHistory", "msDS-AllowedToDelegateTo", DEPUTIES, "operatingSystem",
    "operatingSystemVersion", *LAPS,
)  # fmt: skip
HEAD = ("whenCreated", "msDS-Behavior-Version", "msDS-LogonTimeSyncInterval")
"""Of the domain, which decide what is known of sign-ins."""
LAG_DAYS, WINDOWS_2003 = 14, 2
"""How far lastLogonTimestamp lags where nothing else is set, and from which functional level on it is kept (MS-ADA1,
2.351)."""

DISABLED, NOT_REQUIRED, REVERSIBLE, OF_A_TRUST, OF_A_CONTROLLER = 0x2, 0x20, 0x80, 0x800, 0x2000
NEVER_EXPIRES, SMART_CARD, FOR_ANYBODY, NOT_DELEGATED, DES_ALONE = 0x10000, 0x40000, 0x80000, 0x100000, 0x200000
NO_PREAUTHENTICATION, FOR_ABSENT, READING_CONTROLLER = 0x400000, 0x1000000, 0x4000000
"""Flags of userAccountControl (MS-ADTS, 2.2.16)."""
CIPHERS = {0x1: "DES", 0x2: "DES", 0x4: "RC4", 0x8: "AES128", 0x10: "AES256", 0x20: "AES256-SK"}
"""Flags of msDS-SupportedEncryptionTypes (MS-KILE, 2.2.7)."""
TYPES: dict[str, Literal["user", "computer", "managed", "trust"]] = {
    "computer": "computer", "msDS-ManagedServiceAccount": "managed", "msDS-GroupManagedServiceAccount": "managed",
    "msDS-DelegatedManagedServiceAccount": "managed",
}  # fmt: skip
"""By the class of an entry that is its own, the last of all that it has."""
HANDED_OUT = ("msDS-GroupManagedServiceAccount", "msDS-DelegatedManagedServiceAccount")
"""Of which computers are told the password."""
KRBTGT = 502


def type_of(entry: Entry) -> Literal["user", "computer", "managed", "trust"]:
    """What kind of account an entry is. Classes come from the most general to the most special (MS-ADTS, 3.1.1.1.4)."""
    found = TYPES.get(entry.all("objectClass")[-1], "user")
    flags = entry.first("userAccountControl")
    return "trust" if found == "user" and flags and whole(flags) & OF_A_TRUST else found


def ciphers(text: str | None) -> tuple[str, ...] | None:
    """Which ciphers of Kerberos a value names, `None` where it leaves that to the domain. Raises `DirectoryError`."""
    flags = whole(text or "0")
    return tuple(sorted({name for flag, name in CIPHERS.items() if flags & flag})) or None


class SignIns:
    """What a domain keeps of sign-ins, and how far that lags behind."""

    def __init__(self, domain: Domain, head: Shown) -> None:
        self._head = head
        self.lag_days = domain.look(self._lag_days)
        self.since = domain.look(self._since)

    def require(self) -> None:
        """Raises `DirectoryError` where sign-ins are not kept, or where that is not shown."""
        self._lag_days()

    def _lag_days(self) -> int:
        found = self._head.value("msDS-LogonTimeSyncInterval")
        if found is not None and whole(found) == 0:
            raise DirectoryError("the domain does not keep when accounts sign in", "set msDS-LogonTimeSyncInterval: 14")
        return LAG_DAYS if found is None else whole(found)

    def _since(self) -> datetime:
        self._lag_days()
        if whole(self._head.certain("msDS-Behavior-Version")) < WINDOWS_2003:
            raise DirectoryError("the domain does not keep when accounts sign in", "raise its functional level")
        return moment(self._head.certain("whenCreated"))


class AccountOf:
    """One account, and what each kind of resource tells of it."""

    def __init__(self, domain: Domain, shown: Shown, sign_ins: SignIns, *, service: bool) -> None:
        """Raises `DirectoryError` when it does not show what it is known by."""
        self.shown = shown
        self.type = type_of(shown.entry)
        self.id = shown.certain("objectGUID")
        self._domain = domain
        self._sign_ins = sign_ins
        self._service = service

    @property
    def sid(self) -> str:
        return self.shown.certain("objectSid")

    @property
    def login(self) -> str:
        return self.shown.certain("sAMAccountName")

    @property
    def primary_group(self) -> int:
        """The RID of a group that it is in without being named there."""
        return whole(self.shown.certain("primaryGroupID"))

    @property
    def service(self) -> bool:
        """It belongs to a domain, to a computer, or to a program that the configuration names."""
        return self._service or self.type != "user" or relative_id(self.sid) == KRBTGT

    def user(self, names: AskedApart) -> User:
        """What it has in common with accounts of other providers. Whom nobody gave an address, `names` tells of."""
        look, shown = self._domain.look, self.shown
        return User(
            id=self.id,
            login=look(lambda: self.login),
            name=look(lambda: shown.value("displayName") or ""),
            email=look(lambda: shown.value("mail") or (self.type == "user" and names.value(shown.entry.dn)) or ""),
            service=look(lambda: self.service),
            guest=False,  # accounts of others stay in their own domains
            invited=None,
            synchronised_from="",
            enabled=look(lambda: not self._flag(DISABLED)),
            expires=look(lambda: filetime(shown.certain("accountExpires"))),
            created=look(lambda: moment(shown.certain("whenCreated"))),
            last_sign_in=look(self._last_sign_in),
            sign_ins_lag_days=self._sign_ins.lag_days,
            sign_ins_recorded_since=self._sign_ins.since,
            password_changed=look(lambda: filetime(shown.certain("pwdLastSet"))),
        )

    def computer(self) -> AdComputer:
        """What is said of it as a computer."""
        look, shown = self._domain.look, self.shown
        return AdComputer(
            id=self.id,
            name=look(lambda: self.login.removesuffix("$")),
            enabled=look(lambda: not self._flag(DISABLED)),
            controller=look(lambda: self._flag(OF_A_CONTROLLER | READING_CONTROLLER)),
            created=look(lambda: moment(shown.certain("whenCreated"))),
            operating_system=look(lambda: shown.value("operatingSystem") or ""),
            operating_system_version=look(lambda: shown.value("operatingSystemVersion") or ""),
            last_sign_in=look(self._last_sign_in),
            sign_ins_lag_days=self._sign_ins.lag_days,
            local_password_until=look(lambda: max(filter(None, map(self._replaced, LAPS)), default=None)),
        )

    def account(self, groups: Groups, handed_to: AskedApart) -> AdAccount:
        """What is said of it as somebody who signs in with Kerberos."""
        look, shown, flag = self._domain.look, self.shown, self._flag
        return AdAccount(
            id=self.id,
            sid=look(lambda: self.sid),
            login=look(lambda: self.login),
            type=self.type if self.type != "user" else look(lambda: "trust" if flag(OF_A_TRUST) else "user"),
            service=look(lambda: self.service),
            enabled=look(lambda: not flag(DISABLED)),
            controller=look(lambda: flag(OF_A_CONTROLLER | READING_CONTROLLER)),
            password_changed=look(lambda: filetime(shown.certain("pwdLastSet"))),
            password_required=look(lambda: not flag(NOT_REQUIRED)),
            password_expires=look(lambda: not flag(NEVER_EXPIRES)),
            password_reversible=look(lambda: flag(REVERSIBLE)),
            preauthentication=look(lambda: not flag(NO_PREAUTHENTICATION)),
            smart_card=look(lambda: flag(SMART_CARD)),
            des_alone=look(lambda: flag(DES_ALONE)),
            ciphers=look(lambda: ciphers(shown.value("msDS-SupportedEncryptionTypes"))),
            services=look(lambda: tuple(sorted(shown.values("servicePrincipalName")))),
            may_be_delegated=look(lambda: not flag(NOT_DELEGATED)),
            acts_for_anybody=look(lambda: flag(FOR_ANYBODY)),
            acts_towards=look(lambda: tuple(sorted(shown.values("msDS-AllowedToDelegateTo")))),
            acts_for_absent=look(lambda: flag(FOR_ABSENT)),
            admits_deputies=look(self._deputies),
            former_sids=look(lambda: tuple(sorted(shown.values("sIDHistory")))),
            privileged_through=look(lambda: groups.privileged_through(self)),
            protected_user=look(lambda: groups.is_protected_user(self)),
            marked_privileged=look(lambda: whole(shown.value("adminCount") or "0") > 0),
            owner=look(self._owner),
            password_handed_to=look(lambda: self._handed_to(handed_to)),
        )

    def _flag(self, flag: int) -> bool:
        return bool(whole(self.shown.certain("userAccountControl")) & flag)

    def _last_sign_in(self) -> datetime | None:
        self._sign_ins.require()
        return filetime(self.shown.value("lastLogonTimestamp"))

    def _replaced(self, attribute: str) -> datetime | None:
        return filetime(self.shown.value(attribute))

    def _owner(self) -> str:
        found = self.shown.permissions.owner
        if not found:
            raise DirectoryError(
                f"the owner of {self.shown.entry.dn} is not shown to us", "let the reader read permissions"
            )
        return found

    def _deputies(self) -> tuple[str, ...]:
        """Any right will do there (MS-SFU, 3.2.5.1)."""
        return _let_in(self.shown.value(DEPUTIES))

    def _handed_to(self, told: AskedApart) -> tuple[str, ...]:
        """Who may read the password that the domain makes (MS-ADTS, 3.1.1.4.5.39)."""
        entry = self.shown.entry
        return _let_in(told.value(entry.dn)) if entry.all("objectClass")[-1] in HANDED_OUT else ()


def _let_in(found: str | None) -> tuple[str, ...]:
    """Whom the descriptor in an attribute lets in. Raises `DirectoryError`."""
    if found is None:
        return ()
    grants = descriptor(found).grants
    return (EVERYBODY,) if grants is None else tuple(sorted({each.sid for each in grants if each.allows}))
