"""Truth tables of the checks over all hosts, each through the engine: what one host proves about another."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import fleet as checks
from core.engine import assess
from core.model import Evidence, Status
from core.plugins import Check
from core.resource import Resource, unobserved
from core.resources.host.accounts import Account
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from core.resources.host.clock import ClockOffset
from core.resources.host.sshd import SshHostKey
from tests.twins import NOW, evidence

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


def judge(check: Check[...], *hosts: Evidence, **settings: object) -> dict[str, tuple[Status, str]]:
    """Each host's verdict, by the last letter of its name; `*` is left out."""
    assessment = assess(check, hosts, as_of=NOW, digest="", settings=settings)
    return {f.source[-1]: (f.verdict.status, f.verdict.reason) for f in assessment.findings if f.resource != "*"}


def on(host: str, *resources: Resource, kind: str = "", missing: str = "") -> Evidence:
    return evidence(*resources, kind=kind, missing=missing, source=f"host/{host}")


def host_key(fingerprint: str = "SHA256:a") -> SshHostKey:
    return SshHostKey(id="/etc/ssh/x.pub", algorithm="ED25519", bits=256, fingerprint=fingerprint)


def test_a_host_key_that_two_hosts_have() -> None:
    found = judge(checks.host_key_is_unique, on("a", host_key()), on("b", host_key()), on("c", host_key("SHA256:c")))
    assert found == {
        "a": (F, "ED25519 SHA256:a is also a host key of host/b"),
        "b": (F, "ED25519 SHA256:a is also a host key of host/a"),
        "c": (P, "ED25519 SHA256:c is the host key of no other of 3 hosts"),
    }


def test_a_host_that_could_not_be_asked_may_have_the_key_too() -> None:
    down = on("d", kind="host_ssh_host_key", missing="d is down")
    found = judge(checks.host_key_is_unique, on("a", host_key()), on("b", host_key()), on("c", host_key("x")), down)
    assert found["a"][0] is F
    assert found["c"] == (U, "the whole population of host_ssh_host_key was not observed: d is down")


def test_a_key_that_could_not_be_read_may_be_the_same() -> None:
    found = judge(checks.host_key_is_unique, on("a", host_key()), on("b", host_key(unobserved("no key in the file"))))
    assert found["a"][0] is U
    assert "not every host_ssh_host_key could be compared" in found["a"][1]
    assert found["b"][0] is U


def test_one_host_has_no_other() -> None:
    assert judge(checks.host_key_is_unique, on("a", host_key())) == {"a": (N, checks.ALONE.reason)}


def keys(account: str, *fingerprints: str, **changes: Any) -> AuthorizedKeys:
    usual: dict[str, Any] = {
        "id": account,
        "account": account,
        "path": f"/home/{account}/.ssh/authorized_keys",
        "mode": 0o600,
        "owner": 1000,
        "account_uid": 1000,
        "keys": tuple(AuthorizedKey(algorithm="ED25519", bits=256, fingerprint=each) for each in fingerprints),
        "unreadable_lines": 0,
    }
    return AuthorizedKeys(**{**usual, **changes})


HIDDEN = keys("eve", id="hidden", keys=unobserved("only root may read the file"))


def test_a_key_for_two_names() -> None:
    check = checks.key_opens_accounts_of_one_name
    a, b = on("a", keys("alice", "K"), HIDDEN), on("b", keys("root", "K"), keys("bob", "L"))
    found = judge(check, a, b)
    assert found["a"] == found["b"] == (F, "K opens alice on host/a, root on host/b")
    assert judge(check, on("a", keys("alice", "K")), on("b", keys("alice", "K"))) == dict.fromkeys(
        "ab", (P, "each of 1 keys opens accounts of one name on 2 hosts")
    )
    assert judge(check, on("a", keys("alice", "K"), HIDDEN), on("b", keys("alice", "K")))["b"][0] is U
    assert judge(check, on("a", keys("alice", "K")))["a"][0] is N


def test_a_key_for_many_hosts() -> None:
    check = checks.key_opens_few_hosts
    fleet = [on(name, keys("alice", "K", "L")) for name in "abc"]
    assert judge(check, *fleet, hosts=2)["b"] == (F, "K opens 3 hosts; L opens 3 hosts")
    assert judge(check, *fleet, hosts=2, approved=("K",))["b"] == (F, "L opens 3 hosts")
    assert judge(check, *fleet)["b"] == (P, "none of 2 keys opens more than 10 hosts")
    down = on("d", kind="host_authorized_keys", missing="d is down")
    assert judge(check, *fleet, down)["b"][0] is U
    assert judge(check, *fleet, down, hosts=2)["b"][0] is F
    assert judge(check, fleet[0])["a"][0] is N


def test_long_lists_are_counted() -> None:
    fleet = [on(name, host_key()) for name in "abcdefg"]
    assert judge(checks.host_key_is_unique, *fleet)["a"][1].endswith(
        "host/b, host/c, host/d, host/e, host/f and 1 more"
    )


def account(name: str, uid: int, **changes: Any) -> Account:
    usual: dict[str, Any] = {
        "id": name,
        "name": name,
        "uid": uid,
        "gid": uid,
        "shadowing": "shadowed",
        "password": unobserved("not asked"),
        "home": f"/home/{name}",
        "shell": "/bin/bash",
        "system": uid < 1000,
        "can_log_in": True,
    }
    return Account(**{**usual, **changes})


@pytest.mark.parametrize(
    ("there", "status", "reason"),
    [
        ([("alice", 1000), ("bob", 1001)], P, "2 people have numbers that are the same on 2 hosts"),
        ([("carol", 1007), ("daemon", 7)], P, "2 people have numbers that are the same on 2 hosts"),
        ([("alice", 1002)], F, "alice is 1000 here and 1002 on host/b"),
        ([("carol", 1001)], F, "1001 is bob here and carol on host/b"),
        (
            [("alice", 1001), ("bob", 1000)],
            F,
            (
                "1000 is alice here and bob on host/b; 1001 is bob here and alice on host/b; "
                "alice is 1000 here and 1001 on host/b; bob is 1001 here and 1000 on host/b"
            ),
        ),
    ],
)
def test_numbers_of_people(there: list[tuple[str, int]], status: Status, reason: str) -> None:
    here = on("a", account("alice", 1000), account("bob", 1001), account("daemon", 1))
    found = judge(checks.person_has_one_number, here, on("b", *(account(*each) for each in there)))
    assert found["a"] == (status, reason)


def test_numbers_need_another_host_and_all_hosts() -> None:
    here = on("a", account("alice", 1000))
    assert judge(checks.person_has_one_number, here)["a"][0] is N
    hidden = account("alice", 1000, system=unobserved("login.defs was not read"))
    assert judge(checks.person_has_one_number, here, on("b", hidden))["a"][0] is U
    other = on("b", account("alice", 7000), missing="cut off")
    assert judge(checks.person_has_one_number, here, other) == {"a": (F, "alice is 1000 here and 7000 on host/b")}


def clock(host: str, at_least: int = 0, at_most: int = 0, *, asked_by_itself: bool = False) -> ClockOffset:
    return ClockOffset(id=host, asked_by_itself=asked_by_itself, at_least=at_least, at_most=at_most)


@pytest.mark.parametrize(
    ("other", "status", "reason"),
    [
        ((0, 1), P, "the clock differs by at most 2 s from those of 1 other hosts"),
        ((-2, 1), P, "the clock differs by at most 2 s from those of 1 other hosts"),
        ((3, 4), F, "the clock differs by more than 2 s from that of b"),
        ((-400, -399), F, "the clock differs by more than 2 s from that of b"),
        ((0, 9), U, "it took too long to ask b: the clocks may differ by more than 2 s"),
    ],
)
def test_clocks(other: tuple[int, int], status: Status, reason: str) -> None:
    found = judge(checks.clock_agrees_with_other_hosts, on("a", clock("a")), on("b", clock("b", *other)))
    assert found["a"] == (status, reason)


def test_clocks_of_hosts_that_were_not_asked() -> None:
    check, down = checks.clock_agrees_with_other_hosts, on("c", kind="host_clock_offset", missing="c is down")
    assert judge(check, on("a", clock("a")))["a"][0] is N
    ours = on("b", clock("b", -9, 9, asked_by_itself=True))
    assert judge(check, on("a", clock("a", 0, 1)), ours)["a"][0] is P
    assert judge(check, on("a", clock("a", 3, 4)), ours)["a"][0] is F
    assert judge(check, on("a", clock("a")), on("b", clock("b")), down)["a"][0] is U
    assert judge(check, on("a", clock("a")), on("b", clock("b", 60, 60)), down)["a"][0] is F
