from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.host.facts import Fact
from collectors.host.privileged_programs import (
    FOLDERS,
    PRIVILEGED_PROGRAMS,
    PROGRAM_PACKAGES,
    parse_packages,
    privileged_programs,
)
from collectors.host.source import FactError
from core.resource import missing_fields
from core.resources.host.privileged_programs import PrivilegedProgram
from tests.twins import MISSING, RecordedHost

FOUND = (
    b"4755\0root\0root\0/usr/bin/su\x002755\0root\0shadow\0/usr/bin/chage\x004755\0root\0root\0/tmp/x: y\0end\0\0\0\0"
)
# dpkg 1.21 of Debian 12, whose merged /bin is a link.
OWNERS = (
    "util-linux: /bin/su\npasswd: /usr/bin/chage\ndiversion by dash from: /tmp/x: y\ndpkg-query: no path found\nend\n"
)


def test_programs_with_their_packages() -> None:
    seen = list(privileged_programs(RecordedHost({PRIVILEGED_PROGRAMS: FOUND, PROGRAM_PACKAGES: OWNERS})))
    assert seen == [
        PrivilegedProgram(id="/usr/bin/su", mode=0o4755, owner="root", group="root", package="util-linux"),
        PrivilegedProgram(id="/usr/bin/chage", mode=0o2755, owner="root", group="shadow", package="passwd"),
        PrivilegedProgram(id="/tmp/x: y", mode=0o4755, owner="root", group="root", package=""),
    ]


def test_without_a_package_manager_nobody_knows() -> None:
    seen = list(privileged_programs(RecordedHost({PRIVILEGED_PROGRAMS: FOUND, PROGRAM_PACKAGES: MISSING})))
    assert all(isinstance(each, PrivilegedProgram) and set(missing_fields(each)) == {"package"} for each in seen)


def test_several_packages_and_architectures() -> None:
    assert parse_packages("libc6:amd64, libc6:i386: /x\nend\n")["/x"] == "libc6"


def run(fact: Fact, folders: str) -> bytes:
    command = fact.command.replace(FOLDERS, folders)
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True).stdout


def test_a_planted_program_is_found_on_a_real_disk(tmp_path: Path) -> None:
    planted, plain = tmp_path / "a b", tmp_path / "plain"
    for file in (planted, plain):
        file.write_text("")
    planted.chmod(0o4755)
    assert run(PRIVILEGED_PROGRAMS, f"{tmp_path} {tmp_path}/gone").endswith(f"\0{planted}\0end\0\0\0\0".encode())
    assert str(plain).encode() not in run(PRIVILEGED_PROGRAMS, str(tmp_path))


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="this system has no dpkg")
def test_packages_are_asked_of_dpkg() -> None:
    owners = parse_packages(run(PROGRAM_PACKAGES, "/usr/bin").decode())
    assert owners["/usr/bin/passwd"] == "passwd"


def test_half_a_list_is_none() -> None:
    with pytest.raises(FactError):
        parse_packages("")
    with pytest.raises(FactError):
        list(privileged_programs(RecordedHost({PRIVILEGED_PROGRAMS: b"", PROGRAM_PACKAGES: OWNERS})))
