"""Checks of Service Catalog."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.servicecatalog import Portfolio


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def portfolio_is_shared_as_approved(portfolio: Portfolio, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A portfolio is shared through the organization alone, or with accounts that were approved.

    Its products are templates of how we build. An account that leaves the organization keeps what it was given by
    name.

    Remediation: Share with the organization or its units instead; or name the account in the setting `approved`.
    """
    others = sorted(set(portfolio.accounts) - set(approved))
    if others:
        return failed(f"{portfolio.name} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{portfolio.name} is shared with no single account that was not approved")
