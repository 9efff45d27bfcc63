"""Checks of outside directories whose word IAM takes, and of the roles that trust them."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.trust import issuers, issuers_that_vouch_for_anybody
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamRole
from core.resources.aws.iam_federation import OidcProvider, SamlProvider


@check(objective="outside-access-is-approved", severity=Severity.CRITICAL)
def role_names_whom_an_issuer_vouches_for(role: IamRole) -> Verdict:
    """A role that trusts an issuer of tokens says for whom.

    GitHub, GitLab and others vouch for everybody's pipelines with one issuer. Without a condition on the subject, or
    with one that begins with a wildcard or ends within the owner's name, a stranger's pipeline may take the role.

    Remediation: In the trust policy: `"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/app:*"}`,
    with the owner written out up to the slash.
    """
    found = sorted({issuer for each in role.trust for issuer in issuers(each)})
    if not found:
        return not_applicable(f"{role.name} trusts no issuer of tokens")
    if open_ones := issuers_that_vouch_for_anybody(role.trust):
        return failed(f"{role.name} lets in anybody that {', '.join(open_ones)} vouches for")
    return passed(f"{role.name} names whom of {', '.join(found)} it lets in")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def oidc_provider_is_needed(provider: OidcProvider, roles: Population[IamRole]) -> Verdict:
    """Every issuer of tokens is trusted by a role.

    One that no role trusts is left over, and one careless role away from letting people in.

    Remediation: `aws iam delete-open-id-connect-provider`.
    """
    trusting = sorted(
        role.name for role in roles.here for each in role.trust if f"Federated:{provider.id}" in each.principals
    )
    if trusting:
        return passed(f"{', '.join(trusting)} trusts {provider.issuer}")
    return failed(f"no role trusts {provider.issuer}")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def saml_provider_is_valid(provider: SamlProvider, *, as_of: datetime, days: int = 30) -> Verdict:
    """The metadata of a SAML directory do not end soon, and have not.

    When they end, nobody who comes from there can sign in.

    Remediation: Download the directory's new metadata, then `aws iam update-saml-provider`.
    """
    if provider.valid_until is None:
        return passed(f"{provider.name} names no end")
    day = f"{provider.valid_until:%Y-%m-%d}"
    if provider.valid_until <= as_of:
        return failed(f"{provider.name} ended on {day}")
    if provider.valid_until <= as_of + timedelta(days=days):
        return failed(f"{provider.name} ends on {day}, within {days} days")
    return passed(f"{provider.name} ends on {day}")
