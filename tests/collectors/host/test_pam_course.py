"""What an administrator wrote into PAM's stacks, and what comes of it."""

from __future__ import annotations

import pytest

from collectors.host.pam import PamRule, parse_pam
from collectors.host.pam_course import Course, Impression, action, everything_fits, follow, nobody_in_particular
from collectors.host.passwords import lets_anybody_in, parse_lock_outs, parse_quality
from collectors.host.sudo import wheel_rule

# Debian 12 as installed, and what authselect makes of its profile sssd with faillock, which is how the RHEL family begins
# (github.com/authselect/authselect, profiles/sssd/system-auth); neither with what has no say.
DEBIAN = """\
auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so
auth required pam_permit.so
auth optional pam_cap.so
"""
AUTHSELECT = """\
auth required pam_env.so
auth required pam_faildelay.so delay=2000000
auth required pam_faillock.so preauth silent
auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
auth [default=1 ignore=ignore success=ok] pam_localuser.so
auth sufficient pam_unix.so
auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
auth sufficient pam_sss.so forward_pass
auth required pam_faillock.so authfail
auth required pam_deny.so
"""
AUTHSELECT_PASSWORDS = """\
password requisite pam_pwquality.so local_users_only
password sufficient pam_unix.so yescrypt shadow use_authtok
password sufficient pam_sss.so use_authtok
password required pam_deny.so
"""


def sshd(text: str, **files: str) -> dict[str, tuple[PamRule, ...]]:
    return parse_pam({"/etc/pam.d/sshd": text, **{f"/etc/pam.d/{name}": more for name, more in files.items()}})


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        (DEBIAN, False),
        (AUTHSELECT, False),
        ("auth sufficient pam_permit.so\n" + DEBIAN, True),
        ("auth sufficient pam_permit.so\n" + AUTHSELECT, True),
        ("auth required pam_permit.so\n" + DEBIAN, False),
        (DEBIAN.replace("requisite pam_deny", "optional pam_deny"), True),
        (DEBIAN.replace("auth requisite pam_deny.so\n", ""), True),
        (DEBIAN.replace("default=ignore", "default=1"), True),
        (DEBIAN.replace("success=1 default=ignore", "default=ok"), False),
        (DEBIAN.replace("success=1", "success=9"), False),
        (
            AUTHSELECT.replace("required pam_deny", "optional pam_deny").replace(
                "required pam_faillock.so authfail", "optional pam_cap.so"
            ),
            True,
        ),
        ("auth sufficient pam_succeed_if.so uid >= 1000 quiet\n" + DEBIAN, True),
        ("auth sufficient pam_succeed_if.so uid < 1000\n" + DEBIAN, False),
        ("auth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n" + DEBIAN, False),
        ("auth required pam_succeed_if.so user != root quiet_success\n" + DEBIAN, False),
        ("auth sufficient pam_rootok.so\n" + DEBIAN, False),
        ("auth required pam_google_authenticator.so\n" + DEBIAN, False),
        ("auth optional pam_permit.so\n", True),
        ("account required pam_permit.so\n", False),
    ],
)
def test_who_gets_in_without_the_password(text: str, is_open: bool) -> None:
    assert lets_anybody_in(sshd(text)) == (("sshd",) if is_open else ())


def test_a_service_of_a_program_may_ask_for_nothing() -> None:
    assert lets_anybody_in(parse_pam({"/etc/pam.d/lightdm-autologin": "auth required pam_permit.so\n"})) == ()


PREAUTH = "auth required pam_faillock.so preauth\n"
AUTHFAIL = "auth [default=die] pam_faillock.so authfail\n"


@pytest.mark.parametrize(
    ("text", "locks"),
    [
        (AUTHSELECT, True),
        (
            PREAUTH + DEBIAN.replace("success=1", "success=2").replace("auth requisite", AUTHFAIL + "auth requisite"),
            True,
        ),
        (PREAUTH + "auth sufficient pam_unix.so\nauth requisite pam_deny.so\n" + AUTHFAIL, False),
        (
            PREAUTH.replace("required", "optional")
            + DEBIAN.replace("auth requisite", AUTHFAIL + "auth requisite").replace("=1", "=2"),
            False,
        ),
        (DEBIAN + PREAUTH, False),
        ("auth sufficient pam_unix.so\n" + PREAUTH + AUTHFAIL, False),
        ("auth required pam_tally2.so deny=5\n" + DEBIAN, True),
        ("auth optional pam_tally2.so deny=5\n" + DEBIAN, False),
        (DEBIAN, False),
    ],
)
def test_what_locks(text: str, locks: bool) -> None:
    assert follow(sshd(text)["sshd"], "auth", everything_fits).accepted
    assert bool(list(parse_lock_outs(sshd(text), {}))) is locks


@pytest.mark.parametrize(
    ("text", "enforced"),
    [
        ("password requisite pam_pwquality.so\npassword required pam_unix.so\n", [True]),
        ("password required pam_pwquality.so\npassword required pam_unix.so\n", [True]),
        (
            "password [success=1 default=ignore] pam_permit.so\npassword requisite pam_pwquality.so\npassword required pam_unix.so\n",
            [False],
        ),
        (
            "password sufficient pam_permit.so\npassword requisite pam_pwquality.so\npassword required pam_unix.so\n",
            [False],
        ),
        (
            "password sufficient pam_sss.so\npassword requisite pam_pwquality.so\npassword required pam_unix.so\n",
            [True],
        ),
        (
            AUTHSELECT_PASSWORDS,
            [True],
        ),
        ("password [default=ignore] pam_pwquality.so\npassword required pam_unix.so\n", [False]),
    ],
)
def test_what_refuses_weak_passwords(text: str, enforced: list[bool]) -> None:
    assert [quality.enforced for quality in parse_quality(sshd(text), {})] == enforced


@pytest.mark.parametrize(
    ("text", "restricted"),
    [
        ("auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid\n" + DEBIAN, True),
        ("auth sufficient pam_unix.so\nauth required pam_wheel.so use_uid\n", False),
        ("auth sufficient pam_wheel.so trust\nauth required pam_wheel.so use_uid\n" + DEBIAN, True),
        (DEBIAN + "auth required pam_wheel.so use_uid\n", True),
        ("auth [success=ignore default=1] pam_wheel.so\nauth required pam_env.so\n" + DEBIAN, False),
        ("auth requisite pam_deny.so\nauth required pam_wheel.so\n", False),
    ],
)
def test_what_keeps_su_for_a_group(text: str, restricted: bool) -> None:
    assert (wheel_rule(sshd(text)["sshd"]) is not None) is restricted


def test_a_substack_counts_as_one_and_ends_alone() -> None:
    inner = "auth requisite pam_deny.so\nauth sufficient pam_permit.so\n"
    stack = sshd(
        "auth [success=1 default=ignore] pam_unix.so\nauth substack inner\nauth required pam_permit.so\n", inner=inner
    )["sshd"]
    right, wrong = (follow(stack, "auth", says) for says in (everything_fits, nobody_in_particular))
    assert (right.accepted, [rule.module for rule in right.asked]) == (True, ["pam_unix", "pam_permit"])
    assert (wrong.accepted, [rule.module for rule in wrong.asked]) == (False, ["pam_unix", "pam_deny", "pam_permit"])


def test_two_substacks_are_two() -> None:
    files = {"a": "auth required pam_a.so\nauth required pam_b.so\n", "c": "auth required pam_c.so\n"}
    stack = sshd("auth [default=1] pam_unix.so\nauth substack a\nauth substack c\n", **files)["sshd"]
    assert [rule.module for rule in follow(stack, "auth", everything_fits).asked] == ["pam_unix", "pam_c"]


def test_words_that_end_nothing() -> None:
    reset = (PamRule("auth", "[success=reset]", "pam_a", {}), PamRule("auth", "optional", "pam_b", {}))
    course = follow(reset, "auth", lambda rule: "success" if rule.module == "pam_a" else "auth_err")
    assert course == Course(list(reset))
    bad = (PamRule("auth", "[success=bad]", "pam_a", {}), PamRule("auth", "sufficient", "pam_b", {}))
    assert follow(bad, "auth", everything_fits) == Course(list(bad), Impression.BAD)
    taken = (PamRule("auth", "[default=done]", "pam_a", {}), PamRule("auth", "required", "pam_b", {}))
    refused = follow(taken, "auth", lambda _: "auth_err")
    assert (refused.asked, refused.impression, refused.accepted) == ([taken[0]], Impression.GOOD, False)
    assert action(PamRule("auth", "[success=ok]", "pam_a", {}), "auth_err") == "bad"
