"""Checks of Glacier. Every vault is encrypted."""

from __future__ import annotations

from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.glacier import GlacierVault


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def vault_is_not_public(vault: GlacierVault) -> Verdict:
    """Not everybody in the world can get at a vault.

    An archive holds what was worth keeping.

    Remediation: `aws glacier delete-vault-access-policy`, or name principals in the policy.
    """
    if everybody_may(vault.statements):
        return failed(f"the policy of {vault.name} lets everybody in")
    return passed(f"the policy of {vault.name} lets not everybody in")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def vault_lets_in_approved_accounts(vault: GlacierVault, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A vault's policy lets in no other account, unless that was approved.

    What another account does with our archives, only their owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the vault's policy.
    """
    others = sorted(accounts_let_in(vault.statements) - {vault.id.split(":")[4]} - set(approved))
    if others:
        return failed(f"the policy of {vault.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {vault.name} lets in no account that was not approved")


@check(objective="records-are-intact", severity=Severity.LOW)
def vault_is_locked(vault: GlacierVault) -> Verdict:
    """A vault is locked: its rules cannot be changed any more.

    A lock shows later that archives were not removed before their time.

    Remediation: `aws glacier initiate-vault-lock` with the rules, then within a day `complete-vault-lock`.
    """
    if vault.lock == "Locked":
        return passed(f"{vault.name} is locked")
    return failed(f"{vault.name} is not locked{': its lock was begun and not finished' if vault.lock else ''}")
