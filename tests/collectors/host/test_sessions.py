from __future__ import annotations

import pytest

from collectors.host.accounts import LOGIN_DEFS
from collectors.host.facts import Answer, Fact
from collectors.host.pam import PAM, parse_pam
from collectors.host.sessions import SHELL_FILES, pam_umask, parse_mask, parse_timeouts, parse_umasks, session_defaults
from collectors.host.source import NeedsRootError
from core.codec import encode
from core.resource import Unobserved, missing_fields
from core.resources.host.sessions import IdleTimeout, SessionDefaults, UmaskSetting
from tests.twins import RecordedHost

BARE: dict[Fact, str | bytes | Answer] = {SHELL_FILES: "", PAM: "", LOGIN_DEFS: ""}


def ask(changes: dict[Fact, str | bytes | Answer]) -> SessionDefaults:
    (seen,) = session_defaults(RecordedHost({**BARE, **changes}))
    assert isinstance(seen, SessionDefaults)
    encode(seen)
    return seen


def test_nothing_is_set() -> None:
    assert ask({}) == SessionDefaults(id="web-1", shell_umasks=(), pam_umask=None, pam_umask_from="", idle_timeouts=())


def test_shells() -> None:
    seen = ask(
        {
            SHELL_FILES: (
                b"/etc/profile\0umask 027\0/etc/profile\0TMOUT=900; readonly TMOUT; export TMOUT\0"
                b"/etc/profile.d/x.sh\0if true; then umask 022; fi\0/etc/profile.d/x.sh\0export TMOUT=60\0"
            )
        }
    )
    assert seen.shell_umasks == (
        UmaskSetting(file="/etc/profile", mask=0o027),
        UmaskSetting(file="/etc/profile.d/x.sh", mask=0o022),
    )
    assert seen.idle_timeouts == (
        IdleTimeout(file="/etc/profile", seconds=900, read_only=True),
        IdleTimeout(file="/etc/profile.d/x.sh", seconds=60, read_only=False),
    )


@pytest.mark.parametrize(
    ("rule", "definitions", "mask", "source"),
    [
        ("session optional pam_umask.so", "UMASK 027\n", 0o027, "pam_umask with UMASK of /etc/login.defs"),
        ("session optional pam_umask.so", "", None, ""),  # Debian 13
        ("session optional pam_umask.so umask=077", "UMASK 022\n", 0o077, "pam_umask in the service login"),
        ("auth optional pam_umask.so", "UMASK 027\n", None, ""),
        # PAM takes the first word of the file, and what follows it is no part of it.
        ("session optional pam_umask.so", "UMASK 022\nUMASK 027\n", 0o022, "pam_umask with UMASK of /etc/login.defs"),
        ("session optional pam_umask.so", "umask = 027 # site\n", 0o027, "pam_umask with UMASK of /etc/login.defs"),
        (
            "session optional pam_umask.so umask=077\nsession optional pam_umask.so umask=022",
            "",
            0o022,
            "pam_umask in the service login",
        ),
    ],
)
def test_pam(rule: str, definitions: str, mask: int | None, source: str) -> None:
    seen = ask({PAM: f"/etc/pam.d/login\0read\0{rule}\n\0".encode(), LOGIN_DEFS: definitions})
    assert (seen.pam_umask, seen.pam_umask_from) == (mask, source)


@pytest.mark.parametrize(
    ("services", "mask"),
    [
        ({"cron": "umask=077", "login": "umask=022"}, 0o022),
        ({"login": "umask=077", "sshd": "umask=027"}, 0o027),
        ({"login": "umask=077", "sshd": ""}, None),
        ({"cron": "umask=077", "sshd": ""}, None),
        ({"su": "umask=077"}, 0o077),
    ],
)
def test_the_weakest_of_the_services_for_signing_in_counts(services: dict[str, str], mask: int | None) -> None:
    rules = {
        name: parse_pam({f"/etc/pam.d/{name}": f"session optional pam_umask.so {said}"})
        for name, said in services.items()
    }
    assert pam_umask({name: stack[name] for name, stack in rules.items()}, {})[0] == mask


def test_a_mask_of_pam_that_is_none_is_unobserved() -> None:
    seen = ask({PAM: b"/etc/pam.d/sshd\0read\0session optional pam_umask.so umask=tight\n\0"})
    assert list(missing_fields(seen)) == ["pam_umask"]


def test_what_stands_in_a_comment_sets_nothing() -> None:
    seen = ask({SHELL_FILES: b"/etc/profile\0export TMOUT=0 # TMOUT=900; readonly TMOUT\0"})
    assert seen.idle_timeouts == (IdleTimeout(file="/etc/profile", seconds=0, read_only=False),)


def test_a_file_we_may_not_read_is_not_left_out() -> None:
    with pytest.raises(NeedsRootError, match=r"only root may read /etc/profile\.d/x\.sh"):
        ask({SHELL_FILES: b"/etc/profile.d/x.sh\0unread\0"})


@pytest.mark.parametrize(
    ("text", "mask"),
    [("022", 0o022), ("0077", 0o077), ("7", 0o007), ("u=rwx,g=rx,o=", 0o027), ("u=rwx,go=", 0o077), ("a=rx", 0o222)],
)
def test_masks(text: str, mask: int) -> None:
    assert parse_mask(text) == mask


@pytest.mark.parametrize("text", ['"$mask"', "099", "g-w"])
def test_a_mask_we_cannot_know_is_unobserved(text: str) -> None:
    assert isinstance(parse_mask(text), Unobserved)
    (setting,) = parse_umasks([("/etc/profile", f"umask {text}")])
    assert "mask" in missing_fields(setting)


@pytest.mark.parametrize("line", ["umask", "umask -S", "# umask 000", "echo the umask 000", "old_umask=$(umask)"])
def test_what_sets_no_mask(line: str) -> None:
    assert list(parse_umasks([("f", line)])) == []


@pytest.mark.parametrize(
    ("line", "read_only"),
    [
        ("readonly TMOUT=600", True),
        ("declare -xr TMOUT=600", True),
        ("typeset -r TMOUT=600", True),
        ("TMOUT='600'", False),
        ("export TMOUT=600 # readonly TMOUT", False),
    ],
)
def test_timeouts(line: str, read_only: bool) -> None:
    assert list(parse_timeouts([("f", line)])) == [IdleTimeout(file="f", seconds=600, read_only=read_only)]
