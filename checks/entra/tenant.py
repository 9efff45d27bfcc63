"""Checks of what guests and ordinary people may do in a tenant of Entra ID."""

from __future__ import annotations

from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.entra import EntraTenant

BOUNDED = ("microsoft-user-default-low",)
"""Policies by which people consent to what an administrator has classified as low, to verified publishers."""


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def guests_see_little(tenant: EntraTenant, *, allowed: tuple[str, ...] = ("limited", "restricted")) -> Verdict:
    """Guests see less of the directory than members do.

    A guest's stolen password then opens no list of everybody, of all groups and of who administers them.

    Remediation: External Identities, External collaboration settings: set *Guest user access* to limited, or to what is
    their own.
    """
    verdict = passed if tenant.guest_role in allowed else failed
    return verdict(f"the access of guests to the directory is {tenant.guest_role}")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def few_invite_guests(tenant: EntraTenant, *, allowed: tuple[str, ...] = ("none", "adminsAndGuestInviters")) -> Verdict:
    """Guests are invited by those alone who have a role for it.

    Whom anybody may invite nobody has approved.

    Remediation: External Identities, External collaboration settings: *Only users assigned to specific admin roles can
    invite guest users*.
    """
    verdict = passed if tenant.invitations in allowed else failed
    return verdict(f"who may invite guests is {tenant.invitations}")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def applications_are_registered_by_few(tenant: EntraTenant) -> Verdict:
    """Applications are registered by those alone who have a role for it.

    An application looks like ours to whoever is asked to trust it, and stays when its maker leaves.

    Remediation: Users, User settings: set *Users can register applications* to *No*.
    """
    if tenant.applications_by_everybody:
        return failed("anybody may register applications")
    return passed("nobody without a role may register applications")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def people_do_not_consent_alone(tenant: EntraTenant, *, allowed: tuple[str, ...] = BOUNDED) -> Verdict:
    """Nobody without a role lets an application into their data but where an administrator has drawn the bounds.

    An attacker's application needs no password: it asks, and somebody presses *Accept*.

    Remediation: Enterprise applications, Consent and permissions: do not allow user consent, or allow it for verified
    publishers and selected permissions.
    """
    others = [each for each in tenant.consent_by_everybody if each not in allowed]
    if others:
        return failed(f"anybody may consent by {listed(others)}")
    if tenant.consent_by_everybody:
        return passed(f"anybody may consent by {listed(tenant.consent_by_everybody)} alone")
    return passed("nobody without a role may consent")


@check(objective="outside-access-is-approved", severity=Severity.LOW)
def consent_can_be_asked_for(tenant: EntraTenant) -> Verdict:
    """Whoever may not let an application in can ask somebody who may.

    Where nobody can ask, people find another way, or an administrator consents for all because one needs it.

    Remediation: Enterprise applications, Consent and permissions, Admin consent settings: let users request it, and
    name reviewers.
    """
    if not tenant.consent_requests:
        return failed("nobody can ask for consent")
    if not tenant.consent_reviewers:
        return failed("people can ask for consent, and nobody is named to answer")
    return passed(f"people can ask for consent; {tenant.consent_reviewers} entries name who answers")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def own_words_are_refused(tenant: EntraTenant) -> Verdict:
    """Passwords that hold our own names and words are refused.

    Who guesses the passwords of an organization begins with its name, its products and its town. That all the world's
    common passwords are refused is always so.

    Remediation: Authentication methods, Password protection: enforce the custom list, and fill it.
    """
    if not tenant.premium and not tenant.own_words_refused:
        return not_applicable("a list of one's own needs a licence of Entra ID P1, which the tenant has not")
    if tenant.own_words_refused:
        return passed("a list of our own words is enforced")
    return failed("no list of our own words is enforced")
