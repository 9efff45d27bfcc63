from __future__ import annotations

import pytest

from checks.host.privileged_programs import privileged_program_comes_from_a_package, privileged_program_is_usual
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.host.privileged_programs import PrivilegedProgram


def program(path: str = "/usr/bin/su", package: str = "util-linux") -> PrivilegedProgram:
    return PrivilegedProgram(id=path, mode=0o4755, owner="root", group="root", package=package)


@pytest.mark.parametrize(
    ("each", "comes", "usual"),
    [
        (program(), Status.PASS, Status.PASS),
        (program("/usr/bin/vim.basic", "vim"), Status.PASS, Status.FAIL),
        (program("/tmp/su", ""), Status.FAIL, Status.PASS),
        (program("/dev/shm/.x", ""), Status.FAIL, Status.FAIL),
    ],
)
def test_privileged_programs(each: PrivilegedProgram, comes: Status, usual: Status) -> None:
    assert privileged_program_comes_from_a_package(each).status is comes
    assert privileged_program_is_usual(each).status is usual


def test_what_is_said() -> None:
    told = "/dev/shm/.x has mode 4755, belongs to root:root, and "
    assert privileged_program_comes_from_a_package(program("/dev/shm/.x", "")).reason == f"{told}comes from no package"
    approved = privileged_program_is_usual(program("/dev/shm/.x", ""), approved=("/dev/shm/.x",))
    assert approved.reason == "/dev/shm/.x has mode 4755, belongs to root:root, as approved"


def test_a_package_that_was_not_observed_is_not_none() -> None:
    with pytest.raises(NotObservedError):
        privileged_program_comes_from_a_package(program(package=unobserved("neither dpkg nor rpm is there")))
