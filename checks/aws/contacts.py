"""Checks of whom AWS writes to about an account."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.contacts import AccountContacts


@check(objective="incident-response-is-ready", severity=Severity.MEDIUM)
def security_contact_is_named(contacts: AccountContacts) -> Verdict:
    """The account has a contact for security.

    AWS reports abuse and leaked keys by mail. Without such a contact it goes to the address of the root user, which
    nobody may read.

    Remediation: *Account*, *Alternate contacts*, *Security*; or `aws account put-alternate-contact
    --alternate-contact-type SECURITY`, also for all accounts of an organization at once.
    """
    if contacts.security:
        return passed("there is a contact for security")
    return failed("there is no contact for security")


@check(objective="responsibilities-are-assigned", severity=Severity.LOW)
def contacts_are_different_people(contacts: AccountContacts) -> Verdict:
    """The account has contacts for security, operations and billing, each with an address of its own.

    What goes to one address for everything is read by nobody in particular, and by nobody while one is away.

    Remediation: *Account*, *Alternate contacts*; give each the address of a group of people.
    """
    there = {"security": contacts.security, "operations": contacts.operations, "billing": contacts.billing}
    if missing := [name for name, is_there in there.items() if not is_there]:
        return failed(f"there is no contact for {', '.join(missing)}")
    if contacts.differ:
        return passed("security, operations and billing have different addresses")
    return failed("contacts for security, operations and billing share an address")
