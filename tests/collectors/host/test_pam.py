from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.host.pam import PAM, WITHOUT_COMMENTS, PamRule, parse_pam, read_files
from collectors.host.source import NeedsRootError
from tests.twins import RecordedHost


def test_debian_includes_whole_files_and_su_l_includes_a_service() -> None:
    stacks = parse_pam(
        {
            "/etc/pam.d/common-auth": "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth requisite pam_deny.so\n",
            "/etc/pam.d/su": "auth sufficient pam_rootok.so # root may\n@include common-auth\n",
            "/etc/pam.d/su-l": "@include su\n",
        }
    )
    assert sorted(stacks) == ["su", "su-l"]
    assert stacks["su"] == stacks["su-l"]
    assert stacks["su"][1] == PamRule("auth", "[success=1 default=ignore]", "pam_unix", {"nullok": ""})


def test_red_hat_includes_one_type_of_rules() -> None:
    stacks = parse_pam(
        {
            "/etc/pam.d/system-auth": (
                "auth required pam_faillock.so authfail \\\n  deny=4\n-password sufficient /lib64/security/pam_unix.so sha512\n"
            ),
            "/etc/pam.d/passwd": "password substack system-auth\n",
            "/etc/pam.d/sudo": "auth include system-auth\n",
        }
    )
    assert stacks == {
        "passwd": (PamRule("password", "sufficient", "pam_unix", {"sha512": ""}),),
        "sudo": (PamRule("auth", "required", "pam_faillock", {"authfail": "", "deny": "4"}),),
    }


def test_etc_wins_over_the_files_of_packages() -> None:
    stacks = parse_pam(
        {"/usr/lib/pam.d/x": "auth required pam_deny.so\n", "/etc/pam.d/x": "auth required pam_unix.so\n"}
    )
    assert [rule.module for rule in stacks["x"]] == ["pam_unix"]


def test_garbage_loops_and_what_is_not_there_end() -> None:
    stacks = parse_pam(
        {
            "/etc/pam.d/a": "@include a-b\n@include gone\nauth\n# nothing\nauth required\n",
            "/etc/pam.d/a-b": "@include a\n",
        }
    )
    assert stacks == {"a": ()}
    assert parse_pam({}) == {}


def test_arguments_in_brackets() -> None:
    (rule,) = parse_pam({"/etc/pam.d/x": "auth required pam_x.so [query=select a] deny=3\n"})["x"]
    assert rule.arguments == {"query": "select a", "deny": "3"}


def test_files() -> None:
    host = RecordedHost({PAM: b"/etc/pam.d/x\0read\0auth required pam_unix.so\n\0/etc/pam.d/y\0read\0\0"})
    assert read_files(host, PAM) == {"/etc/pam.d/x": "auth required pam_unix.so\n", "/etc/pam.d/y": ""}


def test_a_file_we_may_not_read_is_not_left_out() -> None:
    with pytest.raises(NeedsRootError, match=r"only root may read /etc/pam\.d/x"):
        read_files(RecordedHost({PAM: b"/etc/pam.d/x\0unread\0\0"}), PAM)


@pytest.mark.parametrize("sed", ["", 'sed() { busybox sed "$@"; }; '])
def test_comments_stay_on_the_host_unless_a_line_goes_on_there(tmp_path: Path, sed: str) -> None:
    if sed and not shutil.which("busybox"):
        sed = ""
    file = tmp_path / "su"
    file.write_text("# the pass is hunter2\nauth a \\\n# b \\\n#c\n  # d\nauth e # f\n\nauth g\\\n")
    shown = subprocess.run(["/bin/sh", "-c", f"{sed}{WITHOUT_COMMENTS} {file}"], capture_output=True, check=True)
    assert shown.stdout == b"auth a \\\n# b \\\n#c\nauth e # f\n\nauth g\\\n"
