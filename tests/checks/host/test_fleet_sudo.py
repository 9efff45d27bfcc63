"""Truth tables of the checks of sudo over all hosts, each through the engine."""

from __future__ import annotations

import pytest

from checks.host import fleet_sudo as checks
from core.model import Evidence, Status
from core.resources.host.accounts import Group
from core.resources.host.sudo import SudoCommand, SudoGrant
from tests.checks.host.test_fleet import account, judge, on

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def grant(principal: str, *programs: str, needs_password: bool = True) -> SudoGrant:
    commands = tuple(
        SudoCommand(
            program=program.lstrip("!"), arguments="any", forbidden=program.startswith("!"), keeps_off_pagers=False
        )
        for program in programs or ("ALL",)
    )
    return SudoGrant(
        id=f"{principal} 0123456789ab",
        principal=principal,
        hosts=("ALL",),
        run_as=("ALL",),
        needs_password=needs_password,
        no_exec=False,
        commands=commands,
    )


def group(name: str, *members: str, gid: int = 27) -> Group:
    return Group(id=name, name=name, gid=gid, members=members, members_who_log_in=members)


def host(name: str, *principals: str, people: tuple[str, ...], admins: tuple[str, ...] = ()) -> list[Evidence]:
    return [
        on(name, *(account(person, 1000 + n) for n, person in enumerate(people)), kind="host_account"),
        on(name, group("sudo", *admins), kind="host_group"),
        on(name, *map(grant, principals), kind="host_sudo_grant"),
    ]


USUAL = [
    *host("b", "%sudo", people=("alice", "bob"), admins=("alice",)),
    *host("c", "%sudo", people=("alice",), admins=("alice",)),
]


@pytest.mark.parametrize(
    ("principals", "people", "admins", "status", "reason"),
    [
        (("%sudo",), ("alice",), ("alice",), P, "each of 1 people with sudo has it on at least 2 of 3 hosts"),
        (("%sudo",), ("alice", "mallory"), ("alice",), P, "each of 1 people with sudo"),
        (("%sudo",), ("alice", "mallory"), ("alice", "mallory"), F, "mallory may use sudo on fewer than 2 of 3 hosts"),
        (("mallory",), ("mallory",), (), F, "mallory may use sudo"),
        (("#1000",), ("mallory",), (), F, "mallory may use sudo"),
        (("%#27",), ("mallory",), ("mallory",), F, "mallory may use sudo"),
        (("ALL",), ("bob",), (), F, "bob may use sudo"),
        (("ALL",), ("alice",), (), P, "each of 1 people"),
        (("mallory",), ("alice",), (), P, "each of 0 people"),
        (("+admins",), ("alice",), (), U, "sudo has rules for +admins, whose members are not known here"),
        (("%:DOMAIN\\admins",), ("alice",), (), U, "sudo has rules for %:DOMAIN"),
        ((), ("alice",), (), P, "each of 0 people"),
    ],
)
def test_sudo_that_only_one_host_gives(
    principals: tuple[str, ...], people: tuple[str, ...], admins: tuple[str, ...], status: Status, reason: str
) -> None:
    found = judge(
        checks.person_with_sudo_is_known_elsewhere, *host("a", *principals, people=people, admins=admins), *USUAL
    )
    assert found["a"][0] is status
    assert found["a"][1].startswith(reason)


def test_the_odd_one_out_needs_a_fleet_that_was_seen_whole() -> None:
    check = checks.person_with_sudo_is_known_elsewhere
    odd = host("a", "mallory", people=("mallory",))
    assert judge(check, *odd, *USUAL[:3])["a"] == (N, "2 hosts are too few to tell who is the odd one out")
    assert judge(check, *odd, *USUAL, approved=("mallory",))["a"][0] is P
    down = on("d", kind="host_sudo_grant", missing="d is down")
    found = judge(check, *odd, *USUAL, down)
    assert (found["a"][0], found["b"][0]) == (U, P)


@pytest.mark.parametrize(
    ("rule", "approved", "status", "reason"),
    [
        (grant("bob"), (), N, "no list of approved rules is configured"),
        (grant("%sudo"), ("%sudo ALL",), P, "all that %sudo may run is on the list: ALL"),
        (grant("bob", "/bin/a", "!/bin/b"), ("bob /bin/a",), P, "all that bob may run is on the list: /bin/a"),
        (grant("bob", "/bin/a", "/bin/b"), ("bob /bin/a",), F, "bob may run /bin/b, which is not on the list"),
        (grant("bob"), ("%sudo ALL",), F, "bob may run ALL, which is not on the list"),
        (
            grant("bob", needs_password=False),
            ("bob ALL",),
            F,
            "bob may run ALL without a password: only its id can approve that",
        ),
        (
            grant("bob", needs_password=False),
            ("bob 0123456789ab",),
            P,
            "bob 0123456789ab is an approved rule",
        ),
    ],
)
def test_approved_rules(rule: SudoGrant, approved: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = checks.sudo_rule_is_approved(rule, approved=approved)
    assert (verdict.status, verdict.reason) == (status, reason)
