from __future__ import annotations

import pytest

from collectors.host.accounts import LOGIN_DEFS
from collectors.host.facts import Answer, Fact
from collectors.host.pam import PAM, parse_pam
from collectors.host.pam_settings import PAM_SETTINGS, parse_settings
from collectors.host.passwords import (
    USERADD,
    hash_algorithm,
    parse_history,
    parse_lock_outs,
    parse_quality,
    password_policy,
)
from collectors.host.source import FactError
from core.codec import encode
from core.resource import missing_fields
from core.resources.host.passwords import LockOut, PasswordHistory, PasswordPolicy, PasswordQuality
from tests.twins import NEEDS_ROOT, RecordedHost


def files(**texts: str) -> bytes:
    return b"".join(f"/etc/pam.d/{name}\0read\0{text}\0".encode() for name, text in texts.items())


# Debian 12 with libpam-pwquality.
DEBIAN: dict[Fact, str | bytes | Answer] = {
    PAM: (
        files(
            login="auth optional pam_faildelay.so\n@include common-auth\n",
            passwd="@include common-password\n",
            other="@include common-auth\n@include common-password\n",
        )
        + b"/etc/pam.d/common-auth\0read\0auth [success=1 default=ignore] pam_unix.so nullok\n\0"
        + b"/etc/pam.d/common-password\0read\0password requisite pam_pwquality.so retry=3\n"
        b"password [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt\n\0"
    ),
    PAM_SETTINGS: b"/etc/security/pwquality.conf\0read\0# minlen = 8\nminlen = 14 # long\n\0",
    LOGIN_DEFS: "ENCRYPT_METHOD SHA512\n",
    USERADD: "SHELL=/bin/sh\nINACTIVE=30\n",
}


def ask(changes: dict[Fact, str | bytes | Answer] | None = None) -> PasswordPolicy:
    (seen,) = password_policy(RecordedHost({**DEBIAN, **(changes or {})}))
    assert isinstance(seen, PasswordPolicy)
    encode(seen)
    return seen


def stack(line: str, **more: str) -> dict[str, str]:
    return {"/etc/pam.d/passwd": line + "\npassword required pam_unix.so\nauth required pam_unix.so\n", **more}


def test_debian() -> None:
    seen = ask()
    assert seen.uses_pam
    assert (seen.hash_algorithm, seen.hash_algorithm_from) == ("yescrypt", "pam_unix in the service passwd")
    assert seen.change_services == ("passwd",)
    assert seen.password_services == seen.empty_password_services == ("login",)
    assert seen.qualities == (
        PasswordQuality(
            service="passwd",
            module="pam_pwquality",
            minimum_length=14,
            minimum_length_from="pwquality.conf",
            enforced=True,
            common_refused=True,
        ),
    )
    assert seen.histories == ()
    assert seen.lock_outs == ()
    assert seen.inactive_days == 30


def test_a_host_without_pam() -> None:
    seen = ask({PAM: "", PAM_SETTINGS: "", LOGIN_DEFS: "", USERADD: ""})
    assert not seen.uses_pam
    assert (seen.hash_algorithm, seen.hash_algorithm_from) == ("", "nothing")
    assert seen.inactive_days == -1


def test_garbage_is_unobserved() -> None:
    assert missing_fields(ask({USERADD: "INACTIVE=soon\n"})) == {"inactive_days": "INACTIVE=soon is no number"}


def test_a_file_of_useradd_that_only_root_may_read_blinds_one_field() -> None:
    assert missing_fields(ask({USERADD: NEEDS_ROOT})) == {"inactive_days": "useradd: only root may see this"}
    assert ask({USERADD: "INACTIVE=\n"}).inactive_days == -1


def test_a_file_that_could_not_be_read_is_a_failure_to_look() -> None:
    with pytest.raises(FactError):
        ask({PAM: Answer(b"", "cat: /etc/pam.d/x: Input/output error", 1)})


def test_login_defs_counts_where_the_module_says_nothing() -> None:
    stacks = parse_pam(stack("session required pam_permit.so"))
    assert hash_algorithm(stacks, {"ENCRYPT_METHOD": "SHA512"}) == ("sha512", "ENCRYPT_METHOD in /etc/login.defs")


@pytest.mark.parametrize(
    ("words", "definitions", "method"),
    [
        # Of several words the last one counts, and as many letters of it as a method has.
        ("sha512 md5", "", "md5"),
        ("md5 sha512", "", "sha512"),
        ("sha5122", "", "sha512"),
        # PAM takes the first word of login.defs, and no comment behind it.
        ("", "ENCRYPT_METHOD MD5\nENCRYPT_METHOD SHA512\n", "md5"),
        ("", "encrypt_method=SHA512 # strong\n", "sha512"),
        ("", "", ""),
    ],
)
def test_the_method_of_hashing(words: str, definitions: str, method: str) -> None:
    pam = files(passwd=f"password sufficient pam_unix.so {words}")
    assert ask({PAM: pam, LOGIN_DEFS: definitions}).hash_algorithm == method


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("md5", ("md5", "pam_unix in the service sshd")),
        ("yescrypt", ("sha512", "pam_unix in the service passwd")),
        ("", ("sha256", "ENCRYPT_METHOD in /etc/login.defs")),
    ],
)
def test_the_weakest_method_counts(words: str, expected: tuple[str, str]) -> None:
    other = {"/etc/pam.d/sshd": f"password sufficient pam_unix.so {words}"}
    stacks = parse_pam({"/etc/pam.d/passwd": "password sufficient pam_unix.so sha512", **other})
    assert hash_algorithm(stacks, {"ENCRYPT_METHOD": "SHA256"}) == expected


@pytest.mark.parametrize(
    ("before", "opens"),
    [
        ("auth sufficient pam_succeed_if.so quiet user ingroup wheel", True),
        ("auth [success=2 default=ignore] pam_succeed_if.so user ingroup wheel", True),
        ("auth sufficient pam_wheel.so trust use_uid", True),
        ("auth required pam_succeed_if.so quiet user ingroup wheel", False),
        ("auth required pam_wheel.so use_uid", False),
        ("auth sufficient pam_rootok.so", False),
    ],
)
def test_a_condition_that_is_enough(before: str, *, opens: bool) -> None:
    after = "auth sufficient pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so"
    for service in ("su", "lightdm"):
        seen = ask({PAM: files(**{service: f"{before}\n{after}"})})
        assert seen.open_services == ()
        assert seen.conditional_services == (("su",) if opens and service == "su" else ())


@pytest.mark.parametrize(("word", "opens"), [("nullok", True), ("nullok_secure", True), ("try_first_pass", False)])
def test_empty_passwords(word: str, *, opens: bool) -> None:
    seen = ask({PAM: files(login=f"auth required pam_unix.so {word}")})
    assert seen.empty_password_services == (("login",) if opens else ())


def test_a_file_of_settings_that_we_do_not_look_at_is_unobserved() -> None:
    own = "conf=/etc/security/own.conf"
    unread = "pam_faillock reads /etc/security/own.conf, which is not looked at"
    for looks, counts, missing in (
        (f"{own} deny=4 fail_interval=900", "deny=4", {"unlock_seconds": unread}),
        ("deny=4", own, {"attempts": unread, "counted_seconds": unread}),
        (own, "deny=4", {"attempts": unread, "unlock_seconds": unread, "counted_seconds": unread}),
    ):
        lines = f"auth required pam_faillock.so preauth {looks}\nauth required pam_faillock.so authfail {counts}"
        (lock,) = parse_lock_outs(parse_pam(stack(lines)), {"unlock_time": "900"})
        assert missing_fields(lock) == missing
    (history,) = parse_history(parse_pam(stack(f"password required pam_pwhistory.so {own}")), {"remember": "24"})
    assert list(missing_fields(history)) == ["remembered"]
    assert history.remembered_from == "/etc/security/own.conf"


@pytest.mark.parametrize(
    ("text", "days"),
    [("#INACTIVE=30\n", -1), (" INACTIVE=30\n", -1), ("INACTIVE = 30\n", -1), ("INACTIVE=90\nINACTIVE=0\n", 0)],
)
def test_useradd_reads_what_stands_at_the_head_of_a_line(text: str, days: int) -> None:
    assert ask({USERADD: text}).inactive_days == days


@pytest.mark.parametrize(
    ("line", "settings", "length", "origin", "enforced"),
    [
        ("password requisite pam_pwquality.so", {}, 8, "its default", True),
        ("password requisite pam_pwquality.so minlen=16", {"minlen": "10"}, 16, "its arguments", True),
        ("password requisite pam_pwquality.so", {"minlen": "3"}, 6, "pwquality.conf", True),
        (
            "password requisite pam_pwquality.so",
            {"minlen": "14", "dcredit": "2", "ucredit": "-1"},
            12,
            "pwquality.conf",
            True,
        ),
        ("password requisite pam_pwquality.so", {"enforcing": "0"}, 8, "its default", False),
        ("password optional pam_pwquality.so", {}, 8, "its default", False),
        ("password requisite pam_cracklib.so minlen=12", {"minlen": "20"}, 8, "its arguments", True),
        ("password requisite pam_passwdqc.so", {}, 7, "its default", True),
        ("password requisite pam_passwdqc.so min=disabled,24,16,14,12 enforce=none", {}, 12, "its arguments", False),
    ],
)
def test_quality(line: str, settings: dict[str, str], length: int, origin: str, enforced: bool) -> None:
    (quality,) = parse_quality(parse_pam(stack(line)), settings)
    assert (quality.minimum_length, quality.minimum_length_from, quality.enforced) == (length, origin, enforced)


@pytest.mark.parametrize(
    ("argument", "settings", "refused"),
    [
        ("", {}, True),
        ("", {"dictcheck": "0"}, False),
        ("dictcheck=1", {"dictcheck": "0"}, True),
        ("dictcheck=0", {}, False),
    ],
)
def test_common_words(argument: str, settings: dict[str, str], *, refused: bool) -> None:
    (quality,) = parse_quality(parse_pam(stack(f"password requisite pam_pwquality.so {argument}")), settings)
    assert quality.common_refused is refused


def test_a_length_we_cannot_know_is_unobserved() -> None:
    for line in ("pam_passwdqc.so config=/etc/passwdqc.conf", "pam_pwquality.so minlen=long"):
        (quality,) = parse_quality(parse_pam(stack(f"password requisite {line}")), {})
        assert set(missing_fields(quality)) == {"minimum_length"}


@pytest.mark.parametrize(
    ("line", "settings", "expected"),
    [
        ("password required pam_pwhistory.so remember=24", {}, ("pam_pwhistory", 24, "its arguments")),
        ("password required pam_pwhistory.so", {"remember": "12"}, ("pam_pwhistory", 12, "pwhistory.conf")),
        ("password required pam_pwhistory.so", {}, ("pam_pwhistory", 10, "its default")),
        ("password required pam_unix.so remember=5", {}, ("pam_unix", 5, "its arguments")),
    ],
)
def test_history(line: str, settings: dict[str, str], expected: tuple[str, int, str]) -> None:
    (seen,) = parse_history(parse_pam(stack(line)), settings)
    module, remembered, origin = expected
    assert seen == PasswordHistory(service="passwd", module=module, remembered=remembered, remembered_from=origin)


@pytest.mark.parametrize(
    ("line", "settings", "expected"),
    [
        ("auth required pam_faillock.so authfail", {}, (3, 600, "its default")),
        ("auth required pam_faillock.so authfail", {"deny": "5", "unlock_time": "900"}, (5, 900, "faillock.conf")),
        ("auth required pam_tally2.so deny=5 unlock_time=1200", {}, (5, 1200, "its arguments")),
        ("auth required pam_tally2.so", {}, (0, 0, "its default")),
    ],
)
def test_lock_outs(line: str, settings: dict[str, str], expected: tuple[int, int, str]) -> None:
    asked_before = "auth required pam_faillock.so preauth\n"
    (lock,) = parse_lock_outs(parse_pam(stack(asked_before + line)), settings)
    assert isinstance(lock, LockOut)
    assert (lock.attempts, lock.unlock_seconds, lock.values_from) == expected


@pytest.mark.parametrize(
    ("looks", "counts", "expected"),
    [
        ("deny=4 unlock_time=never", "deny=4 unlock_time=900", (4, 0)),
        ("deny=3 unlock_time=60", "deny=5 unlock_time=900", (3, 60)),
        # Who counts writes no fifth failure down, and who looks waits for a hundred.
        ("deny=100", "deny=4", (0, 600)),
        ("deny=8", "deny=0", (8, 600)),
        ("deny=0", "deny=4", (0, 600)),
        ("", "", (9, 600)),
    ],
)
def test_who_looks_at_the_count_decides(looks: str, counts: str, expected: tuple[int, int]) -> None:
    lines = f"auth required pam_faillock.so preauth {looks}\nauth required pam_faillock.so authfail {counts}"
    (lock,) = parse_lock_outs(parse_pam(stack(lines)), {"deny": "9"})
    assert (lock.attempts, lock.unlock_seconds) == expected


@pytest.mark.parametrize(
    ("looks", "counts", "expected"),
    [("", "", 900), ("fail_interval=60", "", 60), ("", "fail_interval=30", 30), ("", "fail_interval=soon", None)],
)
def test_for_how_long_a_wrong_password_counts(looks: str, counts: str, expected: int | None) -> None:
    lines = f"auth required pam_faillock.so preauth {looks}\nauth required pam_faillock.so authfail {counts}"
    (lock,) = parse_lock_outs(parse_pam(stack(lines)), {})
    if expected is None:
        assert missing_fields(lock) == {"counted_seconds": "fail_interval=soon is no number"}
    else:
        assert lock.counted_seconds == expected


@pytest.mark.parametrize("mode", ["preauth", "authfail"])
def test_faillock_that_does_not_count_failures_or_look_at_the_count_locks_nothing(mode: str) -> None:
    assert list(parse_lock_outs(parse_pam(stack(f"auth required pam_faillock.so {mode}")), {})) == []


@pytest.mark.parametrize("module", ["pam_pwquality", "pam_pwhistory"])
def test_a_module_that_is_asked_too_late_or_overruled_refuses_nothing(module: str) -> None:
    for control, late in (("requisite", True), ("[success=1 default=ignore]", False), ("optional", False)):
        lines = [f"password {control} {module}.so", "password sufficient pam_unix.so"]
        stacks = parse_pam({"/etc/pam.d/passwd": "\n".join(reversed(lines) if late else lines)})
        assert [q for q in parse_quality(stacks, {}) if q.enforced] == []
        assert list(parse_history(stacks, {})) == []


def test_later_settings_win() -> None:
    settings = parse_settings(
        {
            "/etc/security/pwquality.conf.d/50-site.conf": "minlen = 10\ndictcheck = 1\n",
            "/etc/security/pwquality.conf": "minlen=12\nenforce_for_root\n# x = 1\n\n",
            "/etc/security/faillock.conf": "deny = 5\ndeny 0\n",
            "/etc/security/pwhistory.conf": "remember=3\nRemember = 24\n",
        }
    )
    assert settings == {
        "pwquality": {"minlen": "12", "dictcheck": "1", "enforce_for_root": ""},
        "faillock": {"deny": "0"},
        "pwhistory": {"remember": "3"},
    }
