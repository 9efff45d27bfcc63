"""The truth tables of people and of their accounts everywhere, judged by the engine as a scan does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.people.leavers import leaver_has_no_open_account as leavers
from checks.people.ownership import (
    iam_program_has_an_owner,
    iam_user_belongs_to_one_person,
    logins_belong_to_one_person_each,
    person_has_one_account_in_each_source,
    service_account_has_an_owner,
    user_belongs_to_one_person,
)
from core.engine import assess
from core.model import Evidence
from core.plugins import Check
from core.resource import Resource, unobserved
from core.resources.aws.iam import IamUser
from core.resources.aws.iam_credentials import ServiceCredential, SshKey
from core.resources.host.accounts import AccountEnd
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person
from tests.checks.aws.identities import IDLE, NEW_KEY
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import LOCKED, login
from tests.checks.host.test_sshd import server
from tests.twins import NOW, evidence

LEFT, GOES = date(2026, 1, 30), date(2026, 1, 31)
KEY = AuthorizedKey(algorithm="ED25519", bits=256, fingerprint="SHA256:x")
HIDDEN: Any = unobserved("denied")
HR, CORP, CLOUD, WEB = "people/hr", "ldap/corp", "aws/111122223333", "host/web-1"
Seen = tuple[Evidence, ...]


def person(**changes: Any) -> Person:
    values: dict[str, Any] = {
        "id": "17", "name": "Ada", "email": "Ada@Example.org", "logins": ("ada", "alice"), "start": None, "end": LEFT,
        "manager": "", "department": "", "department_since": None, "role": "", "role_since": None,
    }  # fmt: skip
    return Person(**{**values, **changes})


def user(**changes: Any) -> User:
    values: dict[str, Any] = {
        "id": "u1", "login": "ada", "name": "", "email": "", "service": False, "guest": False, "invited": None,
        "synchronised_from": "", "enabled": True, "expires": None,
        "created": NOW, "last_sign_in": None, "sign_ins_lag_days": 0, "sign_ins_recorded_since": NOW,
        "password_changed": None,
    }  # fmt: skip
    return User(**{**values, **changes})


def people(*listed: Person, source: str = HR, missing: str = "") -> Evidence:
    return evidence(*listed, kind="person", source=source, missing=missing)


def corp(*accounts: Resource, missing: str = "") -> Evidence:
    return evidence(*accounts, kind="idp_user", source=CORP, missing=missing)


def cloud(*accounts: IamUser) -> Evidence:
    return evidence(*accounts, kind="aws_iam_user", source=CLOUD)


def web(
    *logins: Resource,
    keys: int = 0,
    ends: date | None = None,
    missing: str = "",
    sshd: Sshd | None = None,
    elsewhere: tuple[str, ...] = (),
) -> Seen:
    files = [AuthorizedKeys(
        id="alice: a", account="alice", path="a", mode=0o600, owner=1000, account_uid=1000, keys=(KEY,),
        unreadable_lines=0,
    )] * keys  # fmt: skip
    return (
        evidence(*logins, kind="host_login"),
        evidence(*files, kind="host_authorized_keys", missing=missing),
        evidence(sshd or server()),
        evidence(AccountEnd(id="alice", ends=ends)),
        evidence(NameServices(id="web-1", accounts=elsewhere, groups=(), sudo_rules=())),
    )


def verdict(check: Check[...], *seen: Evidence, of: str, **settings: Any) -> str:
    """The status and the reason of one finding."""
    findings = assess(check, seen, as_of=NOW, digest="", settings=settings).findings
    (found,) = (each for each in findings if each.resource == of)
    return f"{found.verdict.status}: {found.verdict.reason}"


def told(*seen: Resource, missing: str = "", keys_missing: str = "") -> Seen:
    """What AWS tells of SSH keys and of credentials for single services."""
    return (
        evidence(
            *(each for each in seen if isinstance(each, SshKey)), kind=SshKey.kind, source=CLOUD, missing=keys_missing
        ),
        evidence(
            *(each for each in seen if isinstance(each, ServiceCredential)),
            kind=ServiceCredential.kind, source=CLOUD, missing=missing,
        ),
    )  # fmt: skip


def ssh_key(**changes: Any) -> SshKey:
    return SshKey(**{"id": "APKA1", "user": "ada", "active": True, "uploaded": NOW, **changes})


def credential(**changes: Any) -> ServiceCredential:
    values = {"id": "ACCA1", "user": "ada", "service": "bedrock", "status": "Active", "created": NOW, "expires": None}
    return ServiceCredential(**{**values, **changes})


GONE = "Ada left on 2026-01-30, access was to end by 2026-01-31 00:00 UTC"
STILL = f"fail: {GONE}, and can sign in: "
CLOSED = f"pass: {GONE}, and nobody can sign in to "
NONE = f"pass: {GONE}, and has no account in "


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((people(person(end=None)), corp(user())), "not_applicable: Ada has no last day"),
        ((people(person(end=GOES)), corp(user())), "not_applicable: Ada stays until 2026-01-31"),
        ((people(person()),), "not_applicable: no accounts are looked at"),
        ((people(person()), corp(user())), f"{STILL}ada ({CORP}): it is switched on"),
        ((people(person()), corp(user(login="ADA"))), f"{STILL}ADA ({CORP}): it is switched on"),
        ((people(person()), corp(user(login="x", email="ada@example.ORG"))), f"{STILL}x ({CORP}): it is switched on"),
        (  # one letter with an accent, and two that make it
            (people(person(logins=("zo\u00eb",))), corp(user(login="ZOE\u0308"))),
            f"{STILL}ZOE\u0308 ({CORP}): it is switched on",
        ),
        ((people(person(email=HIDDEN)), corp(user())), f"{STILL}ada ({CORP}): it is switched on"),
        (
            (people(person(name="")), corp(user(login=HIDDEN, email="ada@example.org"))),
            f"{STILL}u1 ({CORP}): it is switched on".replace("Ada", "17"),
        ),
        ((people(person()), corp(user(), missing="denied")), f"{STILL}ada ({CORP}): it is switched on"),
        ((people(person(), missing="line 9"), corp(user())), f"{STILL}ada ({CORP}): it is switched on"),
        ((people(person()), corp(user(enabled=False))), f"{CLOSED}ada ({CORP})"),
        ((people(person()), corp(user(expires=NOW))), f"{CLOSED}ada ({CORP})"),
        ((people(person()), corp(user(login="adam", email="ada@example.com"))), f"{NONE}{CORP}"),
        ((people(person()), corp(), cloud(), *web()), f"{NONE}{CLOUD}, {WEB}, {CORP}"),
        ((people(person()), cloud(iam_user())), f"{STILL}ada ({CLOUD}): it has a password"),
        (
            (people(person()), cloud(iam_user(console=False, keys=(IDLE, NEW_KEY)))),
            f"{STILL}ada ({CLOUD}): it has an active access key",
        ),
        (
            (people(person()), cloud(iam_user(console=False, signing_certificates=1))),
            f"{STILL}ada ({CLOUD}): it has an active certificate",
        ),
        ((people(person()), cloud(iam_user(console=False, keys=(IDLE,))), *told()), f"{CLOSED}ada ({CLOUD})"),
        ((people(person()), *web(login())), f"{STILL}alice ({WEB}): it has a password"),
        ((people(person()), *web(login(password=LOCKED), keys=1)), f"{STILL}alice ({WEB}): an SSH key opens it"),
        ((people(person()), *web(login(password=LOCKED))), f"{CLOSED}alice ({WEB})"),
        ((people(person()), *web(login(), ends=LEFT)), f"{CLOSED}alice ({WEB})"),
        ((people(person()), *web(login(), ends=date(2026, 2, 1))), f"{STILL}alice ({WEB}): it has a password"),
        (
            (people(person()), corp(user()), *web(login())),
            f"{STILL}ada ({CORP}): it is switched on, alice ({WEB}): it has a password",
        ),
        (
            (people(person()), corp(user()), cloud(iam_user(console=HIDDEN))),
            f"{STILL}ada ({CORP}): it is switched on",
        ),
        ((people(person()), corp(user(enabled=HIDDEN))), "unknown: idp_user.enabled was not observed: denied"),
        (
            (people(person(email="", logins=())), corp(user())),
            f"unknown: {GONE}, and the list gives neither an e-mail address nor a login to look for",
        ),
        ((people(person(logins=HIDDEN)), corp(user())), "unknown: person.logins was not observed: denied"),
        (
            (people(person()), corp(missing="denied"), cloud()),
            "unknown: the whole population of idp_user was not observed: denied",
        ),
        (
            (people(person()), corp(user(id="u2", login="x", email=HIDDEN))),
            "unknown: not every idp_user could be compared: idp_user.email was not observed: denied",
        ),
        (
            (people(person()), *web(login(password=LOCKED), missing="only root")),
            "unknown: the whole population of host_authorized_keys was not observed: only root",
        ),
        (
            (people(person()), *web(login(password=LOCKED), sshd=server(keys_elsewhere=True))),
            f"unknown: sshd of {WEB} also takes keys of alice from where nobody can look",
        ),
        (
            (people(person()), *web(login(password=LOCKED), sshd=server(trusts_certificates=True))),
            f"unknown: sshd of {WEB} also takes keys of alice from where nobody can look",
        ),
        (
            (
                people(person()),
                *web(login(password=LOCKED), sshd=Sshd(id="w", options=None, matches=(), running=False)),
            ),
            f"{CLOSED}alice ({WEB})",
        ),
        (
            (people(person()), *web(elsewhere=("sss",))),
            "unknown: hosts also have accounts from sss, and no directory is looked at",
        ),
        ((people(person()), corp(), *web(elsewhere=("sss",))), f"{NONE}{WEB}, {CORP}"),
        (  # who comes back has a line without an end, and the account is theirs again
            (people(person(), person(id="18", end=None, logins=("ADA",), email="")), corp(user())),
            f"{NONE}{CORP}",
        ),
        (
            (people(person(), person(id="18", end=None, logins=("x",), email="")), corp(user(email=HIDDEN))),
            f"{STILL}ada ({CORP}): it is switched on",
        ),
    ],
)
def test_leavers(seen: Seen, expected: str) -> None:
    assert verdict(leavers, *seen, of="17") == expected


BEDROCK = f"{STILL}ada ({CLOUD}): it has a credential for bedrock, which is "
BY_SSH_KEY = f"{STILL}ada ({CLOUD}): it has an active SSH key"
NOT_TOLD = "unknown: the whole population of aws_iam_{} was not observed: {}"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (told(credential()), f"{BEDROCK}active"),
        (told(credential(status="Paused")), f"{BEDROCK}paused"),
        (told(credential(status="Inactive")), f"{CLOSED}ada ({CLOUD})"),
        (told(credential(expires=NOW)), f"{CLOSED}ada ({CLOUD})"),
        (told(credential(user="bo"), ssh_key(user="bo")), f"{CLOSED}ada ({CLOUD})"),
        (told(ssh_key()), BY_SSH_KEY),
        (told(ssh_key(active=False)), f"{CLOSED}ada ({CLOUD})"),
        (told(credential(), missing="denied", keys_missing="denied"), f"{BEDROCK}active"),
        (told(ssh_key(), missing="denied"), BY_SSH_KEY),
        (told(missing="denied"), NOT_TOLD.format("service_credential", "denied")),
        (told(keys_missing="denied"), NOT_TOLD.format("ssh_key", "denied")),
        ((), NOT_TOLD.format("service_credential", "nothing of this kind was looked at")),
    ],
)
def test_leavers_whom_single_services_of_aws_let_in(seen: Seen, expected: str) -> None:
    closed_else = cloud(iam_user(console=False, keys=(IDLE,)))
    assert verdict(leavers, people(person()), closed_else, *seen, of="17") == expected


def test_what_aws_does_not_tell_of_single_services_hides_nothing_of_people_who_are_here() -> None:
    seen = people(STAYS), cloud(iam_user(console=False)), *told(missing="denied", keys_missing="denied")
    assert verdict(leavers, *seen, of="17") == "not_applicable: Ada has no last day"
    expected = f"not_applicable: Ada has no open account in {CLOUD}"
    assert verdict(person_has_one_account_in_each_source, *seen, of="17") == expected


def test_hours_of_grace_are_a_setting() -> None:
    seen = people(person()), corp(user())
    assert "by 2026-01-31 12:00 UTC" in verdict(leavers, *seen, of="17", grace_hours=12)
    assert verdict(leavers, *seen, of="17", grace_hours=13) == "not_applicable: Ada stays until 2026-01-30"


def test_who_never_came_has_left() -> None:
    never = person(start=date(2026, 3, 1), end=date(2026, 2, 20))
    expected = "Ada never came: the first day was to be 2026-03-01, and the list ends on 2026-02-20"
    assert verdict(leavers, people(never), corp(user()), of="17").startswith(f"fail: {expected}, and can sign in: ada")
    assert verdict(leavers, people(never), corp(), of="17") == f"pass: {expected}, and has no account in {CORP}"
    assert verdict(user_belongs_to_one_person, people(never, BO), corp(user()), of="u1") == "pass: ada belongs to Bo"


def test_a_list_that_could_not_be_read_whole_says_so() -> None:
    assert verdict(leavers, people(missing="line 9 has no id"), of="*").startswith("unknown: could not look: line 9")


BO = person(id="18", name="Bo", email="bo@example.org", logins=("ada",), end=None)
STAYS = person(end=None)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((corp(user()),), "not_applicable: no list of people is looked at"),
        ((people(), corp(user(service=True))), "not_applicable: it belongs to a program"),
        ((people(), corp(user(enabled=False))), "not_applicable: nobody can sign in to it"),
        ((people(person()), corp(user())), "pass: ada belongs to Ada"),
        ((people(STAYS), corp(user(email=HIDDEN))), "pass: ada belongs to Ada"),
        ((people(STAYS), corp(user(login="x"))), "fail: no list of people names x"),
        ((people(), corp(user())), "fail: no list of people names ada"),
        ((people(STAYS, BO), corp(user())), "fail: ada belongs to Ada, Bo"),
        ((people(person(), BO), corp(user())), "pass: ada belongs to Bo"),
        ((people(STAYS), people(STAYS, source="people/guests"), corp(user())), "pass: ada belongs to Ada"),
        ((people(STAYS), people(BO, source="people/guests"), corp(user())), "fail: ada belongs to Ada, Bo"),
        (
            (people(STAYS), people(person(id="9", email=HIDDEN, end=None), source="people/guests"), corp(user())),
            "fail: ada belongs to Ada, Ada",
        ),
        (
            (people(missing="line 9"), corp(user())),
            "unknown: the whole population of person was not observed: line 9",
        ),
        (
            (people(person(logins=HIDDEN)), corp(user())),
            "unknown: not every person could be compared: person.logins was not observed: denied",
        ),
        ((people(STAYS), corp(user(login=HIDDEN))), "unknown: idp_user.login was not observed: denied"),
    ],
)
def test_users_of_directories(seen: Seen, expected: str) -> None:
    assert verdict(user_belongs_to_one_person, *seen, of="u1") == expected


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({"login": "octo-bo"}, f"{NONE}{CORP}"),
        (
            {"login": "octocat"},
            "unknown: not every idp_user could be compared: idp_user.email was not observed: denied",
        ),
        ({"login": HIDDEN}, "unknown: not every idp_user could be compared: idp_user.login was not observed: denied"),
    ],
)
def test_what_is_hidden_of_somebodys_account_hides_no_other_ones(theirs: dict[str, Any], expected: str) -> None:
    """As at GitHub, which shows no addresses."""
    bo = person(id="18", name="Bo", email="bo@example.org", logins=("octo-bo",), end=None)
    seen = people(person(), bo), corp(user(**theirs, email=HIDDEN))
    assert verdict(leavers, *seen, of="17") == expected


def test_accounts_for_emergencies_are_nobodys() -> None:
    seen = people(STAYS), corp(user(login="glass-1"))
    assert verdict(user_belongs_to_one_person, *seen, of="u1") == "fail: no list of people names glass-1"
    expected = "not_applicable: glass-1 is kept for emergencies"
    assert verdict(user_belongs_to_one_person, *seen, of="u1", emergency_accounts=("glass-1",)) == expected


def test_who_has_no_login_to_show_is_called_by_its_id() -> None:
    seen = people(STAYS), corp(user(login=HIDDEN, email="ada@example.org"))
    assert verdict(user_belongs_to_one_person, *seen, of="u1") == "pass: u1 belongs to Ada"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((cloud(iam_user()),), "not_applicable: no list of people is looked at"),
        ((people(), cloud(iam_user(console=False))), "not_applicable: it has no password: it belongs to a program"),
        ((people(STAYS), cloud(iam_user())), "pass: ada belongs to Ada"),
        ((people(), cloud(iam_user())), "fail: no list of people names ada"),
        ((people(STAYS), cloud(iam_user(console=HIDDEN))), "unknown: aws_iam_user.console was not observed: denied"),
    ],
)
def test_users_of_aws(seen: Seen, expected: str) -> None:
    assert verdict(iam_user_belongs_to_one_person, *seen, of="AIDA1") == expected


OTHERS = login(id="root", name="root", uid=0), login(id="git", name="git", system=True)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (web(login()), "not_applicable: no list of people is looked at"),
        ((people(STAYS), *web(login(), *OTHERS)), "pass: each of 1 accounts belongs to one person"),
        ((people(), *web(login())), "fail: no list of people names alice"),
        (
            (people(STAYS, person(id="2", name="Bo", email="", logins=("alice",), end=None)), *web(login())),
            "fail: alice belongs to Ada, Bo",
        ),
        (
            (people(missing="line 9"), *web(login())),
            "unknown: the whole population of person was not observed: line 9",
        ),
    ],
)
def test_logins_of_hosts(seen: Seen, expected: str) -> None:
    assert verdict(logins_belong_to_one_person_each, *seen, of=WEB) == expected


def test_logins_that_are_nobodys_can_be_named() -> None:
    seen = people(), *web(login())
    expected = "pass: each of 0 accounts belongs to one person"
    assert verdict(logins_belong_to_one_person_each, *seen, of=WEB, allowed=("alice",)) == expected


SECOND = user(id="u2", login="x", email="ada@example.org")
ONE, ONE_IN_CLOUD = (f"pass: Ada has one account in each of {place}" for place in (CORP, CLOUD))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((people(person()), corp(user(), SECOND)), "not_applicable: Ada left on 2026-01-30"),
        ((people(STAYS),), "not_applicable: no accounts are looked at"),
        ((people(STAYS), corp(user(), SECOND)), f"fail: Ada has ada ({CORP}), x ({CORP})"),
        ((people(STAYS), corp(user(email="ada@example.org"))), ONE),
        ((people(STAYS), corp(), cloud()), f"not_applicable: Ada has no open account in {CLOUD}, {CORP}"),
        ((people(STAYS), corp(user(), user(id="u2", login="alice", enabled=False))), ONE),
        ((people(STAYS), corp(user(), user(id="u2", login="alice", service=True))), ONE),
        (
            (people(STAYS), cloud(iam_user(), iam_user(id="2", name="alice", console=False, keys=(NEW_KEY,)))),
            ONE_IN_CLOUD,
        ),
        (
            (people(STAYS), corp(user()), cloud(iam_user()), *web(login(), login(id="a", name="ada", system=True))),
            f"pass: Ada has one account in each of {CLOUD}, {WEB}, {CORP}",
        ),
        (
            (people(person(end=None, email="", logins=())), corp()),
            "unknown: the list gives neither an e-mail address nor a login of Ada",
        ),
        (
            (people(STAYS), corp(user(), missing="denied")),
            "unknown: the whole population of idp_user was not observed: denied",
        ),
    ],
)
def test_one_account_each(seen: Seen, expected: str) -> None:
    assert verdict(person_has_one_account_in_each_source, *seen, of="17") == expected


def test_a_second_account_can_be_allowed() -> None:
    seen = people(STAYS), corp(user(), SECOND)
    assert verdict(person_has_one_account_in_each_source, *seen, of="17", allowed=("x",)) == ONE


PROGRAM = corp(user(service=True, login="backup"))
TO_ADA = {"owned": ("Backup=ADA",)}


@pytest.mark.parametrize(
    ("seen", "settings", "expected"),
    [
        ((PROGRAM,), {}, "not_applicable: no list of people is looked at"),
        ((people(), corp(user())), {}, "not_applicable: it belongs to a person"),
        ((people(), corp(user(service=True, enabled=False))), {}, "not_applicable: nobody can sign in to it"),
        ((people(STAYS), PROGRAM), {}, "fail: nobody is named as the owner of backup"),
        ((people(STAYS), PROGRAM), {"owned": ("backup", "x=ada")}, "fail: nobody is named as the owner of backup"),
        ((people(STAYS), PROGRAM), TO_ADA, "pass: Ada is named as the owner of backup"),
        (
            (people(person()), PROGRAM),
            TO_ADA,
            "fail: Ada is named as the owner of backup, and Ada left on 2026-01-30",
        ),
        ((people(), PROGRAM), TO_ADA, "fail: ada is named as the owner of backup, and in no list of people"),
        (
            (people(missing="line 9"), PROGRAM),
            TO_ADA,
            "unknown: the whole population of person was not observed: line 9",
        ),
    ],
)
def test_service_accounts(seen: Seen, settings: dict[str, Any], expected: str) -> None:
    assert verdict(service_account_has_an_owner, *seen, of="u1", **settings) == expected


@pytest.mark.parametrize(
    ("seen", "settings", "expected"),
    [
        ((cloud(iam_user()),), {}, "not_applicable: no list of people is looked at"),
        ((people(), cloud(iam_user())), {}, "not_applicable: it has a password: it belongs to a person"),
        ((people(STAYS), cloud(iam_user(console=False))), {}, "fail: nobody is named as the owner of ada"),
        (
            (people(STAYS), cloud(iam_user(console=False))),
            {"owned": ("ada=Ada@example.org",)},
            "pass: Ada is named as the owner of ada",
        ),
        (
            (people(STAYS), cloud(iam_user(console=HIDDEN))),
            {},
            "unknown: aws_iam_user.console was not observed: denied",
        ),
    ],
)
def test_programs_in_aws(seen: Seen, settings: dict[str, Any], expected: str) -> None:
    assert verdict(iam_program_has_an_owner, *seen, of="AIDA1", **settings) == expected


def test_people_are_named_and_numbers_are_not() -> None:
    assert list(person(manager="Bo").persons()) == ["Ada", "Ada@Example.org", "Bo", "ada", "alice"]
    assert list(person(id="E17", name=HIDDEN, email="", logins=HIDDEN, manager="4").persons()) == ["E17"]


def test_the_last_day_counts_in_utc() -> None:
    late = datetime(2026, 1, 30, 23, 59, tzinfo=UTC)
    seen = people(person()), corp(user())
    (found,) = assess(leavers, seen, as_of=late, digest="").findings
    assert found.verdict.reason == "Ada stays until 2026-01-30"
