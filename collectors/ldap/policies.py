"""The password policies of a directory (draft-behera-ldap-password-policy; slapo-ppolicy(5))."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from collectors.ldap.asking import DirectoryError, Entry, below, parent, same
from collectors.ldap.source import CONFIG, POLICY_CONTROL, Directory
from core.plugins import collector
from core.resources.idp import PasswordPolicy

POLICIES = "(objectClass=pwdPolicy)"
NAMES = ("cn",)
LOCKOUT = "pwdLockout"
RULES = (
    "pwdMinLength", "pwdCheckQuality", "pwdCheckModule", "pwdUseCheckModule", "pwdInHistory", "pwdMaxAge", LOCKOUT,
    "pwdMaxFailure", "pwdLockoutDuration",
)  # fmt: skip
SECONDS_OF_A_DAY = 86_400
DEFAULT, SUFFIX = "olcPPolicyDefault", "olcSuffix"
OVERLAYS, DATABASES = "(objectClass=olcPPolicyConfig)", "(objectClass=olcDatabaseConfig)"
FRONTEND = "olcdatabase={-1}frontend,cn=config"
"""Whose overlays are those of all databases (slapd-config(5))."""
NAMELESS = re.compile(r"olcdatabase=(\{-?\d+\})?(frontend|config|monitor),")
"""Databases that have no suffix of their own to show."""


@collector(permissions=(*NAMES, *RULES, DEFAULT, SUFFIX))
def policies(directory: Directory) -> Iterator[PasswordPolicy]:
    """What passwords have to be, and what wrong ones lead to."""
    if not enforced(directory):
        return  # what stands in entries then is enforced by nobody
    seen = set[str]()
    for base in directory.bases():
        entries = list(directory.search(base, POLICIES, (*NAMES, *RULES)))
        absent = directory.absent(base, POLICIES, RULES, entries)
        for entry in entries:
            seen.add(same(entry.dn))
            yield _policy(directory, entry, absent)
    if not seen:
        raise DirectoryError(
            "the directory enforces password policies and shows us none", "let the reader read the entries of pwdPolicy"
        )


def enforced(directory: Directory) -> bool:
    """Whether the server enforces policies. Raises `DirectoryError` when it does not say what it offers.

    slapd offers the control as soon as the module is loaded; policies hold in databases that have the overlay. Where
    the databases of our entries are shown to us and no overlay is, there is none.
    """
    controls = directory.root().all("supportedControl")
    if not controls:
        raise DirectoryError("the server does not show what it offers", "let everybody read supportedControl")
    return POLICY_CONTROL in controls and not _without_overlays(directory)


def _without_overlays(directory: Directory) -> bool:
    """Whether the configuration of the databases is shown, and has no overlay; where it is hidden nobody knows."""
    try:
        if any(directory.search(CONFIG, OVERLAYS, ("1.1",))):
            return False
        databases = list(directory.search(CONFIG, DATABASES, (SUFFIX,)))
    except DirectoryError:  # no such configuration, or not for us: then what the server offers is believed
        return False
    served = [suffix for each in databases for suffix in each.all(SUFFIX)]
    return all(any(below(base, suffix) for suffix in served) for base in directory.bases())


def _policy(directory: Directory, entry: Entry, absent: dict[str, frozenset[str]]) -> PasswordPolicy:
    def rule(name: str) -> str | None:
        found = entry.first(name)
        if found is None and same(entry.dn) not in absent.get(name, frozenset()):
            raise DirectoryError(f"{name} is not shown to us", "let the reader read and search it")
        return found

    def number(name: str) -> int:
        return int(rule(name) or 0)

    look = directory.look
    return PasswordPolicy(
        id=same(entry.dn),
        name=entry.first("cn") or entry.dn,
        default=look(lambda: same(entry.dn) in defaults(directory)),
        # A length is looked at only where quality is.
        minimum_length=look(lambda: number("pwdMinLength") if number("pwdCheckQuality") else 0),
        simple_refused=look(lambda: _refuses_simple(rule)),
        history=look(lambda: number("pwdInHistory")),
        maximum_days=look(lambda: -(-number("pwdMaxAge") // SECONDS_OF_A_DAY)),
        wrong_guesses=look(lambda: number("pwdMaxFailure") if rule(LOCKOUT) == "TRUE" else 0),
        locked_seconds=look(lambda: number("pwdLockoutDuration")),
    )


def _refuses_simple(rule: Callable[[str], str | None]) -> bool:
    """The server itself looks at the length alone. Raises `DirectoryError` when a module looks at more."""
    if rule("pwdCheckQuality") in (None, "0"):
        return False
    if rule("pwdCheckModule") or rule("pwdUseCheckModule") == "TRUE":
        raise DirectoryError("a module of the server looks at passwords, and what it refuses is not told")
    return False


def defaults(directory: Directory) -> frozenset[str]:
    """The policies that hold for whoever has no other. Raises `DirectoryError` when the server shows none."""
    return frozenset(filter(None, _named_by_databases(directory).values()))


def default_policies(directory: Directory) -> tuple[str, ...]:
    """The same of the databases that hold our bases, with an empty text where one has none: there an account without a
    policy of its own may have any password. Raises `DirectoryError` when that is not shown."""
    named = _named_by_databases(directory)
    databases = {same(each.dn): each.all(SUFFIX) for each in directory.search(CONFIG, DATABASES, (SUFFIX,))}
    for name, suffixes in databases.items():
        if not suffixes and not NAMELESS.match(name):
            raise DirectoryError(f"{SUFFIX} of {name} is not shown to us", f"let the reader read {SUFFIX} in {CONFIG}")
    served = [(same(suffix), name) for name, suffixes in databases.items() for suffix in suffixes]
    bases, found = directory.bases(), set[str]()
    for base in bases:
        around = sorted((pair for pair in served if below(base, pair[0])), key=lambda pair: len(pair[0]))
        holding = {*around[-1:], *(pair for pair in served if below(pair[0], base))}
        if not holding:
            raise DirectoryError(
                f"which database holds {base} is not shown to us", f"let the reader read {SUFFIX} in {CONFIG}"
            )
        for suffix, database in sorted(holding):
            name = named.get(database) or named.get(FRONTEND) or ""
            if name or _has_accounts(directory, suffix if below(suffix, base) else base):
                found.add(name)
    for name in sorted(found):
        if name and not any(below(name, base) for base in bases):
            raise DirectoryError(f"the default policy {name} stands below none of our bases", "add its place to bases")
    return tuple(sorted(found))


def _has_accounts(directory: Directory, place: str) -> bool:
    """A database such as that of a log of accesses needs no policy. Raises `DirectoryError`."""
    return any(True for _ in directory.search(place, directory.extent().people, ("1.1",)))


def _named_by_databases(directory: Directory) -> dict[str, str]:
    """The default policies that databases with the overlay name, `` where one names none. Raises `DirectoryError`."""
    overlays = list(directory.search(CONFIG, OVERLAYS, (DEFAULT,)))
    shown = [name for each in overlays if (name := each.first(DEFAULT))]
    without = list(directory.search(CONFIG, f"(&{OVERLAYS}(!({DEFAULT}=*)))", ("1.1",)))
    if not overlays or len(shown) + len(without) < len(overlays):
        raise DirectoryError("the default policy is not shown to us", f"let the reader read {DEFAULT} in {CONFIG}")
    return {parent(each.dn): same(each.first(DEFAULT) or "") for each in overlays}
