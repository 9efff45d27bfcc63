"""Checks of trusts between domains."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resource import missing_fields
from core.resources.active_directory import AdTrust

BROKEN = frozenset({"DES", "RC4"})


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def trust_filters_identities(trust: AdTrust) -> Verdict:
    """A trusted domain can speak for its own accounts only.

    Without SID filtering its administrators can say that one of theirs is an administrator here. Between the domains of
    a forest there is no such border.

    Remediation: `netdom trust OURS /domain:THEIRS /quarantine:yes`, between forests `/enablesidhistory:no`.
    """
    if aside := _not_judged(trust):
        return aside
    verdict = passed if trust.filters_sids else failed
    return verdict(
        f"SIDs that {_called(trust)} ({trust.type}) sends are {'filtered' if trust.filters_sids else 'all believed'}"
    )


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def trust_admits_who_was_chosen(trust: AdTrust, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Accounts of a trusted domain reach only the servers on which that was allowed.

    Otherwise each of their accounts counts among our authenticated users, everywhere. Name partners for which that was
    decided in the setting `approved`.

    Remediation: Choose selective authentication for the trust, and allow *Allowed to authenticate* on the servers that
    are meant.
    """
    if aside := _not_judged(trust):
        return aside
    if trust.selective:
        return passed(f"accounts of {_called(trust)} reach only servers that were chosen")
    if approved and trust.partner in approved:
        return passed(f"accounts of {trust.partner} reach every server, which is approved")
    return failed(f"accounts of {_called(trust)} ({trust.type}) reach every server")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def trust_hands_out_no_tickets(trust: AdTrust) -> Verdict:
    """No service of a trusting forest is handed tickets to act in the name of our accounts.

    Whoever rules one server there could be any of ours who signs in to it.

    Remediation: `netdom trust OURS /domain:THEIRS /EnableTgtDelegation:No`.
    """
    if not trust.inbound or trust.type == "parent or child":
        return not_applicable(f"{_called(trust)} is no other forest that accepts our accounts")
    if trust.delegates_tickets:
        return failed(f"services of {_called(trust)} are handed tickets of our accounts")
    return passed(f"services of {_called(trust)} are handed no tickets of our accounts")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def trust_uses_aes(trust: AdTrust) -> Verdict:
    """Tickets for a trusted domain are made with AES alone.

    A ticket made with RC4 can be guessed on at leisure, and DES is broken.

    Remediation: `ksetup /setenctypeattr PARTNER AES256-CTS-HMAC-SHA1-96`, on both sides.
    """
    if trust.ciphers is None:
        return unknown(
            f"the trust with {_called(trust)} names no ciphers, so that a setting of each controller decides"
        )
    verdict = failed if BROKEN & set(trust.ciphers) else passed
    return verdict(f"tickets for {_called(trust)} are made with {' or '.join(trust.ciphers)}")


def _not_judged(trust: AdTrust) -> Verdict | None:
    """What is of our own forest, or accepts no accounts here."""
    if not trust.outbound:
        return not_applicable(f"accounts of {_called(trust)} are not accepted here")
    if trust.type == "parent or child":
        return not_applicable(f"{_called(trust)} is of our own forest")
    return None


def _called(trust: AdTrust) -> str:
    return trust.id if "partner" in missing_fields(trust) else trust.partner
