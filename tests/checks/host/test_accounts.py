from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.host import accounts as checks
from core.model import Status
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.host.accounts import Account, AccountEnd, Group, Login, PasswordState
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from tests.checks.host.test_sshd import server
from tests.twins import NOW, population

LOCKED = PasswordState(status="locked", changed=date(2026, 1, 5), maximum_days=None)
USABLE = PasswordState(status="usable", changed=date(2026, 1, 5), maximum_days=90)
EMPTY = PasswordState(status="none", changed=date(2026, 1, 5), maximum_days=None)
NEEDS_ROOT: PasswordState = unobserved("only root may see this")


def account(name: str, **changes: Any) -> Account:
    usual: dict[str, Any] = {
        "id": name,
        "name": name,
        "uid": 0 if name == "root" else 1000 + len(name),
        "gid": 100,
        "shadowing": "shadowed",
        "password": LOCKED,
        "home": f"/home/{name}",
        "shell": "/bin/bash",
        "system": name == "root",
        "can_log_in": True,
    }
    return Account(**{**usual, **changes})


def group(name: str, gid: int, *members: str) -> Group:
    return Group(id=name, name=name, gid=gid, members=members, members_who_log_in=members)


def login(**changes: Any) -> Login:
    usual: dict[str, Any] = {
        "id": "alice",
        "name": "alice",
        "uid": 1000,
        "system": False,
        "password": USABLE,
        "last_login": datetime(2026, 1, 9, 22, tzinfo=UTC),
        "home": "/home/alice",
        "home_exists": True,
        "home_mode": 0o750,
        "home_owner": 1000,
    }
    return Login(**{**usual, **changes})


def services(*directories: str) -> Population[NameServices]:
    return population(NameServices(id="web-1", accounts=directories, groups=directories, sudo_rules=()))


WITH_DIRECTORIES: tuple[Check[...], ...] = (
    checks.only_root_has_number_zero,
    checks.account_numbers_are_unique,
    checks.administrators_are_approved,
    checks.nobody_is_root_through_a_group,
    checks.log_readers_are_approved,
)


ENDS = population(
    AccountEnd(id="alice", ends=None),
    AccountEnd(id="gone", ends=date(2026, 1, 31)),
    AccountEnd(id="going", ends=date(2026, 2, 1)),
)


def keys(*files: tuple[str, int], missing: str = "") -> Population[AuthorizedKeys]:
    """Key files of accounts, with this many keys."""
    found = (
        AuthorizedKeys(
            id=name,
            account=name,
            path=f"/home/{name}/.ssh/authorized_keys",
            mode=0o600,
            owner=1000,
            account_uid=1000,
            keys=(AuthorizedKey(algorithm="ED25519", bits=256, fingerprint="SHA256:x"),) * count,
            unreadable_lines=0,
        )
        for name, count in files
    )
    return population(*found, kind=AuthorizedKeys.kind, missing=missing)


ROOT, ALICE = account("root"), account("alice")


@pytest.mark.parametrize(
    ("check", "accounts", "status", "reason"),
    [
        (checks.only_root_has_number_zero, [ROOT, ALICE], "pass", "no other account has it"),
        (
            checks.only_root_has_number_zero,
            [ROOT, account("toor", uid=0), account("admin", uid=0)],
            "fail",
            "the number 0 is also that of admin, toor",
        ),
        (checks.no_account_has_an_empty_password, [ROOT, ALICE], "pass", "none of 2 accounts has an empty password"),
        (
            checks.no_account_has_an_empty_password,
            [account("alice", password=EMPTY), ROOT],
            "fail",
            "an empty password opens alice",
        ),
        (
            checks.no_account_has_an_empty_password,
            [account("alice", shadowing="empty", password=NEEDS_ROOT), account("bob", password=NEEDS_ROOT)],
            "fail",
            "an empty password opens alice",
        ),
        (
            checks.password_hashes_are_hidden,
            [ROOT, account("alice", shadowing="locked")],
            "pass",
            "/etc/passwd holds no password hash of 2 accounts",
        ),
        (
            checks.password_hashes_are_hidden,
            [ROOT, account("alice", shadowing="exposed")],
            "fail",
            "/etc/passwd holds a password hash of alice",
        ),
        (checks.root_has_no_password, [ROOT, ALICE], "pass", "root's password is locked"),
        (checks.root_has_no_password, [account("root", password=USABLE)], "fail", "root has a password"),
        (checks.root_has_no_password, [account("root", password=EMPTY)], "fail", "root has an empty password"),
        (checks.root_has_no_password, [ALICE], "not_applicable", "there is no account named root"),
        (
            checks.system_accounts_cannot_log_in,
            [ROOT, ALICE, account("bin", system=True, can_log_in=False)],
            "pass",
            "no account of a service has a login shell",
        ),
        (
            checks.system_accounts_cannot_log_in,
            [account("postgres", system=True), account("games", system=True, shell="")],
            "fail",
            "games (/bin/sh), postgres (/bin/bash) can log in",
        ),
        (checks.account_numbers_are_unique, [ROOT, ALICE], "pass", "2 have 2 different numbers"),
        (
            checks.account_numbers_are_unique,
            [account("bob", uid=7), account("eve", uid=7), ALICE],
            "fail",
            "bob, eve share a number",
        ),
        (checks.account_names_are_unique, [ROOT, ALICE], "pass", "2 have 2 different names"),
        (
            checks.account_names_are_unique,
            [account("bob", uid=7), account("bob", uid=8, id="bob (2)")],
            "fail",
            "bob (number 7), bob (number 8) share a name",
        ),
    ],
)
def test_accounts(check: Check[...], accounts: list[Account], status: str, reason: str) -> None:
    ordered = sorted(accounts, key=lambda item: item.id)
    verdict = check(population(*ordered), *([services()] if check in WITH_DIRECTORIES else []))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_passwords_that_were_not_observed_are_never_empty_or_set() -> None:
    seen = population(account("root", password=NEEDS_ROOT))
    for check in (checks.no_account_has_an_empty_password, checks.root_has_no_password):
        with pytest.raises(NotObservedError, match="only root"):
            check(seen)


def test_settings_of_organisations() -> None:
    root = population(account("root", password=USABLE))
    assert checks.root_has_no_password(root, password_is_in_custody=True).status is Status.PASS
    empty = population(account("root", password=EMPTY))
    assert checks.root_has_no_password(empty, password_is_in_custody=True).status is Status.FAIL
    service = population(account("postgres", system=True))
    assert checks.system_accounts_cannot_log_in(service, allowed=("postgres",)).status is Status.PASS


@pytest.mark.parametrize(
    ("check", "name"),
    [(checks.administrators_are_approved, "sudo"), (checks.log_readers_are_approved, "adm")],
)
def test_members_that_a_list_must_approve(check: Check[...], name: str) -> None:
    others = group("users", 100, "eve")
    nobody = check(population(group(name, 27, "root"), others), services())
    assert nobody.status is Status.PASS
    assert nobody.reason.startswith("nobody is in ")
    unlisted = check(population(group(name, 27, "alice"), others), services())
    assert unlisted.status is Status.UNKNOWN
    assert unlisted.reason == f"nobody has said who is approved; the members are alice ({name})"
    listed = check(population(group(name, 27, "alice", "bob"), others), services(), approved=("alice",))
    assert (listed.status, listed.reason) == (Status.FAIL, f"nobody has approved bob ({name})")
    approved = check(population(group(name, 27, "alice"), others), services(), approved=("alice",))
    assert approved.status is Status.PASS
    assert approved.reason.startswith("nobody but the approved is in ")


def test_groups_that_amount_to_root() -> None:
    groups = population(group("disk", 6), group("docker", 998, "alice"))
    verdict = checks.nobody_is_root_through_a_group(groups, services())
    assert (verdict.status, verdict.reason) == (Status.FAIL, "nobody has approved alice (docker)")
    assert checks.nobody_is_root_through_a_group(groups, services(), approved=("alice",)).status is Status.PASS


def test_who_comes_from_a_directory_is_not_among_those_we_saw() -> None:
    seen = population(account("root", uid=0), account("alice", uid=1000))
    verdict = checks.only_root_has_number_zero(seen, services("sss"))
    assert (verdict.status, verdict.reason) == (
        Status.UNKNOWN,
        "of the local ones, no other account has it; but accounts also come from sss",
    )
    assert checks.account_numbers_are_unique(seen, services("ldap")).status is Status.UNKNOWN
    for check in WITH_DIRECTORIES[2:]:
        assert check(population(group("sudo", 27)), services("sss"), approved=("bob",)).status is Status.UNKNOWN
    toor = population(account("root", uid=0), account("toor", uid=0))
    assert checks.only_root_has_number_zero(toor, services("sss")).status is Status.FAIL


def test_group_numbers() -> None:
    assert checks.group_numbers_are_unique(population(group("a", 1), group("b", 2))).status is Status.PASS
    verdict = checks.group_numbers_are_unique(population(group("a", 1), group("b", 1)))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "a, b share a number")


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.home_is_private, {}, "pass", "/home/alice has mode 0750"),
        (checks.home_is_private, {"home_mode": 0o755}, "fail", "/home/alice has mode 0755"),
        (checks.home_is_private, {"home_mode": 0o770}, "fail", "/home/alice has mode 0770"),
        (checks.home_is_private, {"home_exists": False}, "not_applicable", "/home/alice does not exist"),
        (checks.home_belongs_to_its_account, {}, "pass", "/home/alice belongs to alice"),
        (checks.home_belongs_to_its_account, {"home_owner": 0}, "pass", "/home/alice belongs to root"),
        (
            checks.home_belongs_to_its_account,
            {"home_owner": 1001},
            "fail",
            "/home/alice belongs to the account number 1001, not to 1000",
        ),
        (
            checks.home_belongs_to_its_account,
            {"home_exists": False, "home": ""},
            "not_applicable",
            "its home does not exist",
        ),
        (checks.password_has_a_maximum_age, {}, "pass", "its password has to be changed after 90 days"),
        (
            checks.password_has_a_maximum_age,
            {"password": PasswordState(status="usable", changed=None, maximum_days=400)},
            "fail",
            "its password has to be changed after 400 days, more than 365",
        ),
        (
            checks.password_has_a_maximum_age,
            {"password": PasswordState(status="usable", changed=None, maximum_days=None)},
            "fail",
            "its password never has to be changed",
        ),
        (
            checks.password_has_a_maximum_age,
            {"password": PasswordState(status="usable", changed=None, maximum_days=60)},
            "fail",
            (
                "its password has to be changed after 60 days, but no day of its last change is recorded, "
                "so that it never has to be"
            ),
        ),
        (
            checks.password_has_a_maximum_age,
            {"password": PasswordState(status="usable", changed=date(2099, 1, 1), maximum_days=60)},
            "fail",
            "its password has to be changed after 60 days, but is recorded as changed on 2099-01-01, a day to come",
        ),
        (
            checks.password_has_a_maximum_age,
            {"password": LOCKED},
            "not_applicable",
            "its password is locked",
        ),
        (
            checks.password_has_a_maximum_age,
            {"password": EMPTY},
            "not_applicable",
            "it has no password that could grow old",
        ),
    ],
)
def test_logins(check: Check[...], changes: dict[str, Any], status: str, reason: str) -> None:
    verdict = check(login(**changes), **({"as_of": NOW} if check is checks.password_has_a_maximum_age else {}))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("changes", "files", "status", "reason"),
    [
        ({}, (), "pass", "its last login was on 2026-01-09"),
        (
            {"last_login": datetime(2025, 10, 1, tzinfo=UTC)},
            (),
            "fail",
            "its last login was on 2025-10-01, more than 90 days before",
        ),
        (
            {"last_login": datetime(2025, 10, 1, tzinfo=UTC), "name": "gone"},
            (),
            "pass",
            "nobody can sign in to it: it ended on 2026-01-31",
        ),
        (
            {"last_login": datetime(2025, 10, 1, tzinfo=UTC), "name": "going"},
            (),
            "fail",
            "its last login was on 2025-10-01, more than 90 days before",
        ),
        ({"last_login": None}, (), "pass", "no login of it is recorded; its password was set on 2026-01-05"),
        (
            {
                "last_login": None,
                "password": PasswordState(status="usable", changed=date(2025, 1, 5), maximum_days=None),
            },
            (),
            "fail",
            "no login of it is recorded; its password was set on 2025-01-05, more than 90 days before",
        ),
        (
            {"last_login": None, "password": PasswordState(status="usable", changed=None, maximum_days=None)},
            (),
            "unknown",
            "no login of it is recorded, nor when it was made",
        ),
        (
            {"password": LOCKED},
            (("alice", 0), ("bob", 1)),
            "pass",
            "nobody can sign in to it: its password is locked and no SSH key opens it",
        ),
        ({"password": LOCKED}, (("alice", 1),), "pass", "its last login was on 2026-01-09"),
        ({"uid": 0}, (), "not_applicable", "it is not the account of a person"),
        ({"system": True}, (), "not_applicable", "it is not the account of a person"),
    ],
)
def test_use(changes: dict[str, Any], files: tuple[tuple[str, int], ...], status: str, reason: str) -> None:
    verdict = checks.account_is_used(login(**changes), keys(*files), population(server()), ENDS, as_of=NOW)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_locked_account_is_not_closed_when_we_could_not_look_for_keys() -> None:
    none = population(Sshd(id="web-1", options=None, matches=(), running=False))
    closed = checks.account_is_used(login(password=LOCKED), keys(), none, ENDS, as_of=NOW)
    assert closed.reason == "nobody can sign in to it: its password is locked and no SSH key opens it"
    with pytest.raises(NotObservedError, match="only root may look for SSH keys"):
        checks.account_is_used(
            login(password=LOCKED), keys(missing="only root may look for SSH keys"), none, ENDS, as_of=NOW
        )
    with pytest.raises(NotObservedError, match="no record"):
        checks.account_is_used(login(last_login=unobserved("no record")), keys(), none, ENDS, as_of=NOW)
    old = login(last_login=datetime(2025, 1, 1, tzinfo=UTC))
    unseen: Population[AccountEnd] = population(kind="host_account_end", missing="only root may see this")
    with pytest.raises(NotObservedError, match="only root"):
        checks.account_is_used(old, keys(), none, unseen, as_of=NOW)


@pytest.mark.parametrize("changes", [{"keys_elsewhere": True}, {"trusts_certificates": True}])
def test_a_locked_account_is_not_closed_while_keys_come_from_elsewhere(changes: dict[str, Any]) -> None:
    verdict = checks.account_is_used(login(password=LOCKED), keys(), population(server(**changes)), ENDS, as_of=NOW)
    assert verdict.reason == "its last login was on 2026-01-09"
