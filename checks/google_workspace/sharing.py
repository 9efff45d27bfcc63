"""Checks of how far files may be shared."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.google_workspace import DriveSharing


@check(objective="data-leaves-only-as-allowed", severity=Severity.MEDIUM)
def sharing_outside_is_deliberate(sharing: DriveSharing) -> Verdict:
    """Whoever shares a file with somebody outside is warned, or can share with named domains at most.

    A mistyped address is a leak that nobody notices; the question makes people look again.

    Remediation: Apps, Google Workspace, Drive and Docs, Sharing settings: allow sharing with allowlisted domains only,
    or switch the warning on.
    """
    if sharing.mode == "DISALLOWED":
        return passed(f"{sharing.name}: nobody shares with anybody outside")
    if sharing.mode == "ALLOWLISTED_DOMAINS":
        return passed(f"{sharing.name}: people share with named domains alone")
    verdict, warned = (passed, "with") if sharing.warns else (failed, "without")
    return verdict(f"{sharing.name}: people share with anybody, {warned} a warning")
