from __future__ import annotations

import pytest

from checks.host.boot import only_signed_kernels_start
from core.model import Status
from core.resources.host.boot import Boot


@pytest.mark.parametrize(
    ("container", "uefi", "secure_boot", "setup_mode", "status"),
    [
        ("", True, True, False, Status.PASS),
        ("", True, False, False, Status.FAIL),
        ("", True, True, True, Status.FAIL),
        ("", False, False, False, Status.NOT_APPLICABLE),
        ("docker", True, False, False, Status.NOT_APPLICABLE),
    ],
)
def test_only_signed_kernels_start(
    container: str, uefi: bool, secure_boot: bool, setup_mode: bool, status: Status
) -> None:
    boot = Boot(id="web-1", container=container, uefi=uefi, secure_boot=secure_boot, setup_mode=setup_mode)
    assert only_signed_kernels_start(boot).status is status
