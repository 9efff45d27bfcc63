"""Checks of Secrets Manager: who may read secrets, and whether they are renewed and used."""

from __future__ import annotations

from datetime import datetime

from checks.aws.callers import closed_to_everybody, lets_in_approved
from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.secretsmanager import Secret


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def secret_rotates(secret: Secret) -> Verdict:
    """Secrets Manager replaces the secret by itself.

    What nobody has to remember is done; and a secret that leaked works only until the next time.

    Remediation: *Rotation*, *Edit rotation*, with one of the functions that AWS keeps for databases, or one of yours.
    """
    if secret.replica:
        return not_applicable(f"{secret.name} is a copy, which is rotated where it comes from")
    if secret.rotates:
        return passed(f"{secret.name} is rotated")
    return failed(f"{secret.name} is not rotated")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def secret_was_rotated_lately(secret: Secret, *, as_of: datetime, days: int = 90) -> Verdict:
    """A secret that is rotated was rotated lately.

    Rotation that fails leaves the schedule as it is, and the old secret in use.

    Remediation: *Rotation*, *Rotate secret immediately*; the log of the rotating function says what failed.
    """
    if secret.replica:
        return not_applicable(f"{secret.name} is a copy, which is rotated where it comes from")
    if not secret.rotates:
        return not_applicable(f"{secret.name} is not rotated")
    when = secret.rotated or secret.created
    word = "last rotated" if secret.rotated else "never rotated since it was made"
    return lately(f"{secret.name} was {word} on {when:%Y-%m-%d}", when, as_of, days)


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def secret_is_used(secret: Secret, *, as_of: datetime, days: int = 90) -> Verdict:
    """Somebody has read the secret lately.

    A secret that nobody reads still opens what it opens.

    Remediation: Find out what it opens and close that, then `aws secretsmanager delete-secret`.
    """
    if secret.used is None:
        return lately(
            f"{secret.name} was made on {secret.created:%Y-%m-%d} and never read", secret.created, as_of, days
        )
    return lately(f"{secret.name} was last read on {secret.used:%Y-%m-%d}", secret.used, as_of, days)


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def secret_is_not_public(secret: Secret) -> Verdict:
    """Not everybody may read the secret.

    A policy for all principals gives the secret to every customer of AWS who finds its name.

    Remediation: `aws secretsmanager put-resource-policy --block-public-policy` with one that names principals.
    """
    return closed_to_everybody(secret.name, secret.statements)


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def secret_lets_in_approved_accounts(secret: Secret, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The secret's policy lets in no other account, unless that was approved.

    What another account does with a secret of ours shows in no log of ours.

    Remediation: Name the account in the setting `approved`, or take it out of the resource policy.
    """
    return lets_in_approved(secret.name, secret.id, secret.statements, approved)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def secret_is_encrypted_with_our_key(secret: Secret) -> Verdict:
    """The secret is encrypted with a key that we control.

    Secrets Manager always encrypts. But AWS's own key opens to everybody in the account who may read the secret, while
    the policy of a key of ours is a second lock.

    Remediation: *Edit encryption key*; or `aws secretsmanager update-secret --kms-key-id …`.
    """
    if secret.owner:
        return not_applicable(f"{secret.name} is a secret that {secret.owner} made and looks after")
    if not secret.key or "alias/aws/" in secret.key:
        return failed(f"{secret.name} is encrypted with the key of AWS for Secrets Manager")
    return passed(f"{secret.name} is encrypted with {secret.key}")
