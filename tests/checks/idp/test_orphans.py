"""Truth tables of accounts that nobody in the leading directory has."""

from __future__ import annotations

from typing import Any

import pytest

from checks.idp.orphans import (
    iam_user_is_in_the_primary_directory,
    logins_are_in_the_primary_directory,
    user_is_in_the_primary_directory,
)
from core.model import Evidence
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import AccountEnd, PasswordState
from core.resources.host.names import NameServices
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import LOCKED, login
from tests.checks.host.test_sshd import server
from tests.checks.idp.samples import CORP, HIDDEN, LATELY, seen, user, verdict
from tests.checks.people.test_people import people, person

LEADS, CLOUD, WEB = "ldap/corp", "aws/111122223333", "host/web-1"
NO_LIST = seen(kind="person", source="people/hr")


def leading(*users: Any, missing: str = "") -> Evidence:
    return seen(*users, kind="idp_user", source=LEADS, missing=missing)


ADA = leading(user("ADA", id="7", email=""))


@pytest.mark.parametrize(
    ("judged", "parts", "expected"),
    [
        (user(), (ADA,), f"pass: ada is ADA in {LEADS}"),
        (user("ada.lovelace", email="ada"), (ADA,), f"pass: ada.lovelace is ADA in {LEADS}"),
        (user("eve"), (ADA,), f"fail: eve has no account in {LEADS}"),
        (user(), (leading(user(id="9", enabled=False)),), f"fail: ada is ada in {LEADS}, to which nobody can sign in"),
        (user(), (leading(user(id="9", expires=LATELY)),), f"fail: ada is ada in {LEADS}, to which nobody can sign in"),
        (user(), (leading(user(id="9", enabled=HIDDEN)),), "unknown: idp_user.enabled was not observed: denied"),
        (user("eve"), (leading(user(), missing="denied"),), "unknown: the whole population of idp_user was not observed: denied"),
        (user("eve", email=HIDDEN), (ADA,), "unknown: idp_user.email was not observed: denied"),
        (user("eve"), (leading(user(email=HIDDEN)),), "unknown: not every idp_user could be compared: idp_user.email was not observed: denied"),
        (user("eve"), (), f"unknown: {LEADS}, which leads, is not looked at"),
        (user("alice"), (ADA, people(person(email=""))), f"pass: alice is ADA in {LEADS}"),
        (user(service=True), (ADA,), "not_applicable: ada belongs to a program"),
        (user(guest=True), (ADA,), "not_applicable: ada is a guest"),
        (user("glass"), (ADA,), "not_applicable: glass is kept for emergencies"),
    ],
)  # fmt: skip
def test_a_user(judged: Any, parts: tuple[Evidence, ...], expected: str) -> None:
    settings = {"primary": LEADS, "emergency_accounts": ("glass",)}
    check = user_is_in_the_primary_directory
    assert verdict(check, seen(judged), *parts, of=judged.id, **settings) == expected


def test_a_directory_that_leads_follows_nobody() -> None:
    check = user_is_in_the_primary_directory
    assert verdict(check, seen(user()), of="u-ada") == "not_applicable: nobody has named the directory that leads"
    said = verdict(check, seen(user()), of="u-ada", primary=CORP)
    assert said == f"not_applicable: {CORP} is the directory that leads"


@pytest.mark.parametrize(
    ("judged", "primary", "expected"),
    [
        (iam_user(name="ada", console=True), LEADS, f"pass: ada is ADA in {LEADS}"),
        (iam_user(name="eve", console=True), LEADS, f"fail: eve has no account in {LEADS}"),
        (iam_user(name="eve", console=False), LEADS, "not_applicable: eve has no password: it belongs to a program"),
        (iam_user(name="glass", console=True), LEADS, "not_applicable: glass is kept for emergencies"),
        (iam_user(name="ada", console=True), "", "not_applicable: nobody has named the directory that leads"),
    ],
)
def test_a_user_of_iam(judged: IamUser, primary: str, expected: str) -> None:
    settings = {"primary": primary, "emergency_accounts": ("glass",)}
    said = verdict(iam_user_is_in_the_primary_directory, seen(judged, source=CLOUD), ADA, of=judged.id, **settings)
    assert said == expected


UNSEEN = PasswordState(status=HIDDEN, changed=None, maximum_days=None)


@pytest.mark.parametrize(
    ("logins", "expected"),
    [
        ((login(name="ada", id="ada"),), f"pass: each of 1 accounts that somebody can sign in to is in {LEADS}"),
        ((login(name="eve", id="eve"),), f"fail: eve has no account in {LEADS}"),
        (
            (login(name="eve", id="eve", password=LOCKED), login(name="root", id="root", uid=0)),
            f"pass: each of 0 accounts that somebody can sign in to is in {LEADS}",
        ),
        ((login(name="job", id="job", system=True),), f"pass: each of 0 accounts that somebody can sign in to is in {LEADS}"),
        ((login(name="guest", id="guest"),), f"pass: each of 0 accounts that somebody can sign in to is in {LEADS}"),
        ((login(name="eve", id="eve", password=UNSEEN),), "unknown: PasswordState.status was not observed: denied"),
    ],
)  # fmt: skip
def test_logins(logins: tuple[Any, ...], expected: str) -> None:
    assert judged(*logins, corp=ADA) == expected


def test_logins_where_nobody_looks_at_the_leading_directory() -> None:
    said = judged(login(name="ada", id="ada"), corp=seen(kind="idp_user"))
    assert said == f"unknown: {LEADS}, which leads, is not looked at"
    check = logins_are_in_the_primary_directory
    said = verdict(check, seen(login(), source=WEB), of=WEB)
    assert said == "not_applicable: nobody has named the directory that leads"


def judged(*logins: Any, corp: Evidence) -> str:
    host = (
        seen(*logins, source=WEB), seen(kind="host_authorized_keys", source=WEB), seen(server(), source=WEB),
        seen(*(AccountEnd(id=each.name, ends=None) for each in logins), source=WEB),
        seen(NameServices(id="web-1", accounts=(), groups=(), sudo_rules=()), source=WEB),
    )  # fmt: skip
    check = logins_are_in_the_primary_directory
    return verdict(check, *host, corp, of=WEB, primary=LEADS, allowed=("guest",))
