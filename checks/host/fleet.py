"""Checks of one host against all the others: what shows only where many are looked at.

What another host was *seen* to have counts even where others could not be looked at. That no other host has it is said
only when all of them were looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.host.accounts import Account
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.clock import ClockOffset
from core.resources.host.sshd import SshHostKey

ALONE = not_applicable("this is the only host we look at: there is no other to compare it with")
NAMED = 5
"""How many hosts or keys a reason names before it only counts them."""


@check(objective="identities-have-one-owner", severity=Severity.HIGH)
def host_key_is_unique(key: SshHostKey, keys: Population[SshHostKey]) -> Verdict:
    """No other host proves who it is with the same SSH host key.

    Hosts copied from one image share their host keys. Who takes the key from one of them can pose as any of them, and
    nobody who connects will notice.

    Remediation: On every copy but one, `rm /etc/ssh/ssh_host_*`, then `dpkg-reconfigure openssh-server` (or
    `ssh-keygen -A`), reload ssh, and announce the new fingerprints. Leave no host keys in the image.
    """
    others = {source for source, _ in keys.having(key.fingerprint, by="fingerprint")} - {keys.home}
    if others:
        return failed(f"{key.algorithm} {key.fingerprint} is also a host key of {listed(others)}")
    if len(keys.sources) == 1:
        return ALONE
    keys.require_all(by="fingerprint")
    return passed(f"{key.algorithm} {key.fingerprint} is the host key of no other of {len(keys.sources)} hosts")


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def key_opens_accounts_of_one_name(
    files: Population[AuthorizedKeys], everywhere: Population[AuthorizedKeys]
) -> Verdict:
    """An SSH key opens accounts of the same name on all hosts.

    A key that opens one name here and another name there is shared by people, or by a person and a service: what was
    done with it cannot be traced to one of them.

    Remediation: Give each person and each service a key of their own, and remove the shared one from every
    `authorized_keys` file that is named.
    """
    keys = sorted(_seen(files))
    shared = []
    for key in keys:
        opened = {(file.account, source) for source, file in everywhere.having(key, by=fingerprints)}
        if len({account for account, _ in opened}) > 1:
            shared.append(f"{key} opens {listed(f'{account} on {source}' for account, source in opened)}")
    if shared:
        return failed(listed(shared, "; "))
    if len(everywhere.sources) == 1:
        return ALONE
    everywhere.require_all(by=fingerprints)
    return passed(f"each of {len(keys)} keys opens accounts of one name on {len(everywhere.sources)} hosts")


@check(objective="permissions-are-least", severity=Severity.LOW)
def key_opens_few_hosts(
    files: Population[AuthorizedKeys],
    everywhere: Population[AuthorizedKeys],
    *,
    hosts: int = 10,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """No SSH key opens more than a few hosts.

    Whoever steals such a key has them all, and it can only be taken away host by host.

    Remediation: Use SSH certificates that live for hours (`TrustedUserCAKeys`), or keys for smaller groups of hosts.
    List fingerprints that are meant to open more (the one of this tool, say) in `approved`.
    """
    keys = sorted(_seen(files) - {*approved})
    opened = {key: {source for source, _ in everywhere.having(key, by=fingerprints)} for key in keys}
    wide = [f"{key} opens {len(places)} hosts" for key, places in opened.items() if len(places) > hosts]
    if wide:
        return failed(listed(wide, "; "))
    if len(everywhere.sources) == 1:
        return ALONE
    everywhere.require_all(by=fingerprints)
    return passed(f"none of {len(keys)} keys opens more than {hosts} hosts")


@check(objective="identities-have-one-owner", severity=Severity.LOW)
def person_has_one_number(accounts: Population[Account], everywhere: Population[Account]) -> Verdict:
    """A person's account has the same number on all hosts, and the number is nobody else's.

    Files on shared storage, backups and the records of the kernel know only numbers: where they differ, one person
    owns what another wrote.

    Remediation: Take accounts from one directory (sssd with LDAP or Active Directory), or give numbers by one list:
    `usermod -u NUMBER NAME`, then `find / -xdev -user OLD -exec chown -h NAME {} +`.
    """
    people = {account.name: account.uid for account in accounts if not account.system}
    odd = []
    for name, uid in people.items():
        for source, other in everywhere.having(name, by=names_of_people):
            if other.uid != uid:
                odd.append(f"{name} is {uid} here and {other.uid} on {source}")
        for source, other in everywhere.having(uid, by=numbers_of_people):
            if other.name != name:
                odd.append(f"{uid} is {name} here and {other.name} on {source}")
    if odd:
        return failed(listed(odd, "; "))
    if len(everywhere.sources) == 1:
        return ALONE
    everywhere.require_all(by=names_of_people)
    return passed(f"{len(people)} people have numbers that are the same on {len(everywhere.sources)} hosts")


@check(objective="clocks-agree", severity=Severity.MEDIUM)
def clock_agrees_with_other_hosts(clock: ClockOffset, clocks: Population[ClockOffset], *, seconds: int = 2) -> Verdict:
    """The clock of the host agrees with those of all other hosts.

    What happened on two hosts can only be put in order when their clocks agree, whatever the right time is.

    Remediation: Let all hosts take the time from the same sources (`chronyc sources`), and see why this one does not.
    """
    apart = sorted(other.id for other in clocks.observed if _apart(clock, other)[0] > seconds)
    if apart:
        return failed(f"the clock differs by more than {seconds} s from that of {listed(apart)}")
    if len(clocks.sources) == 1:
        return ALONE
    clocks.require_all(by="at_least")
    unclear = sorted(other.id for other in clocks.observed if _apart(clock, other)[1] > seconds)
    if unclear:
        return unknown(f"it took too long to ask {listed(unclear)}: the clocks may differ by more than {seconds} s")
    return passed(f"the clock differs by at most {seconds} s from those of {len(clocks.sources) - 1} other hosts")


def fingerprints(file: AuthorizedKeys) -> tuple[str, ...]:
    """What the keys in a file are known by."""
    return tuple(key.fingerprint for key in file.keys)


def _seen(files: Iterable[AuthorizedKeys]) -> set[str]:
    """The keys in the files that we could read; `require_all` tells about the others."""
    return {key.fingerprint for file in files if "keys" not in missing_fields(file) for key in file.keys}


def names_of_people(account: Account) -> tuple[str, ...]:
    """The name of a person's account; of a service's, nothing."""
    return () if account.system else (account.name,)


def numbers_of_people(account: Account) -> tuple[int, ...]:
    """The number of a person's account; of a service's, nothing."""
    return () if account.system else (account.uid,)


def listed(names: Iterable[str], separator: str = ", ") -> str:
    """The first of them in order, and how many more there are."""
    ordered = sorted(names)
    more = f" and {len(ordered) - NAMED} more" if len(ordered) > NAMED else ""
    return separator.join(ordered[:NAMED]) + more


def _apart(one: ClockOffset, other: ClockOffset) -> tuple[int, int]:
    """How far two clocks are apart, in seconds: at least, and at most. A clock is not apart from itself."""
    if one.id == other.id:
        return 0, 0
    (earliest, latest), (other_earliest, other_latest) = _bounds(one), _bounds(other)
    return max(earliest - other_latest, other_earliest - latest), max(latest - other_earliest, other_latest - earliest)


def _bounds(clock: ClockOffset) -> tuple[int, int]:
    """Between what it is ahead of the clock of who asked. Who asked itself has that very clock."""
    return (0, 0) if clock.asked_by_itself else (clock.at_least, clock.at_most)
