"""Truth tables of the checks of WorkSpaces."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import workspaces as checks
from core.resource import unobserved
from core.resources.aws.workspaces import Workspace, WorkspaceDirectory
from tests.checks.aws.making import status


def workspace(**changes: Any) -> Workspace:
    given: dict[str, Any] = {
        "id": "ws-1", "user": "ada", "state": "AVAILABLE", "root_encrypted": True, "user_encrypted": True,
    }  # fmt: skip
    return Workspace(**{**given, **changes})


def directory(**changes: Any) -> WorkspaceDirectory:
    given: dict[str, Any] = {
        "id": "d-1",
        "name": "desktops",
        "state": "REGISTERED",
        "internet": False,
        "local_administrators": False,
        "maintenance": True,
        "address_groups": ("wsipg-1",),
    }
    return WorkspaceDirectory(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"root_encrypted": False}, "fail"),
        ({"user_encrypted": False}, "fail"),
        ({"user_encrypted": False, "state": "TERMINATING"}, "not_applicable"),
    ],
)
def test_desktop_is_encrypted(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.desktop_is_encrypted(workspace(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "administrators", "address", "window", "networks"),
    [
        ({}, "pass", "pass", "pass", "pass"),
        ({"local_administrators": True}, "fail", "pass", "pass", "pass"),
        ({"internet": True}, "pass", "fail", "pass", "pass"),
        ({"maintenance": False}, "pass", "pass", "fail", "pass"),
        ({"address_groups": ()}, "pass", "pass", "pass", "fail"),
        (
            {"local_administrators": None, "internet": None, "maintenance": None},
            "unknown",
            "unknown",
            "unknown",
            "pass",
        ),
    ],
)
def test_a_directory(changes: dict[str, Any], administrators: str, address: str, window: str, networks: str) -> None:
    found = directory(**changes)
    assert status(checks.people_do_not_administer_desktops(found)) == administrators
    assert status(checks.desktops_get_no_public_address(found)) == address
    assert status(checks.desktops_are_patched_in_a_window(found)) == window
    assert status(checks.people_connect_from_known_networks(found)) == networks


def test_a_desktop_tells_whose_it_is() -> None:
    assert list(workspace().persons()) == ["ada"]
    assert list(workspace(user="").persons()) == []
    assert list(workspace(user=unobserved("denied")).persons()) == []
