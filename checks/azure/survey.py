"""Checks of what is looked at: subscriptions that are left out are said to be."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.azure.survey import Subscription

USABLE = ("Enabled", "Warned", "PastDue")


@check(objective="audit-access-is-read-only", severity=Severity.MEDIUM)
def subscription_is_looked_at(subscription: Subscription) -> Verdict:
    """Every subscription of the tenant that can be used is looked at.

    What goes on where nobody looks is not evidence of anything; and that is where things are forgotten.

    Remediation: Take the subscription into `include` or out of `exclude` in the configuration, and assign the identity
    that looks the role that `annexa permissions azure` prints, at the root management group.
    """
    if subscription.looked_at:
        return passed(f"{subscription.name} is looked at")
    if subscription.visible and subscription.state not in USABLE:
        return not_applicable(f"the state of {subscription.name} is {subscription.state}")
    return failed(f"{subscription.id} is left out: {subscription.left_out}")
