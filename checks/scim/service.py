"""Checks of services that speak SCIM."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.scim import ScimService

TOKENS, PASSWORDS = frozenset({"oauth", "oauth2", "oauthbearertoken"}), frozenset({"httpbasic", "httpdigest"})
"""The ways that RFC 7643, 5, has words for: those by a token, and those by a name and a password."""


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def strangers_see_nothing(service: ScimService) -> Verdict:
    """Who has no token is shown no user.

    The interface through which accounts are made and ended lists everybody who works here, and what may be read without
    a token may often be written without one.

    Remediation: Let the service refuse requests without a token, at the gateway before it if it cannot itself, and look
    in its log for who asked meanwhile.
    """
    if service.strangers == "shown":
        return failed("users are shown to somebody without a token")
    if service.strangers == "nothing":
        return passed("somebody without a token is answered, and shown no user")
    return passed("somebody without a token is refused")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def passwords_open_nothing(service: ScimService) -> Verdict:
    """The interface takes tokens, and no names with passwords.

    A password that opens an interface is guessed without anybody noticing, knows no second factor, and opens all that
    its owner may do. A token can be bound to reading, ends, and is taken back by itself.

    Remediation: Switch HTTP Basic and Digest off, and give each client a token of its own with the rights it needs.
    """
    taken = PASSWORDS.intersection(service.authentication)
    if taken:
        return failed(f"the service takes names with passwords ({', '.join(sorted(taken))})")
    if not service.authentication:
        return unknown("the service names no way to prove who one is")
    others = set(service.authentication) - TOKENS
    if others:
        return unknown(f"the service names ways of which nothing is known here: {', '.join(sorted(others))}")
    return passed(f"the service takes tokens alone ({', '.join(service.authentication)})")


@check(objective="secrets-are-stored-safely", severity=Severity.CRITICAL)
def passwords_are_never_returned(service: ScimService) -> Verdict:
    """Nobody can read passwords through the interface.

    A password that can be read again is kept so that it can be; whoever may read users then has everybody's.

    Remediation: Declare `password` with `returned: never` and `mutability: writeOnly` (RFC 7643, 4.1.1), keep a slow
    salted hash alone, and have the passwords changed that could be read.
    """
    if service.passwords_returned == "not kept":
        return not_applicable("users have no password in the service's schema")
    verdict = passed if service.passwords_returned == "never" else failed
    return verdict(f"the schema says that passwords are returned: {service.passwords_returned}")
