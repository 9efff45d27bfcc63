"""How the machine starts: Secure Boot, as the firmware itself tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.system import CONTAINMENT, container
from core.plugins import collector
from core.resources.host.boot import Boot

BOTH = 2
_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
"""The vendor of the variables that the UEFI specification defines (EFI_GLOBAL_VARIABLE)."""
# Four bytes of attributes stand before the value. Without the folder of variables nobody can say anything.
FIRMWARE = Fact(
    "firmware",
    f"""\
[ -d /sys/class ] || {{ echo '/sys is not there' >&2; exit 1; }}
[ -d /sys/firmware/efi ] || {{ echo other; exit; }}
cd /sys/firmware/efi/efivars && set -- * && [ -e "$1" ] || {{ echo 'no variables of UEFI are shown' >&2; exit 1; }}
echo uefi
for v in SecureBoot SetupMode; do
  if [ -e $v-{_GLOBAL} ]; then printf '%s' $v; od -An -tu1 $v-{_GLOBAL} || exit 1; else echo $v absent; fi
done
""",
)


@collector(permissions=(CONTAINMENT, FIRMWARE))
def boot(host: Host) -> Iterator[Boot]:
    """Whether the firmware starts signed kernels only."""
    uefi, variables = parse_firmware(host.text(FIRMWARE))
    yield Boot(
        id=host.name,
        container=container(host),
        uefi=uefi,
        secure_boot=variables.get("SecureBoot", False),
        setup_mode=variables.get("SetupMode", False),
    )


def parse_firmware(text: str) -> tuple[bool, dict[str, bool]]:
    """Whether it is UEFI, and its switches; one that is not there is off. Raises `FactError` for other words."""
    if text.strip() == "other":
        return False, {}
    found: list[tuple[str, str]] = re.findall(r"^(SecureBoot|SetupMode)((?: +\d+){5}| absent)$", text, re.MULTILINE)
    if not text.startswith("uefi\n") or len(found) != BOTH:
        raise FactError(FIRMWARE, f"{FIRMWARE.name}: {text.strip()!r:.80} does not tell what the firmware demands")
    return True, {name: told.split()[-1] == "1" for name, told in found}
