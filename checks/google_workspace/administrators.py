"""Checks of the second steps of those who administer Google Workspace."""

from __future__ import annotations

from datetime import datetime

from checks.google_workspace.accounts import person_behind
from checks.google_workspace.second_steps import MEANINGS
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.google_workspace import WorkspaceAccount, WorkspaceAdministrator
from core.resources.idp import User

UNPHISHABLE = ("PASSKEY_ONLY", "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE")
"""A code that counts on the same network alone is of no use to who has it passed on."""


@check(objective="privileged-access-needs-mfa", severity=Severity.HIGH)
def key_is_demanded(
    administrator: WorkspaceAdministrator,
    users: Population[User],
    accounts: Population[WorkspaceAccount],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Of an administrator Google takes no second step but one that cannot be phished.

    Who has a key and may do without can be talked into doing without. Programs are left out, accounts that nobody can
    sign in to, and those of `emergency_accounts`.

    Remediation: Put administrators into an organizational unit or group of their own, and there, below Security,
    Authentication, 2-step verification, Methods, choose *Only security key*.
    """
    user = person_behind(administrator.id, users, as_of, emergency_accounts)
    if isinstance(user, Verdict):
        return user
    if administrator.methods not in UNPHISHABLE:
        return failed(f"of {name_of(user)} Google takes {MEANINGS[administrator.methods]}")
    account = accounts.here.get(administrator.id)
    if account is None:
        return unknown(f"whether a second step is enforced for {name_of(user)} was not seen")
    if not account.second_step_enforced:
        return failed(f"Google lets {name_of(user)} in without a second step")
    return passed(f"of {name_of(user)} Google takes {MEANINGS[administrator.methods]}")


@check(objective="privileged-access-needs-mfa", severity=Severity.HIGH)
def key_is_set_up(
    administrator: WorkspaceAdministrator,
    users: Population[User],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """An administrator has set up a security key or a passkey.

    Codes and questions on a telephone are passed on by whoever stands between a person and the sign-in page; a key
    answers no other page than the right one. Google counts keys in a report that is days old.

    Remediation: Give the administrator two security keys, or have passkeys set up on two devices.
    """
    user = person_behind(administrator.id, users, as_of, emergency_accounts)
    if isinstance(user, Verdict):
        return user
    verdict = passed if administrator.security_keys or administrator.passkeys else failed
    return verdict(
        f"{name_of(user)} had {administrator.security_keys} security keys and {administrator.passkeys} passkeys on "
        f"{administrator.keys_counted}"
    )
