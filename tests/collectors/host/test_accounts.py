from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collectors.host.accounts import (
    CLOSED,
    GROUP,
    HOMES,
    LAST_LOGINS,
    LOGIN_DEFS,
    PASSWD,
    accounts,
    can_log_in,
    parse_group,
    parse_last_logins,
    parse_login_defs,
    parse_passwd,
    uids_of_people,
    unique,
)
from collectors.host.facts import Answer, Fact
from collectors.host.password_states import PASSWORD_LOGINS, PASSWORD_STATUS, parse_logins, parse_password_status
from collectors.host.source import FactError
from core.codec import encode
from core.engine import collect
from core.resource import missing_fields
from core.resources.host.accounts import Account, Group, Login
from tests.command_line import WITHOUT_ROOTS_POWER
from tests.twins import MISSING, NEEDS_ROOT, NOW, RecordedHost

SAID: dict[Fact, str | bytes | Answer] = {
    PASSWD: (
        "root:shadowed:0:0:/root:/bin/bash\n"
        "sync:shadowed:4:65534:/bin:/bin/sync\n"
        "nobody:locked:65534:65534:/nonexistent:/usr/sbin/nologin\n"
        "alice:shadowed:1000:27:/home/alice:/bin/zsh\n"
        "old:exposed:1001:1001:/home/old:\n"
    ),
    GROUP: "root:0:\nsudo:27:bob,old\ndocker:998:alice\n#comment:1:\n",
    LOGIN_DEFS: "# UID_MIN 1\nUID_MIN\t\t\t 1000\nUID_MAX 60000\nLONELY\n",
    PASSWORD_STATUS: (
        "root L 2025-05-20 0 99999 7 -1\nsync L 2025-05-20 0 99999 7 -1\nnobody L 2025-05-20 0 99999 7 -1\n"
        "alice P 2026-01-05 0 365 7 -1\nold P\n"
    ),
    HOMES: b"root\0/root\x00700\x000\0alice\0/home/alice\x00755\x001000\0old\0/home/old\0absent\0\0",
    LAST_LOGINS: (
        "Username         Port     From                                       Latest\n"
        "root                                                                **Never logged in**\n"
        "alice            pts/0    10.0.0.1                                  Fri Jan  9 23:06:40 +0100 2026\n"
    ),
}


def ask(changes: dict[Fact, str | bytes | Answer] | None = None) -> list[Account | Login | Group]:
    return [
        item
        for item in accounts(RecordedHost({**SAID, **(changes or {})}))
        if isinstance(item, Account | Login | Group) and encode(item)
    ]


def login(name: str, changes: dict[Fact, str | bytes | Answer] | None = None) -> Login:
    return next(item for item in ask(changes) if isinstance(item, Login) and item.name == name)


def test_accounts() -> None:
    seen = {item.name: item for item in ask() if isinstance(item, Account)}
    assert [name for name, account in seen.items() if account.system] == ["root", "sync", "nobody"]
    assert [name for name, account in seen.items() if account.can_log_in] == ["root", "alice", "old"]
    assert seen["old"].shadowing == "exposed"
    assert seen["alice"].password.status == "usable"
    assert seen["alice"].password.maximum_days == 365
    assert seen["root"].password.maximum_days is None


def test_logins() -> None:
    alice = login("alice")
    assert alice.last_login == datetime(2026, 1, 9, 22, 6, 40, tzinfo=UTC)
    assert (alice.home_exists, alice.home_mode, alice.home_owner) == (True, 0o755, 1000)
    assert login("root").last_login is None
    assert (login("old").home_exists, login("old").home_mode, login("old").home_owner) == (False, 0, -1)


def test_members_of_a_group_include_those_whose_primary_group_it_is() -> None:
    seen = {item.name: item for item in ask() if isinstance(item, Group)}
    assert seen["sudo"].members == ("alice", "bob", "old")
    assert seen["docker"].members == ("alice",)
    assert seen["root"].members == ("root",)


def test_members_without_a_login_shell_are_told_apart() -> None:
    groups = "adm:4:sync,alice\n"
    (adm,) = (item for item in ask({GROUP: groups}) if isinstance(item, Group))
    assert adm.members == ("alice", "sync")
    assert adm.members_who_log_in == ("alice",)


def test_only_what_needs_root_is_unobserved_without_it() -> None:
    seen = login("alice", {PASSWORD_STATUS: NEEDS_ROOT})
    assert missing_fields(seen) == {"password": "password_status: only root may see this"}


def test_records_of_logins_that_do_not_exist_say_nothing() -> None:
    for said, reason in (
        (Answer(b"", "", 3), "this host keeps no record of last logins"),
        (MISSING, "last_logins: the program is not there: sh: 1: some-program: not found"),
    ):
        assert missing_fields(login("alice", {LAST_LOGINS: said})) == {"last_login": reason}


def test_homes_we_may_not_enter_are_unobserved() -> None:
    seen = login("alice", {HOMES: b"alice\0/home/alice\0hidden\0\0"})
    assert set(missing_fields(seen)) == {"home_exists", "home_mode", "home_owner"}
    assert set(missing_fields(login("alice", {HOMES: Answer(b"", "broken", 1)}))) == set(missing_fields(seen))


def test_an_account_that_passwd_does_not_know_has_no_known_password() -> None:
    seen = login("alice", {PASSWORD_STATUS: "alice ?? 2026-01-05\n"})
    assert missing_fields(seen) == {"password": "passwd -S says nothing that we know about alice"}


def test_a_range_of_people_that_is_garbage_is_unobserved() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        uids_of_people({"UID_MIN": "many"})
    assert 1000 in uids_of_people({})
    assert "system" in missing_fields(login("alice", {LOGIN_DEFS: Answer(b"", "denied", 1)}))


def test_lines_that_the_c_library_skips_are_no_accounts_and_hide_none() -> None:
    passwd = "#root:shadowed:0:0::\n+:empty::::\n+nis:empty:0:0::\noops:empty::::\nbob:shadowed:7:7:/:/bin/sh\n"
    host = RecordedHost({**SAID, PASSWD: passwd, GROUP: "+@netgroup:1:\nword:one:\nstaff:50:\n"})
    found = collect(accounts, host, version="0", clock=lambda: NOW)
    assert [item.id for evidence in found.evidence for item in evidence.resources] == ["bob", "staff", "bob"]
    assert not found.unit.gaps


@pytest.mark.parametrize(
    ("text", "number"),
    [(" 0", 0), ("+0", 0), ("-0", 0), ("007", 7), ("-1", 2**32 - 1), ("9" * 20, 2**32 - 1), ("0x0", None), ("", None)],
)
def test_numbers_are_read_as_the_c_library_reads_them(text: str, number: int | None) -> None:
    """Else an account of root's number could hide behind a blank."""
    line = f"evil:shadowed:{text}:0:/:/bin/sh\nroot:shadowed:0:0:/root:/bin/sh\n"
    seen = {entry.name: entry.uid for entry in parse_passwd(line)}
    assert seen.get("evil") == number


def test_an_odd_sign_in_a_home_does_not_end_the_line() -> None:
    (evil,) = parse_passwd("evil:shadowed:0:0:/a\x0bb\x1c:/bin/sh\n")
    assert (evil.uid, evil.shell) == (0, "/bin/sh")
    assert parse_passwd(":empty:0:0:/:\n")[0].name == "(no name)"


def test_no_accounts_and_no_groups_are_no_answer() -> None:
    for said in ("", "garbage\n", "#only a comment:shadowed:0:0::\n"):
        with pytest.raises(FactError):
            parse_passwd(said)
    with pytest.raises(FactError):
        parse_group("")


@pytest.mark.parametrize(
    ("mode", "path", "closed"),
    [(0o700, "a/b", False), (0o700, "a/none/deeper", False), (0o600, "a/b", True), (0o600, "a/none/deeper", True)],
)
def test_what_is_below_a_folder_we_may_not_enter_is_hidden(tmp_path: Path, mode: int, path: str, closed: bool) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(mode)
    script = f'{CLOSED}closed "$1"'
    said = subprocess.run([*WITHOUT_ROOTS_POWER, "sh", "-c", script, "sh", f"{tmp_path}/{path}"], check=False)
    (tmp_path / "a").chmod(0o700)
    assert (said.returncode == 0) is closed


def test_the_same_name_twice_gets_two_ids() -> None:
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]
    twice = "alice:shadowed:1000:1000:/home/alice:/bin/sh\nalice:shadowed:1001:1001:/home/alice:/bin/sh\n"
    assert [item.id for item in ask({PASSWD: twice}) if isinstance(item, Account)] == ["alice", "alice (2)"]


@pytest.mark.parametrize(
    ("line", "status", "changed", "maximum"),
    [
        ("a P 2026-01-05 0 90 7 -1", "usable", date(2026, 1, 5), 90),
        ("a PS 01/05/2026 0 -1 7 -1", "usable", date(2026, 1, 5), None),
        ("a L never 0 99999 7 -1", "locked", None, None),
        ("a LK 1970-01-01 0 0 7 -1", "locked", date(1970, 1, 1), 0),
        ("a NP 2026-01-05 0 99999 7 -1", "none", date(2026, 1, 5), None),
    ],
)
def test_password_states(line: str, status: str, changed: date | None, maximum: int | None) -> None:
    state = parse_password_status(line)["a"]
    assert (state.status, state.changed, state.maximum_days) == (status, changed, maximum)


def test_a_short_answer_of_passwd_leaves_its_dates_unobserved() -> None:
    assert set(missing_fields(parse_password_status("carl P")["carl"])) == {"changed", "maximum_days"}


def test_long_names_of_lastlog() -> None:
    said = "averyveryverylongusername pts/1 2001:db8::1 Sat Feb 28 01:02:03 +0000 2026\nx  **Never logged in**\n"
    assert parse_last_logins(said) == {"averyveryverylongusername": datetime(2026, 2, 28, 1, 2, 3, tzinfo=UTC)}


def test_small_parsers() -> None:
    assert parse_login_defs('ENCRYPT_METHOD "SHA512"\n\n# X 1\n') == {"ENCRYPT_METHOD": "SHA512"}
    assert can_log_in("")
    assert not can_log_in("/sbin/nologin")


# util-linux 2.38.1, run on accounts made for it; the passwd of the RHEL family refuses `-a`.
LSLOGINS = """\
USER="root" PWD-LOCK="0" PWD-EMPTY="0" PWD-DENY="1" PWD-CHANGE="2023-05-23" PWD-MAX="99999"
USER="alice" PWD-LOCK="0" PWD-EMPTY="0" PWD-DENY="0" PWD-CHANGE="2023-05-23" PWD-MAX="90"
USER="star" PWD-LOCK="0" PWD-EMPTY="1" PWD-DENY="0" PWD-CHANGE="2023-05-23" PWD-MAX="99999"
USER="old" PWD-LOCK="1" PWD-EMPTY="1" PWD-DENY="0" PWD-CHANGE="1969-12-31" PWD-MAX=""
USER="hidden" PWD-LOCK="" PWD-EMPTY="" PWD-DENY="" PWD-CHANGE="" PWD-MAX=""
"""
REFUSED = Answer(b"", "passwd: bad argument -a: unknown option", 1)


def test_a_passwd_that_shows_one_account_at_a_time() -> None:
    changes: dict[Fact, str | bytes | Answer] = {PASSWORD_STATUS: REFUSED, PASSWORD_LOGINS: LSLOGINS}
    alice, old = login("alice", changes), login("old", changes)
    assert (alice.password.status, alice.password.maximum_days) == ("usable", 90)
    assert (old.password.status, old.password.changed, old.password.maximum_days) == ("locked", None, None)
    assert "star" not in parse_logins(LSLOGINS)
    with pytest.raises(FactError):
        parse_logins("")


def test_where_neither_program_tells_the_first_reason_is_given() -> None:
    seen = login("alice", {PASSWORD_STATUS: REFUSED, PASSWORD_LOGINS: MISSING})
    assert "bad argument -a" in missing_fields(seen)["password"]
