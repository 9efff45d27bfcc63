"""Checks of roles: who may take them, and whether somebody does."""

from __future__ import annotations

from datetime import datetime

from checks.aws.policies import accounts_let_in, asks_for_more, everybody_may
from checks.aws.verdicts import lately, worst
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamAccount, IamRole


@check(objective="outside-access-is-approved", severity=Severity.CRITICAL)
def role_is_not_open_to_everybody(role: IamRole) -> Verdict:
    """Not everybody in the world can take a role.

    A role that trusts all principals is a public door, as long as no condition says who.

    Remediation: Name the accounts or identities in `Principal`, and ask for an `sts:ExternalId` of partners.
    """
    if everybody_may(role.trust):
        return failed(f"{role.name} trusts every principal, and no condition says who")
    return passed(f"{role.name} trusts only certain principals")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def role_trusts_approved_accounts(
    role: IamRole, accounts: Population[IamAccount], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """A role trusts only accounts that are ours or approved.

    What the other account does with our role, only its owner decides.

    Remediation: Name the partner's account in the setting `approved`, or take it out of the role's trust policy.
    """
    if role.is_service_linked:
        return not_applicable(f"{role.name} belongs to a service of AWS")
    own = role.arn.split(":")[4]
    others = sorted(accounts_let_in(role.trust) - {own} - set(approved))
    if not others:
        return passed(f"{role.name} trusts no account but its own and approved ones")
    strange = [each for each in others if accounts.get(each) is None]
    if strange:
        return failed(f"{role.name} trusts {', '.join(strange)}, which nobody approved")
    return passed(f"{role.name} trusts {', '.join(others)}, which we look at as well")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def partner_needs_external_id(role: IamRole, accounts: Population[IamAccount]) -> Verdict:
    """A partner who takes a role must name an external id.

    Without one, another customer of the partner can have it take our role: the confused deputy.

    Remediation: Agree on an id and ask for it: `"Condition": {"StringEquals": {"sts:ExternalId": "…"}}`.
    """
    own = role.arn.split(":")[4]
    verdicts = []
    for statement in role.trust:
        partners = sorted(accounts_let_in((statement,)) - {own})
        strange = [each for each in partners if accounts.get(each) is None]
        if strange and asks_for_more(statement):
            verdicts.append(passed(f"{role.name} asks {', '.join(strange)} for more than its number"))
        elif strange:
            verdicts.append(failed(f"{role.name} asks {', '.join(strange)} for no external id"))
    return worst(verdicts) if verdicts else not_applicable(f"{role.name} trusts no account of others")


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def role_is_used(role: IamRole, *, as_of: datetime, days: int = 90) -> Verdict:
    """A role has been used lately.

    Roles of projects that ended keep their rights, and whoever they trust.

    Remediation: Ask the owner, then `aws iam delete-role`.
    """
    if role.is_service_linked:
        return not_applicable(f"{role.name} belongs to a service of AWS")
    if role.last_used is not None:
        return lately(f"{role.name} was last used on {role.last_used:%Y-%m-%d}", role.last_used, as_of, days)
    reason = f"no use of {role.name} is recorded; it was made on {role.created:%Y-%m-%d}"
    return lately(reason, role.created, as_of, days)
