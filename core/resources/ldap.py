"""What only LDAP servers have."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("ldap_server")
class LdapServer(Resource):
    """How a server answers those it does not know, and how it protects what is sent to it."""

    id: str
    anonymous_sees: tuple[str, ...]
    """The bases below which somebody who has not signed in is shown entries."""
    cleartext_sign_in: Literal["accepted", "refused", "not offered"]
    """What becomes of a name and a password that arrive without TLS; `not offered` where nothing listens without it."""
    tls_minimum: str
    """The oldest version with which a handshake succeeds: `1.0`, `1.1`, or `1.2` where those fail. Older evidence has
    what the configuration said; empty when it set none."""
    policies_enforced: bool
    """It has password policies switched on."""
    default_policies: tuple[str, ...]
    """Ids of the policies that hold for whoever has no other, below all bases, sorted; an empty text where a database
    with accounts has none. Empty where each policy says itself whether it is one, as in Active Directory. Unobserved in
    older evidence."""


@resource("ldap_policy_choice")
class LdapPolicyChoice(Resource):
    """Which password policies accounts name for themselves, in place of the default. The id is the directory's."""

    id: str
    policies: tuple[str, ...]
    """Their ids, sorted."""
