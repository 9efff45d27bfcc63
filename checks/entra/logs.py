"""Checks of where the logs of a directory go, and for how long they are kept there."""

from __future__ import annotations

from checks.azure.logs import EVERYTHING, not_sent
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.logging import DiagnosticSetting, DirectoryLog, LogWorkspace

BACKGROUND = ("NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
NEEDED = ("AuditLogs", "SignInLogs")


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def background_sign_ins_leave_the_directory(log: DirectoryLog, *, needed: tuple[str, ...] = BACKGROUND) -> Verdict:
    """Sign-ins that nobody sits before are sent to where logs are kept, like those of people.

    A stolen token signs in without a person, and a stolen secret signs in as an application: the log of sign-ins of
    people shows neither. `needed` are the categories of diagnostic settings.

    Remediation: *Microsoft Entra ID*, *Diagnostic settings*, with NonInteractiveUserSignInLogs,
    ServicePrincipalSignInLogs and ManagedIdentitySignInLogs.
    """
    if lacking := not_sent(log.settings, needed, (EVERYTHING,)):
        return failed(f"no diagnostic setting of the directory sends {', '.join(lacking)}")
    return passed(f"diagnostic settings of the directory send {', '.join(needed)}")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def exported_log_is_kept(
    log: DirectoryLog,
    workspaces: Population[LogWorkspace],
    *,
    needed: tuple[str, ...] = NEEDED,
    least_days: int = 365,
) -> Verdict:
    """What leaves the directory is kept for a year where it arrives.

    Entra itself forgets sign-ins and changes after a month. How long a workspace keeps them is told by Azure, which
    must be a source as well; how long a storage account or whoever reads event hubs does is for a person to see, and so
    is a retention that a table of the workspace has by itself.

    Remediation: Set the retention of the workspace, or of its tables SigninLogs and AuditLogs, to a year.
    """
    short, unseen = list[str](), list[str]()
    for category in needed:
        days = [
            kept
            for each in log.settings
            if not not_sent([each], [category], (EVERYTHING,))
            for kept in _kept(each, workspaces)
        ]
        if not days:
            return failed(f"no diagnostic setting of the directory sends {category}")
        longest = max(each or 0 for each in days)
        if longest < least_days:
            (unseen if None in days else short).append(category if None in days else f"{category} for {longest} days")
    if short:
        return failed(f"workspaces keep {' and '.join(short)}, not for {least_days}")
    if unseen:
        return unknown(f"{' and '.join(unseen)} go to where nobody looks at how long they are kept")
    return passed(
        f"workspaces keep {' and '.join(needed)} for {least_days} days or longer, where no table has its own retention"
    )


def _kept(setting: DiagnosticSetting, workspaces: Population[LogWorkspace]) -> list[int | None]:
    """For how many days each place keeps what arrives; `None` where nobody looks."""
    found = workspaces.having(setting.workspace, "id") if setting.workspace else ()
    days: list[int | None] = [each.retention_days for _, each in found]
    unseen = setting.storage or setting.event_hub or setting.partner or (setting.workspace and not found)
    return [*days, None] if unseen else days
