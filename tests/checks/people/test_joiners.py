"""The truth tables of people whose work has not begun, of programs' passwords and of shared accounts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks.people.joiners import accounts_are_made_for_the_first_day, newcomer_has_no_open_account
from checks.people.programs import service_account_password_is_changed
from checks.people.shared import login_is_opened_by_keys_of_one_person
from core.model import Evidence
from core.resource import unobserved
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import login
from tests.checks.people.test_people import CLOUD, CORP, WEB, cloud, corp, people, person, user, verdict
from tests.twins import NOW, evidence

HIDDEN: Any = unobserved("denied")
SOON, LONG_AGO = date(2026, 2, 1), datetime(2020, 1, 1, tzinfo=NOW.tzinfo)
NEW = person(start=SOON, end=None)
BEGINS = "the work of Ada begins on 2026-02-01"
Seen = tuple[Evidence, ...]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((people(person(end=date(2026, 1, 1))), corp(user())), "not_applicable: Ada left on 2026-01-01"),
        ((people(person(end=None)), corp(user())), "not_applicable: the list gives no first day of Ada"),
        (
            (people(person(start=date(2026, 1, 31), end=None)), corp(user())),
            "not_applicable: the work of Ada begins on 2026-01-31, no later than accounts may",
        ),
        ((people(NEW),), "not_applicable: no accounts are looked at"),
        ((people(NEW), corp(user())), f"fail: {BEGINS}, and can sign in: ada ({CORP}): it is switched on"),
        ((people(NEW), corp(user(enabled=False))), f"pass: {BEGINS}, and nobody can sign in to ada ({CORP})"),
        ((people(NEW), corp()), f"pass: {BEGINS}, and has no account in {CORP}"),
        ((people(NEW, person(id="18", end=None)), corp(user())), f"pass: {BEGINS}, and has no account in {CORP}"),
        (
            (people(NEW, person(id="18", end=None, start=HIDDEN)), corp(user())),
            f"pass: {BEGINS}, and has no account in {CORP}",
        ),
        ((people(NEW), corp(user(enabled=HIDDEN))), "unknown: idp_user.enabled was not observed: denied"),
        (
            (people(person(start=HIDDEN, end=None)), corp(user())),
            "unknown: person.start was not observed: denied",
        ),
    ],
)
def test_newcomers(seen: Seen, expected: str) -> None:
    assert verdict(newcomer_has_no_open_account, *seen, of="17") == expected


def test_days_ahead_are_a_setting() -> None:
    seen = people(NEW), corp(user())
    expected = f"not_applicable: {BEGINS}, no later than accounts may"
    assert verdict(newcomer_has_no_open_account, *seen, of="17", early_days=1) == expected


BEGAN = person(start=date(2026, 1, 1), end=None)
OLD = user(created=LONG_AGO)
TOO_OLD = "fail: the work of Ada begins on 2026-01-01, and there is "
NONE_OLD = "pass: the work of Ada begins on 2026-01-01, and no account is of before 2025-12-02"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((people(person(end=date(2026, 1, 1))), corp(OLD)), "not_applicable: Ada left on 2026-01-01"),
        ((people(person(end=None)), corp(OLD)), "not_applicable: the list gives no first day of Ada"),
        ((people(BEGAN),), "not_applicable: no accounts are looked at"),
        ((people(BEGAN), corp(), cloud()), f"not_applicable: Ada has no account in {CLOUD}, {CORP}"),
        ((people(BEGAN), corp(user())), NONE_OLD),
        ((people(BEGAN), cloud(iam_user(created=NOW))), NONE_OLD),
        (
            (people(BEGAN), corp(OLD), cloud(iam_user(created=LONG_AGO))),
            f"{TOO_OLD}ada ({CLOUD}) of 2020-01-01, ada ({CORP}) of 2020-01-01",
        ),
        (  # who comes back may have the account of the first time
            (people(BEGAN, person(id="9", start=date(2020, 1, 2), end=date(2021, 1, 1))), corp(OLD)),
            "pass: the work of Ada begins on 2020-01-02, and no account is of before 2019-12-03",
        ),
        ((people(BEGAN, person(id="9", start=None)), corp(user())), NONE_OLD),
        (
            (people(BEGAN, missing="line 9"), corp(OLD)),
            "unknown: the whole population of person was not observed: line 9",
        ),
        ((people(BEGAN), corp(user(created=HIDDEN))), "unknown: idp_user.created was not observed: denied"),
        ((people(BEGAN), corp(user(), missing="denied")), "unknown: the whole population of idp_user was not observed: denied"),
        (
            (people(person(start=SOON, end=None, email="", logins=())), corp()),
            "unknown: the list gives neither an e-mail address nor a login of Ada",
        ),
    ],
)  # fmt: skip
def test_accounts_older_than_the_work(seen: Seen, expected: str) -> None:
    assert verdict(accounts_are_made_for_the_first_day, *seen, of="17") == expected


PROGRAM: dict[str, Any] = {"service": True, "created": LONG_AGO}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"service": False}, "not_applicable: it belongs to a person"),
        ({"enabled": False}, "not_applicable: nobody can sign in to it"),
        ({"password_changed": LONG_AGO}, "fail: the password of ada was last changed on 2020-01-01"),
        ({"password_changed": NOW}, "pass: the password of ada was last changed on 2026-01-31"),
        ({"created": NOW - timedelta(days=365)}, "pass: ada was made on 2025-01-31, and its password is no older"),
        ({}, "unknown: no change of the password of ada is recorded, if it has one"),
        ({"password_changed": HIDDEN}, "unknown: idp_user.password_changed was not observed: denied"),
    ],
)
def test_passwords_of_programs(changes: dict[str, Any], expected: str) -> None:
    seen = corp(user(**{**PROGRAM, **changes}))
    assert verdict(service_account_password_is_changed, seen, of="u1") == expected


def keys(account: str, *fingerprints: str, source: str = WEB, missing: str = "") -> Evidence:
    found = tuple(AuthorizedKey(algorithm="ED25519", bits=256, fingerprint=each) for each in fingerprints)
    file = AuthorizedKeys(
        id=f"{account}: a", account=account, path="a", mode=0o600, owner=1000, account_uid=1000, keys=found,
        unreadable_lines=0,
    )  # fmt: skip
    return evidence(file, kind="host_authorized_keys", source=source, missing=missing)


DEPLOY = evidence(login(id="deploy", name="deploy"), kind="host_login")
TWO = people(person(end=None), person(id="18", name="Bo", email="", logins=("bo",), end=None))
DB = "host/db-1"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((DEPLOY, keys("deploy", "a")), "not_applicable: no list of people is looked at"),
        ((DEPLOY, TWO, keys("deploy")), "not_applicable: no key opens deploy"),
        ((DEPLOY, TWO, keys("deploy", "a")), "pass: deploy is opened by 1 keys, of nobody in a list of people"),
        ((DEPLOY, TWO, keys("deploy", "a", "c"), keys("ada", "a", source=DB)), "pass: deploy is opened by 2 keys, of Ada"),
        (
            (DEPLOY, TWO, keys("deploy", "a", "b"), keys("ada", "a", source=DB), keys("bo", "b", source="host/db-2")),
            "fail: deploy is opened by keys of Ada, Bo",
        ),
        (
            (DEPLOY, TWO, keys("deploy", "a"), keys("ada", "a", source=DB, missing="only root")),
            "unknown: the whole population of host_authorized_keys was not observed: only root",
        ),
    ],
)  # fmt: skip
def test_keys_of_several_people(seen: Seen, expected: str) -> None:
    assert verdict(login_is_opened_by_keys_of_one_person, *seen, of="deploy") == expected
