"""The ways to sign in that a tenant offers: the policy of authentication methods.

https://learn.microsoft.com/graph/api/resources/authenticationmethodspolicy
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.entra.source import Entra
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Method, SignInMethod

POLICY = Read("/v1.0/policies/authenticationMethodsPolicy", needs="Policy.Read.All")
METHODS: dict[str, Method] = {
    "Fido2": "passkey", "MicrosoftAuthenticator": "push", "Sms": "sms", "TemporaryAccessPass": "temporary",
    "HardwareOath": "one-time code", "SoftwareOath": "one-time code", "Voice": "voice", "Email": "email",
    "X509Certificate": "certificate",
}  # fmt: skip
OLD = frozenset({"MicrosoftAuthenticator", "Sms", "SoftwareOath", "HardwareOath", "Voice", "Email"})
"""Methods that older policies, which Graph does not tell, may offer until the migration is complete."""
COMPLETE = "migrationComplete"
STATES = {"enabled": True, "disabled": False}


@collector(permissions=(POLICY,))
def methods(entra: Entra) -> Iterator[SignInMethod]:
    """Ways to sign in, and whether somebody may use them."""
    policy = entra.one(POLICY)
    for entry in policy.parts("authenticationMethodConfigurations"):
        name = entry.text("id")
        yield SignInMethod(
            id=name,
            method=METHODS.get(name) or unobserved(f"Entra's word {name} is not known here"),
            name=name,
            enabled=entra.look(lambda: _is_enabled(policy, entry)),  # noqa: B023 - now
        )


def _is_enabled(policy: Fields, entry: Fields) -> bool:
    state = entry.text("state")
    if state not in STATES:
        raise RestError(f"the state {state} of a method is not known here")
    if STATES[state]:
        return True
    if entry.text("id") in OLD and (migration := policy.text("policyMigrationState")) != COMPLETE:
        raise RestError(f"older policies may still offer it, for their migration is at {migration}")
    return False
