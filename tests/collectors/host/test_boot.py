from __future__ import annotations

import pytest

from collectors.host.boot import FIRMWARE, boot, parse_firmware
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT
from core.resources.host.boot import Boot
from tests.twins import RecordedHost

ON = "uefi\nSecureBoot   6   0   0   0   1\nSetupMode   6   0   0   0   0\n"


def test_a_machine_with_secure_boot() -> None:
    host = RecordedHost({FIRMWARE: ON, CONTAINMENT: "pid:[4026531836]\nuts:[4026531838]\n"})
    assert list(boot(host)) == [Boot(id="web-1", container="", uefi=True, secure_boot=True, setup_mode=False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("other\n", (False, {})),
        ("uefi\nSecureBoot absent\nSetupMode absent\n", (True, {"SecureBoot": False, "SetupMode": False})),
        (ON.replace("0   0   1", "0   0   0"), (True, {"SecureBoot": False, "SetupMode": False})),
    ],
)
def test_firmware(text: str, expected: tuple[bool, dict[str, bool]]) -> None:
    assert parse_firmware(text) == expected


@pytest.mark.parametrize("text", ["", "uefi\n", ON.replace("6   0   0   0   1", "1"), ON.partition("SetupMode")[0]])
def test_half_an_answer_is_none(text: str) -> None:
    with pytest.raises(FactError):
        parse_firmware(text)
