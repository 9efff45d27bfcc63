"""Local accounts and groups. The fields of /etc/passwd that hold a password or a person's name never leave the host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from collectors.host.facts import Fact, root_fact
from collectors.host.source import FactError, Host
from collectors.host.sshd import records
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.host.accounts import Account, Group, Login, PasswordState

SHELLS_WITHOUT_LOGIN = ("nologin", "false", "true", "sync", "shutdown", "halt", "poweroff", "reboot")
"""Programs that stand in the place of a shell and end at once."""

PASSWD = Fact(
    "passwd",
    # What is in the password field is told apart here, so that no hash leaves the host.
    'while IFS=: read -r name password uid gid _ home shell || [ -n "$name" ]; do case $password in '
    "'') held=empty ;; x) held=shadowed ;; '!'*|'*'*) held=locked ;; *) held=other ;; esac; "
    'printf \'%s:%s:%s:%s:%s:%s\\n\' "$name" "$held" "$uid" "$gid" "$home" "$shell"; done </etc/passwd',
    limit=1_048_576,
)
GROUP = Fact(
    "group",
    'while IFS=: read -r name _ gid members || [ -n "$name" ]; do '
    'printf \'%s:%s:%s\\n\' "$name" "$gid" "$members"; done </etc/group',
    limit=1_048_576,
)
LOGIN_DEFS = Fact("login_defs", "[ ! -e /etc/login.defs ] || cat /etc/login.defs")
PASSWORD_STATUS = root_fact("password_status", "/usr/bin/passwd -S -a", limit=1_048_576)

EACH_LOGIN = (
    "while IFS=: read -r name _ uid _ _ home shell || [ -n \"$name\" ]; do case $shell in "
    + "|".join(f"*/{program}" for program in SHELLS_WITHOUT_LOGIN)
    + ") continue ;; esac\n"
)
"""The head of a shell loop over the accounts that can log in; it ends with `done </etc/passwd`."""

HOMES = Fact(
    "homes",
    EACH_LOGIN + "printf '%s\\0%s\\0' \"$name\" \"$home\"\n"
    'if [ -d "$home" ]; then stat -L --printf \'%a\\0%u\\0\' "$home" || exit\n'
    'elif [ -d "${home%/*}/" ] && [ ! -x "${home%/*}/" ]; then printf \'hidden\\0\\0\'\n'
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
UID_MIN, UID_MAX = 1000, 60000
"""Defaults of login.defs(5)."""


class PasswdEntry(NamedTuple):
    """A line of /etc/passwd, without password and personal name."""

    name: str
    held: str
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


@collector(permissions=(PASSWD, GROUP, LOGIN_DEFS, PASSWORD_STATUS, HOMES, LAST_LOGINS))
def accounts(host: Host) -> Iterator[Account | Login | Group]:
    """Local accounts, those among them that can log in, and groups."""
    entries, unread = parse_passwd(host.text(PASSWD))
    definitions = host.look(lambda: parse_login_defs(host.text(LOGIN_DEFS)))
    states = host.look(lambda: parse_password_status(host.text(PASSWORD_STATUS)))
    logins = host.look(lambda: _last_logins(host))
    homes = host.look(lambda: parse_homes(records(host, HOMES)))
    ids = unique_ids([entry.name for entry in entries])
    for identifier, entry in zip(ids, entries, strict=True):
        password = _of(states, entry.name, "passwd -S")
        system = definitions if isinstance(definitions, Unobserved) else not is_personal(entry.uid, definitions)
        yield Account(
            id=identifier,
            name=entry.name,
            uid=entry.uid,
            gid=entry.gid,
            password_field=entry.held,  # type: ignore[arg-type] # one of the four words the fact prints; the codec checks
            password=password,
            home=entry.home,
            shell=entry.shell,
            system=system,  # type: ignore[arg-type] # or unobserved
            can_log_in=can_log_in(entry.shell),
        )
        if can_log_in(entry.shell):
            home = _of(homes, (entry.name, entry.home), "stat")
            unseen = home if isinstance(home, Unobserved) else None
            yield Login(
                id=identifier,
                name=entry.name,
                uid=entry.uid,
                system=system,  # type: ignore[arg-type] # or unobserved
                password=password,
                last_login=logins if isinstance(logins, Unobserved) else logins.get(entry.name),  # type: ignore[arg-type] # as above
                home=entry.home,
                home_exists=unseen or home.exists,
                home_mode=unseen or home.mode,
                home_owner=unseen or home.owner,
            )
    yield from _groups(host, entries)
    if unread:
        raise FactError(PASSWD, f"/etc/passwd has lines that are not local accounts: {', '.join(unread):.300}")
