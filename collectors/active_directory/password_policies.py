"""The password policies of a domain: its own, and those that are given to groups and accounts."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.active_directory.source import PERMISSIONS, READER, WINDOW, WINDOW_OF_SOME, Domain, Reader, Shown
from collectors.active_directory.values import FOR_EVER, days, dns_name, named, seconds, whole
from collectors.ldap.asking import NO_SUCH_OBJECT, DirectoryError
from core.plugins import collector
from core.resources.active_directory import AdPasswordPolicy
from core.resources.idp import PasswordPolicy

OWN = (
    "objectGUID", "minPwdLength", "pwdProperties", "pwdHistoryLength", "maxPwdAge", "lockoutThreshold",
    "lockoutDuration", "msDS-Behavior-Version",
)  # fmt: skip
COMPLEX, REVERSIBLE = 0x1, 0x10
"""Flags of pwdProperties (MS-SAMR, 2.2.3.17)."""
GIVEN = (
    "objectGUID", "name", "msDS-MinimumPasswordLength", "msDS-PasswordComplexityEnabled",
    "msDS-PasswordHistoryLength", "msDS-MaximumPasswordAge", "msDS-LockoutThreshold", "msDS-LockoutDuration",
    "msDS-PasswordReversibleEncryptionEnabled", "msDS-PasswordSettingsPrecedence", "msDS-PSOAppliesTo",
)  # fmt: skip
CONTAINER, OF_A_POLICY = "CN=Password Settings Container,CN=System", "msDS-PasswordSettings"
WINDOWS_2008 = 3
"""The functional level from which on there are policies for some."""


@collector(permissions=(*READER, "objectClass", *OWN, *GIVEN, WINDOW, WINDOW_OF_SOME))
def password_policies(domain: Domain) -> Iterator[PasswordPolicy | AdPasswordPolicy]:
    """What passwords have to be, for everybody and for those who were given rules of their own."""
    base = domain.base
    reader = domain.reader((*OWN, *GIVEN))
    head = Shown(domain.entry(base, (PERMISSIONS, *OWN)), reader)
    yield from _own(domain, dns_name(base), head)
    if whole(head.certain("msDS-Behavior-Version")) >= WINDOWS_2008:
        yield from _given(domain, f"{CONTAINER},{base}", reader)


def _own(domain: Domain, name: str, head: Shown) -> Iterator[PasswordPolicy | AdPasswordPolicy]:
    look, said = domain.look, head.certain
    yield PasswordPolicy(
        id=said("objectGUID"),
        name=name,
        default=True,
        minimum_length=look(lambda: whole(said("minPwdLength"))),
        simple_refused=look(lambda: bool(whole(said("pwdProperties")) & COMPLEX)),
        history=look(lambda: whole(said("pwdHistoryLength"))),
        maximum_days=look(lambda: days(said("maxPwdAge"))),
        wrong_guesses=look(lambda: whole(said("lockoutThreshold"))),
        locked_seconds=look(lambda: seconds(said("lockoutDuration"))),
    )
    yield AdPasswordPolicy(
        id=said("objectGUID"),
        name=name,
        default=True,
        reversible=look(lambda: bool(whole(said("pwdProperties")) & REVERSIBLE)),
        counted_seconds=look(lambda: _counted(domain, head, WINDOW)),
        precedence=0,
        given_to=(),
    )


def _given(domain: Domain, place: str, reader: Reader) -> Iterator[PasswordPolicy | AdPasswordPolicy]:
    """Raises `DirectoryError` when there may be policies that we are not shown: without a right to list them there seem
    to be none."""
    try:
        container = domain.entry(place, (PERMISSIONS,))
        listed = reader.may_list(container)
    except DirectoryError as error:
        if error.code not in (NO_SUCH_OBJECT, -1):
            raise
        listed = False
    if not listed:
        raise DirectoryError(
            "fine-grained password policies are not shown to us, so that there may be some",
            "let the reader read the Password Settings Container: `annexa permissions active_directory`",
        )
    for entry in domain.of_known_class(place, f"(|(objectClass={OF_A_POLICY})(!(objectClass=top)))", GIVEN):
        yield from _for_some(domain, Shown(entry, reader))


def _for_some(domain: Domain, shown: Shown) -> Iterator[PasswordPolicy | AdPasswordPolicy]:
    look, said = domain.look, shown.certain
    yield PasswordPolicy(
        id=said("objectGUID"),
        name=look(lambda: said("name")),
        default=False,
        minimum_length=look(lambda: whole(said("msDS-MinimumPasswordLength"))),
        simple_refused=look(lambda: said("msDS-PasswordComplexityEnabled") == "TRUE"),
        history=look(lambda: whole(said("msDS-PasswordHistoryLength"))),
        maximum_days=look(lambda: days(said("msDS-MaximumPasswordAge"))),
        wrong_guesses=look(lambda: whole(said("msDS-LockoutThreshold"))),
        locked_seconds=look(lambda: seconds(said("msDS-LockoutDuration"))),
    )
    yield AdPasswordPolicy(
        id=said("objectGUID"),
        name=look(lambda: said("name")),
        default=False,
        reversible=look(lambda: said("msDS-PasswordReversibleEncryptionEnabled") == "TRUE"),
        counted_seconds=look(lambda: _counted(domain, shown, WINDOW_OF_SOME)),
        precedence=look(lambda: whole(said("msDS-PasswordSettingsPrecedence"))),
        given_to=look(lambda: tuple(sorted(named(each).dn for each in shown.values("msDS-PSOAppliesTo")))),
    )


def _counted(domain: Domain, shown: Shown, attribute: str) -> int | None:
    """How long guesses of a policy count together, asked by itself. Raises `DirectoryError`."""
    found = domain.entry(shown.entry.dn, (attribute,)).first(attribute)
    if found is None:
        raise DirectoryError(f"{attribute} of {shown.entry.dn} is not shown to us", "let the reader read it")
    return None if whole(found) == FOR_EVER else seconds(found)
