"""Whether this process sees the machine that it runs on, or what a sandbox of systemd shows it instead."""

from __future__ import annotations

from pathlib import Path

from core.errors import AnnexaError
from runs.configuration import Configuration

PRIVATE = "/systemd-private-"
"""What the folder is called that PrivateTmp= shows as /tmp (systemd.exec(5)); our unit has it."""

MOUNTS = Path("/proc/self/mountinfo")


def refuse_sandboxed_look(configuration: Configuration, mounts: Path = MOUNTS) -> None:
    """Raises `AnnexaError` when this very machine is to be looked at from inside of a sandbox: mounts, devices and
    processes would be those of the sandbox, and some of them would pass."""
    here = any(getattr(each, "transport", "") == "local" for each in configuration.sources.get("host", ()))
    if here and _is_sandboxed(mounts):
        raise AnnexaError(
            "sources.host: this process is in a sandbox of systemd and would see that instead of this machine",
            "install deploy/annexa-this-machine.conf as a drop-in, or look at this machine over ssh",
        )


def _is_sandboxed(mounts: Path) -> bool:
    try:
        return PRIVATE in mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False  # no /proc, no systemd
