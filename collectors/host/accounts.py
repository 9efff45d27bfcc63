"""Local accounts and groups. The fields of /etc/passwd that hold a password or a person's name never leave the host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from collectors.host.facts import Fact
from collectors.host.password_states import PASSWORD_LOGINS, PASSWORD_STATUS, password_states
from collectors.host.source import FactError, Host
from collectors.host.sshd import rows
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.host.accounts import Account, Group, Login, PasswordState

V = TypeVar("V")
Held = Literal["shadowed", "empty", "locked", "exposed"]

SHELLS_WITHOUT_LOGIN = ("nologin", "false", "true", "sync", "shutdown", "halt", "poweroff", "reboot")
"""Programs that stand in the place of a shell and end at once."""

PASSWD = Fact(
    "passwd",
    # What is in the password field is told apart here, so that no hash leaves the host.
    'while IFS=: read -r name password uid gid _ home shell || [ -n "$name" ]; do case $password in '
    "'') held=empty ;; x) held=shadowed ;; '!'*|'*'*) held=locked ;; *) held=exposed ;; esac; "
    'printf \'%s:%s:%s:%s:%s:%s\\n\' "$name" "$held" "$uid" "$gid" "$home" "$shell"; done </etc/passwd',
    limit=1_048_576,
)
GROUP = Fact(
    "group",
    'while IFS=: read -r name _ gid members || [ -n "$name" ]; do '
    'printf \'%s:%s:%s\\n\' "$name" "$gid" "$members"; done </etc/group',
    limit=1_048_576,
)
LOGIN_DEFS = Fact("login_defs", "[ ! -e /etc/login.defs ] || sed '/^[[:space:]]*#/d' /etc/login.defs")

EACH_LOGIN = (
    'while IFS=: read -r name _ uid _ _ home shell || [ -n "$name" ]; do case $shell in '
    + "|".join(f"*/{program}" for program in SHELLS_WITHOUT_LOGIN)
    + ") continue ;; esac\n"
)
"""The head of a shell loop over the accounts that can log in; it ends with `done </etc/passwd`."""
CLOSED = (
    'closed() { p=$1; while [ "$p" != "${p%/*}" ]; do p=${p%/*}; [ ! -d "$p/" ] || { [ ! -x "$p/" ]; return; }; done\n'
    "return 1; }\n"
)
"""A shell function: may we not enter the nearest folder above a path? Then nobody can say what is below it."""

HOMES = Fact(
    "homes",
    CLOSED + EACH_LOGIN + 'printf \'%s\\0%s\\0\' "$name" "$home"\n'
    'if [ -d "$home" ]; then stat -L --printf \'%a\\0%u\\0\' "$home" || exit\n'
    "elif closed \"$home\"; then printf 'hidden\\0\\0'\n"
    "else printf 'absent\\0\\0'; fi; done </etc/passwd",
    limit=1_048_576,
)
NO_RECORDS = 3
LAST_LOGINS = Fact(
    "last_logins",
    # lastlog prints "never" for everybody where nothing has written its file: that says nothing about anybody.
    "if [ -s /var/lib/lastlog/lastlog2.db ]; then lastlog2; "
    f"elif [ -s /var/log/lastlog ]; then lastlog; else exit {NO_RECORDS}; fi",
    limit=1_048_576,
)
HIGHEST = 0xFFFF_FFFF
NAMELESS = "(no name)"
UID_MIN, UID_MAX = "1000", "60000"
"""Defaults of login.defs(5)."""


class PasswdEntry(NamedTuple):
    """A line of /etc/passwd, without password and personal name."""

    name: str
    held: Held
    uid: int
    gid: int
    home: str
    shell: str


class GroupEntry(NamedTuple):
    """A line of /etc/group."""

    name: str
    gid: int
    members: tuple[str, ...]


class Home(NamedTuple):
    """What `stat` says about a home directory."""

    exists: bool
    mode: int
    owner: int


@collector(permissions=(PASSWD, GROUP, LOGIN_DEFS, PASSWORD_STATUS, PASSWORD_LOGINS, HOMES, LAST_LOGINS))
def accounts(host: Host) -> Iterator[Account | Login | Group]:
    """Local accounts, those among them that can log in, and groups."""
    entries = parse_passwd(host.text(PASSWD))
    people = host.look(lambda: uids_of_people(parse_login_defs(host.text(LOGIN_DEFS))))
    states = host.look(lambda: password_states(host))
    last = host.look(lambda: _last_logins(host))
    homes = host.look(lambda: parse_homes(rows(host, HOMES, 4)))
    for identifier, entry in zip(unique([entry.name for entry in entries]), entries, strict=True):
        password: PasswordState = _of(states, entry.name, "passwd -S")
        system: bool = unobserved(people.reason) if isinstance(people, Unobserved) else entry.uid not in people
        yield Account(
            id=identifier,
            name=entry.name,
            uid=entry.uid,
            gid=entry.gid,
            shadowing=entry.held,
            password=password,
            home=entry.home,
            shell=entry.shell,
            system=system,
            can_log_in=can_log_in(entry.shell),
        )
        if can_log_in(entry.shell):
            home = _of(homes, f"{entry.name}:{entry.home}", "stat")
            exists, mode, owner = (unobserved(home.reason),) * 3 if isinstance(home, Unobserved) else home
            yield Login(
                id=identifier,
                name=entry.name,
                uid=entry.uid,
                system=system,
                password=password,
                last_login=unobserved(last.reason) if isinstance(last, Unobserved) else last.get(entry.name),
                home=entry.home,
                home_exists=exists,
                home_mode=mode,
                home_owner=owner,
            )
    yield from _groups(parse_group(host.text(GROUP)), entries)


def _groups(groups: list[GroupEntry], accounts: list[PasswdEntry]) -> Iterator[Group]:
    without_login = {account.name for account in accounts if not can_log_in(account.shell)}
    for identifier, group in zip(unique([group.name for group in groups]), groups, strict=True):
        members = {*group.members, *(account.name for account in accounts if account.gid == group.gid)}
        yield Group(
            id=identifier,
            name=group.name,
            gid=group.gid,
            members=tuple(sorted(members)),
            members_who_log_in=tuple(sorted(members - without_login)),
        )


def parse_passwd(text: str) -> list[PasswdEntry]:
    """The accounts. Lines that the C library skips (broken ones, and `+` for those of NIS) are none.

    Raises `FactError` for what the fact does not print, and where there is no account at all.
    """
    entries = []
    for line in filter(None, text.split("\n")):  # no other sign ends a line there
        name, held, uid, gid, home, shell = (*line.split(":", 5), *("",) * 6)[:6]
        if held not in get_args(Held):
            raise FactError(PASSWD, f"{PASSWD.name}: {line!r:.80} is not what we asked for")
        numbers = _number(uid), _number(gid)
        if name[:1] not in ("#", "+", "-") and None not in numbers:
            entries.append(PasswdEntry(name or NAMELESS, held, *numbers, home, shell))  # type: ignore[arg-type] # checked
    if not entries:
        raise FactError(PASSWD, f"{PASSWD.name}: /etc/passwd holds no account")
    return entries


def parse_group(text: str) -> list[GroupEntry]:
    """The groups. Lines that the C library skips are none. Raises `FactError` where there is no group at all."""
    entries = []
    for line in text.split("\n"):
        name, gid, members = (*line.split(":", 2), "", "")[:3]
        number = _number(gid)
        if name[:1] not in ("#", "+", "-") and number is not None:
            listed = tuple(member for member in members.split(",") if member)
            entries.append(GroupEntry(name or NAMELESS, number, listed))
    if not entries:
        raise FactError(GROUP, f"{GROUP.name}: /etc/group holds no group")
    return entries


def parse_login_defs(text: str) -> dict[str, str]:
    """The settings of /etc/login.defs."""
    pairs = (line.split(None, 1) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {pair[0]: pair[1].strip().strip('"') for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - name and value


def uids_of_people(definitions: Mapping[str, str]) -> range:
    """The numbers that /etc/login.defs gives to people, not to services. Raises `ValueError` for what is no number."""
    return range(int(definitions.get("UID_MIN", UID_MIN), 0), int(definitions.get("UID_MAX", UID_MAX), 0) + 1)


def parse_homes(fields: Iterable[Sequence[str]]) -> dict[str, Home]:
    """Home directories by account and path. One in a folder that we may not enter is left out."""
    homes = {}
    for name, path, mode, owner in fields:
        if mode != "hidden":
            homes[f"{name}:{path}"] = (
                Home(exists=False, mode=0, owner=-1)
                if mode == "absent"
                else Home(exists=True, mode=int(mode, 8), owner=int(owner))
            )
    return homes


def parse_last_logins(text: str) -> dict[str, datetime]:
    """The last recorded login of each account that `lastlog` or `lastlog2` has one of."""
    found = re.findall(r"^(\S+) .*?(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d [+-]\d{4} \d{4})\s*$", text, re.MULTILINE)
    return {name: datetime.strptime(moment, "%a %b %d %H:%M:%S %z %Y") for name, moment in found}


def _last_logins(host: Host) -> dict[str, datetime]:
    answer = host.answer(LAST_LOGINS)
    if answer.status == NO_RECORDS:
        raise FactError(LAST_LOGINS, "this host keeps no record of last logins", "install and enable lastlog2")
    return parse_last_logins(host.text(LAST_LOGINS))


def can_log_in(shell: str) -> bool:
    """Whether a shell lets its user work. No shell at all means /bin/sh."""
    return shell.rpartition("/")[2] not in SHELLS_WITHOUT_LOGIN


def unique(names: list[str]) -> list[str]:
    """The names, each told apart from earlier ones that are the same."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def _of(table: Mapping[str, V], key: str, asked: str) -> V:
    """What a table says; unobserved when the table is, or says nothing about the key."""
    if isinstance(table, Unobserved):
        unseen: Any = unobserved(table.reason)
    else:
        unseen = unobserved(f"{asked} says nothing that we know about {key.partition(':')[0]}")
    found: V = unseen if isinstance(table, Unobserved) else table.get(key, unseen)
    return found


def _number(text: str) -> int | None:
    """A number of 32 bits as the C library reads it: ` 0`, `+0` and `-0` are root's too; `None` for what is none."""
    found = re.fullmatch(r"\s*([+-]?)(\d{1,30})", text, re.ASCII)
    if not found:
        return None
    value = int(found[2])
    return HIGHEST if value > HIGHEST or (value and found[1] == "-") else value
