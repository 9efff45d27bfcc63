"""The truth tables of rights: those that exclude each other, those of another role, and who stands behind them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.people.duties import account_of_nobody_holds_no_such_rights as unowned
from checks.people.duties import iam_user_of_nobody_holds_no_such_rights as unowned_in_aws
from checks.people.duties import nobody_holds_rights_that_exclude_each_other as segregated
from checks.people.duties import person_keeps_no_right_of_another_role as moved
from checks.people.privileged import privileged_right_is_held_by_known_people as privileged
from checks.people.rights import Held, Right
from core.model import Evidence
from core.resource import unobserved
from core.resources.aws.policy import AttachedPolicy
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.names import NameServices
from core.resources.host.sudo import SudoCommand, SudoGrant
from core.resources.idp import Group, RoleAssignment
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import login
from tests.checks.people.test_people import CLOUD, CORP, LEFT, WEB, cloud, corp, people, person, user, verdict
from tests.twins import NOW, evidence

HIDDEN: Any = unobserved("denied")
HERE = person(end=None)
Seen = tuple[Evidence, ...]


def groups(*found: Group, missing: str = "") -> Evidence:
    return evidence(*found, kind="idp_group", source=CORP, missing=missing)


def group(name: str, /, *members: str, **changes: Any) -> Group:
    return Group(**{"id": f"g-{name}", "name": name, "members": members, **changes})


def roles(*found: RoleAssignment, missing: str = "") -> Evidence:
    return evidence(*found, kind="idp_role_assignment", source=CORP, missing=missing)


def role(principal: str = "u1", **changes: Any) -> RoleAssignment:
    values: dict[str, Any] = {
        "id": "r1", "role": "Approver", "privileged": True, "scope": "", "principal": principal,
        "principal_kind": "user", "since": NOW, "ends": None, "eligible": False,
    }  # fmt: skip
    return RoleAssignment(**{**values, **changes})


def web(*members: str, grants: tuple[SudoGrant, ...] = ()) -> Seen:
    docker = HostGroup(id="docker", name="docker", gid=9, members=members, members_who_log_in=members)
    return evidence(login(), kind="host_login"), evidence(docker, source=WEB), sudoers(*grants), names()


def names(*, source: str = WEB, missing: str = "", **elsewhere: tuple[str, ...]) -> Evidence:
    nowhere: dict[str, tuple[str, ...]] = {"accounts": (), "groups": (), "sudo_rules": ()}
    return evidence(NameServices(id=source, **{**nowhere, **elsewhere}), source=source, missing=missing)


def sudoers(*grants: SudoGrant, missing: str = "") -> Evidence:
    return evidence(*grants, kind="host_sudo_grant", source=WEB, missing=missing)


def grant(principal: str, *commands: str) -> SudoGrant:
    allowed = tuple(
        SudoCommand(program=each.strip("!"), arguments="any", forbidden=each.startswith("!"), keeps_off_pagers=False)
        for each in commands
    )
    return SudoGrant(
        id=principal,
        principal=principal,
        hosts=("ALL",),
        run_as=(),
        needs_password=True,
        no_exec=False,
        commands=allowed,
    )


def buyer(*policies: str, **changes: Any) -> Evidence:
    attached = tuple(AttachedPolicy(name=name, arn="", statements=()) for name in policies)
    return cloud(iam_user(name="ada", groups=("Buyers",), policies=attached, **changes))


DB_DOCKER = HostGroup(id="docker", name="docker", gid=9, members=("alice",), members_who_log_in=("alice",))
PAY = f"{CORP}:payments"
PAIRS = (f"{PAY} + aws/*:Buyers",)
BOTH = f"fail: Ada holds payments ({CORP}, ada) and Buyers ({CLOUD}, ada), which exclude each other"
ONE = "pass: Ada holds at most one of the rights in each of 1 pairs"


@pytest.mark.parametrize(
    ("seen", "pairs", "expected"),
    [
        ((people(HERE), corp(user())), (), "not_applicable: nobody has said which rights exclude each other"),
        ((people(person()), corp(user())), PAIRS, "not_applicable: Ada left on 2026-01-30"),
        ((people(HERE), corp(user()), groups(group("payments", "u1")), buyer()), PAIRS, BOTH),
        ((people(HERE), corp(user()), groups(group("Payments", "u1")), buyer()), PAIRS, BOTH.replace("payments", "Payments")),
        ((people(HERE), corp(user()), groups(group("payments", "u2")), buyer()), PAIRS, ONE),
        ((people(HERE), corp(user(enabled=False)), groups(group("payments", "u1")), buyer()), PAIRS, ONE),
        (  # through groups in groups, which may contain each other
            (
                people(HERE), corp(user()), buyer(),
                groups(group("payments", "g-staff"), group("staff", "u1", "g-payments")),
            ),
            PAIRS, BOTH,
        ),
        (  # a gap somewhere hides nothing of what was seen
            (people(HERE), corp(user(), missing="denied"), groups(group("payments", "u1"), missing="denied"), buyer()),
            PAIRS, BOTH,
        ),
        (
            (people(HERE), corp(user()), groups(group("payments"), missing="denied"), buyer()),
            PAIRS, "unknown: the whole population of idp_group was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), groups(group("payments", members=HIDDEN)), buyer()),
            PAIRS, "unknown: not every idp_group could be compared: idp_group.members was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), groups(group("x", name=HIDDEN)), buyer()),
            PAIRS, "unknown: not every idp_group could be compared: idp_group.name was not observed: denied",
        ),
        (
            (people(HERE), corp(user(enabled=HIDDEN)), groups(group("payments", "u1")), buyer()),
            PAIRS, "unknown: idp_user.enabled was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), groups(group("payments", "u1"))),
            PAIRS, "unknown: no rights are looked at where aws/*:Buyers could be held",
        ),
        (
            (people(person(end=None, email="", logins=())), corp(user()), groups(), buyer()),
            PAIRS, "unknown: the list gives neither an e-mail address nor a login of Ada",
        ),
        (
            (people(HERE), corp(user())), ("payments + buyers",),
            "unknown: payments + buyers is no pair of rights: write it as SOURCE:RIGHT + SOURCE:RIGHT",
        ),
        (
            (people(HERE), corp(user())), ("a:x + b:y + c:z",),
            "unknown: a:x + b:y + c:z is no pair of rights: write it as SOURCE:RIGHT + SOURCE:RIGHT",
        ),
        (  # one right in two accounts is no pair
            (people(HERE), corp(user(), user(id="u2", login="alice")), groups(group("payments", "u1", "u2"))),
            (f"{PAY} + ldap/*:pay*",), ONE,
        ),
        (
            (people(HERE), corp(user()), roles(role()), *web("alice")), (f"{CORP}:approver + host/*:docker",),
            f"fail: Ada holds Approver ({CORP}, ada) and docker ({WEB}, alice), which exclude each other",
        ),
        (
            (people(HERE), corp(user()), roles(role(ends=NOW)), *web("alice")),
            (f"{CORP}:approver + host/*:docker",), ONE,
        ),
        (  # a host elsewhere has a group for an account of the same name
            (people(HERE), corp(user()), roles(role()), *web("alice"), evidence(kind="host_login", source="host/db-1")),
            (f"{CORP}:approver + host/db-1:docker",), "unknown: no rights are looked at where host/db-1:docker could be held",
        ),
        (
            (people(HERE), corp(user()), roles(role()), *web("alice"), evidence(DB_DOCKER, source="host/db-1")),
            (f"{CORP}:approver + host/db-1:docker",), ONE,
        ),
        (
            (people(HERE), corp(user()), roles(role(role=HIDDEN)), *web("alice")), (f"{CORP}:approver + host/*:docker",),
            "unknown: not every idp_role_assignment could be compared: idp_role_assignment.role was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), roles(role("g-staff", scope="unit")), groups(group("staff", "u1")), buyer("Pay")),
            (f"{CORP}:approver@unit + aws/*:Pay",),
            f"fail: Ada holds Approver in unit ({CORP}, ada) and Pay ({CLOUD}, ada), which exclude each other",
        ),
    ],
)  # fmt: skip
def test_segregation_of_duties(seen: Seen, pairs: tuple[str, ...], expected: str) -> None:
    assert verdict(segregated, *seen, of="17", pairs=pairs) == expected


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((grant("alice", "ALL"),), "fail"),
        ((grant("#1000", "/bin/ls"),), "fail"),
        ((grant("ALL", "/bin/ls"),), "fail"),
        ((grant("%docker", "/bin/ls"),), "fail"),
        ((grant("%#9", "/bin/ls"),), "fail"),
        ((grant("alice", "!/bin/ls"), grant("bo", "ALL"), grant("%wheel", "ALL")), "pass"),
        ((), "pass"),
    ],
)
def test_sudo_is_a_right(grants: tuple[SudoGrant, ...], expected: str) -> None:
    seen = people(HERE), corp(user()), roles(role()), *web("alice", grants=grants)
    pairs = (f"{CORP}:approver + host/*:sudo",)
    assert verdict(segregated, *seen, of="17", pairs=pairs).partition(":")[0] == expected


VENDORS_TOO = (f"{PAY} + {CORP}:vendors",)
X = user(login="x", email="x@example.org")
HAS_BOTH = groups(group("payments", "u1"), group("vendors", "g-staff"), group("staff", "u1"))
NOBODYS = f"fail: x holds payments ({CORP}, x) and vendors ({CORP}, x), which exclude each other, and nobody is known to have it"


@pytest.mark.parametrize(
    ("seen", "pairs", "expected"),
    [
        ((corp(X), HAS_BOTH, roles()), (), "not_applicable: nobody has said which rights exclude each other"),
        ((corp(X), HAS_BOTH, roles()), VENDORS_TOO, NOBODYS),
        ((people(HERE), corp(X), HAS_BOTH, roles(missing="denied")), VENDORS_TOO, NOBODYS),
        (
            (people(HERE), corp(user()), HAS_BOTH, roles()),
            VENDORS_TOO, "not_applicable: ada is judged with all that Ada holds",
        ),
        (
            (people(HERE, missing="line 9"), corp(X), HAS_BOTH, roles()),
            VENDORS_TOO, "unknown: the whole population of person was not observed: line 9",
        ),
        ((corp(user(service=True)), HAS_BOTH, roles()), VENDORS_TOO, "not_applicable: ada belongs to a program"),
        (
            (corp(user(login="glass-1")), HAS_BOTH, roles()),
            VENDORS_TOO, "not_applicable: glass-1 is kept for emergencies",
        ),
        (
            (corp(X), groups(group("payments", "u1")), roles()),
            VENDORS_TOO, "pass: x holds at most one of the rights in each of 1 pairs",
        ),
        (
            (corp(X), groups(group("payments", "u1"), missing="denied"), roles()),
            VENDORS_TOO, "unknown: the whole population of idp_group was not observed: denied",
        ),
        (
            (corp(X), groups(group("payments", "u1")), roles(role(ends=HIDDEN))),
            VENDORS_TOO, "unknown: idp_role_assignment.ends was not observed: denied",
        ),
        (
            (corp(X), HAS_BOTH, roles()),
            ("a + b",), "unknown: a + b is no pair of rights: write it as SOURCE:RIGHT + SOURCE:RIGHT",
        ),
    ],
)  # fmt: skip
def test_accounts_of_nobody(seen: Seen, pairs: tuple[str, ...], expected: str) -> None:
    assert verdict(unowned, *seen, of="u1", pairs=pairs, emergency_accounts=("glass-1",)) == expected


def test_of_two_ways_to_a_right_the_privileged_one_counts() -> None:
    held = Held()
    low, high = (Right("s", "sudo", "", "a", privileged, (), ()) for privileged in (False, True))
    held.add(iter((low, high, low)))
    assert held.meant("s:sudo") == [high]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((names(source="host/db-1", groups=("sss",)),), ONE),
        ((names(groups=("sss",)),), f"unknown: rights on {WEB} also come from sss, and nobody can list them there"),
        ((names(accounts=("ldap",)),), f"unknown: rights on {WEB} also come from ldap, and nobody can list them there"),
        ((names(missing="denied"),), "unknown: the whole population of host_name_services was not observed: denied"),
    ],
)
def test_rights_on_hosts_that_come_from_elsewhere(seen: Seen, expected: str) -> None:
    docker = HostGroup(id="docker", name="docker", gid=9, members=("bo",), members_who_log_in=("bo",))
    on_host = evidence(login(), kind="host_login"), evidence(docker, source=WEB), *seen
    pairs = (f"{CORP}:approver + host/web-1:docker",)
    assert verdict(segregated, people(HERE), corp(user()), roles(role()), *on_host, of="17", pairs=pairs) == expected


BOTH_IN_AWS = iam_user(groups=("Payments", "Approvals"))
IN_AWS = "aws/*:Payments + aws/*:Approvals"
NOBODYS = (
    f"fail: ada holds Payments ({CLOUD}, ada) and Approvals ({CLOUD}, ada), which exclude each other, and nobody is "
    "known to have it"
)


@pytest.mark.parametrize(
    ("seen", "settings", "expected"),
    [
        ((cloud(BOTH_IN_AWS),), {}, NOBODYS),
        ((cloud(BOTH_IN_AWS), people(person(end=None, logins=("bo",), email=""))), {}, NOBODYS),
        ((cloud(BOTH_IN_AWS), people(HERE)), {}, "not_applicable: ada is judged with all that Ada holds"),
        (
            (cloud(BOTH_IN_AWS), people(missing="line 9")),
            {},
            "unknown: the whole population of person was not observed: line 9",
        ),
        (
            (cloud(iam_user(groups=("Payments",))),),
            {},
            "pass: ada holds at most one of the rights in each of 1 pairs",
        ),
        ((cloud(iam_user(groups=HIDDEN)),), {}, "unknown: aws_iam_user.groups was not observed: denied"),
        (
            (cloud(iam_user(groups=("Payments", "Approvals"), console=False)),),
            {},
            "not_applicable: ada has no password: it belongs to a program",
        ),
        ((cloud(BOTH_IN_AWS),), {"emergency_accounts": ("ada",)}, "not_applicable: ada is kept for emergencies"),
        ((cloud(BOTH_IN_AWS),), {"pairs": ()}, "not_applicable: nobody has said which rights exclude each other"),
        (
            (cloud(BOTH_IN_AWS),),
            {"pairs": ("x",)},
            "unknown: x is no pair of rights: write it as SOURCE:RIGHT + SOURCE:RIGHT",
        ),
    ],
)
def test_a_user_of_aws_that_nobody_has(seen: Seen, settings: dict[str, Any], expected: str) -> None:
    assert verdict(unowned_in_aws, *seen, of="AIDA1", **{"pairs": (IN_AWS,), **settings}) == expected


def test_a_gap_where_no_pair_is_about_hides_nothing() -> None:
    elsewhere = evidence(kind="idp_group", source="ldap/other", missing="denied")
    seen = people(HERE), corp(user()), groups(group("payments")), elsewhere, buyer()
    assert verdict(segregated, *seen, of="17", pairs=PAIRS) == ONE


def test_sudo_of_another_host_is_none_here() -> None:
    there = evidence(grant("alice", "ALL"), source="host/db-1")
    seen = people(HERE), corp(user()), roles(role()), *web("alice"), there
    assert verdict(segregated, *seen, of="17", pairs=(f"{CORP}:approver + host/*:sudo",)) == ONE


@given(st.sets(st.tuples(st.sampled_from("ab"), st.sampled_from("wxyz"))))
def test_it_does_not_matter_in_whose_accounts_of_one_person_rights_are(held: set[tuple[str, str]]) -> None:
    """Rights spread over two accounts are judged like the same rights in one."""

    def judged(*, together: bool) -> str:
        found = [
            group(name, *(("u1" if together else f"u{'ab'.index(who) + 1}") for who, right in held if right == name))
            for name in "wxyz"
        ]
        accounts = corp(user(), user(id="u2", login="alice"))
        pairs = (f"{CORP}:w + {CORP}:x", f"{CORP}:y + {CORP}:z")
        return verdict(segregated, people(HERE), accounts, groups(*found), of="17", pairs=pairs)[:4]

    rights = {right for _, right in held}
    assert judged(together=True) == judged(together=False)
    assert (judged(together=True) == "fail") == (rights >= {"w", "x"} or rights >= {"y", "z"})


BAKER = person(end=None, role="Baker", role_since=date(2026, 1, 1), department="Kitchen")
TABLE = (f"Accountant = {PAY}", f"Baker = {CORP}:ovens", f"Bak* = {CORP}:shared", f"Accountant = {CORP}:shared")
KEPT = f"fail: Ada is of Baker since 2026-01-01, Kitchen, and holds payments ({CORP}, ada), which belongs to Accountant"
OWN = "pass: Ada is of Baker since 2026-01-01, Kitchen, and holds no right that belongs to another role"


@pytest.mark.parametrize(
    ("seen", "table", "expected"),
    [
        ((people(BAKER), corp(user())), (), "not_applicable: nobody has said which rights belong to which role"),
        ((people(person(end=LEFT)), corp(user())), TABLE, "not_applicable: Ada left on 2026-01-30"),
        ((people(BAKER), corp(user()), groups(group("payments", "u1"))), TABLE, KEPT),
        ((people(BAKER), corp(user()), groups(group("ovens", "u1"), group("shared", "u1"))), TABLE, OWN),
        (
            (people(BAKER), corp(user()), groups(group("payments", "u1"))), (*TABLE, f"kitchen = {PAY}"), OWN,
        ),
        (
            (people(person(end=None, role=HIDDEN, department="Sales", department_since=HIDDEN)), corp(user()),
             groups(group("ovens", "u1"))),
            TABLE, f"fail: Ada is of Sales, and holds ovens ({CORP}, ada), which belongs to Baker",
        ),
        ((people(HERE), corp(user())), TABLE, "unknown: the list gives neither a role nor a department of Ada"),
        (
            (people(person(end=None, role=HIDDEN, department=HIDDEN)), corp(user())),
            TABLE, "unknown: person.role was not observed: denied",
        ),
        (
            (people(BAKER), corp(user())), ("payments",),
            "unknown: payments gives no right to a role: write it as ROLE = SOURCE:RIGHT",
        ),
        (
            (people(BAKER), corp(user())), TABLE, f"unknown: no rights are looked at where {PAY} could be held",
        ),
        (
            (people(BAKER), corp(user()), groups(missing="denied")), TABLE,
            "unknown: the whole population of idp_group was not observed: denied",
        ),
    ],
)  # fmt: skip
def test_movers_who_kept_rights(seen: Seen, table: tuple[str, ...], expected: str) -> None:
    assert verdict(moved, *seen, of="17", rights_of_roles=table) == expected


ROOT = user(id="u9", login="root", service=True)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((corp(user()), roles(role())), "not_applicable: no list of people is looked at"),
        ((people(HERE), roles(role(privileged=False))), "not_applicable: Approver is not privileged"),
        ((people(HERE), roles(role(ends=NOW))), "not_applicable: it ended on 2026-01-31"),
        (
            (people(HERE), roles(role(principal_kind="application"))),
            "not_applicable: an application holds it, which has owners of its own",
        ),
        (
            (people(HERE), corp(user()), groups(), roles(role(ends=NOW + timedelta(days=1)))),
            "pass: Approver: somebody answers for each of 1 accounts that can be used",
        ),
        ((people(HERE), corp(user(login="x")), roles(role())), "fail: Approver: no list of people names x"),
        ((people(person()), corp(user()), roles(role())), "fail: Approver: ada belongs to Ada, and Ada left on 2026-01-30"),
        (
            (people(HERE), corp(user(login="x", enabled=False)), groups(), roles(role())),
            "pass: Approver: somebody answers for each of 0 accounts that can be used",
        ),
        (
            (people(HERE), corp(user(), ROOT), groups(group("admins", "u1", "g-more"), group("more", "u9", "g-admins")),
             roles(role("g-admins", principal_kind="group"))),
            "fail: Approver: nobody is named as the owner of root",
        ),
        (
            (people(HERE), corp(user(enabled=HIDDEN)), groups(), roles(role())),
            "unknown: idp_user.enabled was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), groups(), roles(role("u7"))),
            "unknown: u7 holds Approver, and is neither a user nor a group that we see",
        ),
        (
            (people(HERE), corp(missing="denied"), groups(), roles(role())),
            "unknown: the whole population of idp_user was not observed: denied",
        ),
        (
            (people(HERE), corp(user()), groups(group("admins", members=HIDDEN)), roles(role("g-admins"))),
            "unknown: idp_group.members was not observed: denied",
        ),
    ],
)  # fmt: skip
def test_privileged_rights(seen: Seen, expected: str) -> None:
    assert verdict(privileged, *seen, of="r1") == expected


def test_privileged_accounts_for_emergencies_are_nobodys() -> None:
    seen = people(HERE), corp(user(login="glass-1")), groups(), roles(role())
    assert verdict(privileged, *seen, of="r1") == "fail: Approver: no list of people names glass-1"
    expected = "pass: Approver: somebody answers for each of 0 accounts that can be used"
    assert verdict(privileged, *seen, of="r1", emergency_accounts=("glass-1",)) == expected


def test_owners_of_privileged_programs_are_named() -> None:
    seen = people(HERE), corp(ROOT), groups(), roles(role("u9"))
    expected = "pass: Approver: somebody answers for each of 1 accounts that can be used"
    assert verdict(privileged, *seen, of="r1", owned=("root=ada",)) == expected
