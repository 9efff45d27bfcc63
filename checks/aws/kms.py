"""Checks of KMS: who may use keys, and whether they are renewed and kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.policies import accounts_let_in, everybody_may
from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.kms import KmsKey

LEAVING = ("PendingDeletion", "PendingReplicaDeletion")


@check(objective="keys-are-rotated", severity=Severity.MEDIUM)
def key_rotates(key: KmsKey, *, days: int = 365) -> Verdict:
    """A symmetric key of ours that is switched on gets new material every year.

    New material bounds how much one leaked key opens. KMS can do so by itself only for symmetric keys whose material
    it made; others are replaced by hand. A key that is switched off encrypts nothing, and KMS neither rotates it nor
    lets that be changed: that it is off is what `key_is_enabled` is about.

    Remediation: `aws kms enable-key-rotation --key-id … --rotation-period-in-days 365`.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS, which rotates it")
    if key.state in LEAVING:
        return not_applicable(f"{_name(key)} is going to be destroyed")
    if key.state == "Disabled":
        return not_applicable(f"{_name(key)} is switched off, and KMS rotates no such key")
    if key.rotates is None:
        return not_applicable(f"KMS cannot rotate {_name(key)}: {key.spec}, {key.origin}, {key.state}")
    if not key.rotates:
        return failed(f"{_name(key)} is not rotated")
    if key.rotation_days is not None and key.rotation_days > days:
        return failed(f"{_name(key)} is rotated every {key.rotation_days} days, more than {days}")
    return passed(f"{_name(key)} is rotated every {key.rotation_days or 365} days")


@check(objective="keys-are-guarded", severity=Severity.CRITICAL)
def key_is_not_going_to_be_destroyed(key: KmsKey, *, approved: tuple[str, ...] = ()) -> Verdict:
    """No key is going to be destroyed, unless that was approved.

    With the key goes everything that it encrypts, for ever. Name keys that may go in the setting `approved`.

    Remediation: `aws kms cancel-key-deletion --key-id …`, then find out who ordered it.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    if key.state not in LEAVING:
        return passed(f"{_name(key)} is {key.state}")
    day = f" on {key.deleted_on:%Y-%m-%d}" if key.deleted_on else ""
    if {key.id, key.key, *key.aliases} & set(approved):
        return passed(f"{_name(key)} is going to be destroyed{day}, which is approved")
    return failed(f"{_name(key)} is going to be destroyed{day}")


@check(objective="keys-are-guarded", severity=Severity.CRITICAL)
def key_is_not_open_to_everybody(key: KmsKey) -> Verdict:
    """Not everybody in the world can use the key.

    A key policy for all principals makes encryption an ornament, as long as no condition says who.

    Remediation: Name accounts or identities in `Principal`, or add `kms:CallerAccount` or `aws:PrincipalOrgID`.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    if everybody_may(key.statements):
        return failed(f"the policy of {_name(key)} lets everybody in")
    return passed(f"the policy of {_name(key)} lets only certain principals in")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def key_lets_in_approved_accounts(key: KmsKey, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The key's policy lets in no other account, unless that was approved.

    Who has the key and a copy of the data needs no more of us.

    Remediation: Name the account in the setting `approved`, or take it out of the key policy.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    others = sorted(accounts_let_in(key.statements) - {key.id.split(":")[4]} - set(approved))
    if others:
        return failed(f"the policy of {_name(key)} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {_name(key)} lets in no account that was not approved")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def key_is_enabled(key: KmsKey) -> Verdict:
    """A key of ours is in use, or gone.

    A key that somebody switched off either breaks something that still needs it, or is forgotten.

    Remediation: Look for its last use in CloudTrail, then enable it or schedule its deletion.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    if key.state in LEAVING:
        return not_applicable(f"{_name(key)} is going to be destroyed")
    if key.state == "Enabled":
        return passed(f"{_name(key)} is enabled")
    return failed(f"{_name(key)} is {key.state}")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def key_is_used(key: KmsKey, *, as_of: datetime, days: int = 365) -> Verdict:
    """A key of ours that can be used was used lately.

    A key that nobody needs any more still opens whatever it once encrypted, for whoever its policy lets in. Backups
    may need it once a year: mind the setting `days`.

    Remediation: Switch it off, look for `DisabledException` in CloudTrail for a while, then schedule its deletion.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    if key.use is None:
        return not_applicable(f"{_name(key)} is {key.state}, and cannot be used")
    if key.use.last is not None:
        return lately(f"{_name(key)} was last used on {key.use.last:%Y-%m-%d}", key.use.last, as_of, days)
    reason = f"no use of {_name(key)} since {key.use.since:%Y-%m-%d} is recorded"
    if key.use.since < as_of - timedelta(days=days):
        return failed(f"{reason}, more than {days} days before")
    if key.created < as_of - timedelta(days=days):
        return unknown(f"{reason}; KMS does not remember earlier uses")
    return passed(f"{reason}; it was made on {key.created:%Y-%m-%d}")


@check(objective="keys-are-guarded", severity=Severity.LOW)
def key_stays_in_its_region(key: KmsKey, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A key of ours has no copies in other regions, unless that was approved.

    A multi-region key opens the data wherever a copy is made, under a policy of its own. Name keys that are meant to
    be so in the setting `approved`.

    Remediation: Use a key of its own in each region; a multi-region key cannot be made a single-region one.
    """
    if key.manager != "CUSTOMER":
        return not_applicable(f"{_name(key)} is a key of AWS")
    if not key.multi_region:
        return passed(f"{_name(key)} is a key of one region")
    if {key.id, key.key, *key.aliases} & set(approved):
        return passed(f"{_name(key)} may have copies in other regions, which is approved")
    return failed(f"{_name(key)} may have copies in other regions")


def _name(key: KmsKey) -> str:
    return key.aliases[0] if key.aliases else key.key
