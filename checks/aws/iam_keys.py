"""Checks of the access keys of users."""

from __future__ import annotations

from datetime import datetime

from checks.aws.verdicts import lately, worst
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.iam import IamUser, Key


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def access_keys_are_used(user: IamUser, *, as_of: datetime, days: int = 45) -> Verdict:
    """Every active access key has been used lately.

    A key that nobody uses lies somewhere and waits for a finder.

    Remediation: `aws iam update-access-key --status Inactive`, wait, then `aws iam delete-access-key`.
    """
    active = _active(user)
    if not active:
        return not_applicable(f"{user.name} has no active access key")
    return worst([_used(user, key, as_of, days) for key in active])


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def access_keys_are_rotated(user: IamUser, *, as_of: datetime, days: int = 90) -> Verdict:
    """No active access key is old.

    Keys lie in files, variables and histories. The longer one lives, the more places hold it.

    Remediation: Make a second key, move the program to it, deactivate and delete the first; better, use a role.
    """
    active = _active(user)
    if not active:
        return not_applicable(f"{user.name} has no active access key")
    verdicts = []
    for key in active:
        if key.created is None:
            verdicts.append(unknown(f"nobody knows when key {key.number} of {user.name} was made"))
        else:
            reason = f"key {key.number} of {user.name} was made on {key.created:%Y-%m-%d}"
            verdicts.append(lately(reason, key.created, as_of, days))
    return worst(verdicts)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def programs_use_roles(user: IamUser) -> Verdict:
    """Programs work with roles, not with the keys of users.

    A role hands out keys that expire within hours. A user's key works until somebody remembers it.

    Remediation: Give the program an instance profile, a task or execution role, IRSA, or IAM Roles Anywhere; then
    delete the key.
    """
    if active := _active(user):
        return failed(f"{user.name} has {len(active)} active access key{'s' if len(active) > 1 else ''}")
    return passed(f"{user.name} has no active access key")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def user_has_one_active_key(user: IamUser) -> Verdict:
    """A user has no more than one active access key.

    The second place is for the days in which a program moves from one key to the next. Two that stay are two that can
    be lost.

    Remediation: See which key is used (*Security credentials*, *Last used*), deactivate and delete the other.
    """
    numbers = [key.number for key in _active(user)]
    if len(numbers) > 1:
        return failed(f"{user.name} has {len(numbers)} active access keys")
    return passed(f"{user.name} has {len(numbers)} active access key{'' if numbers else 's'}")


def _active(user: IamUser) -> list[Key]:
    return [key for key in user.keys if key.active]


def _used(user: IamUser, key: Key, as_of: datetime, days: int) -> Verdict:
    if key.last_used is not None:
        return lately(
            f"key {key.number} of {user.name} was last used on {key.last_used:%Y-%m-%d}", key.last_used, as_of, days
        )
    if key.created is None:
        return unknown(f"no use of key {key.number} of {user.name} is recorded, nor when it was made")
    reason = f"no use of key {key.number} of {user.name} is recorded; it was made on {key.created:%Y-%m-%d}"
    return lately(reason, key.created, as_of, days)
