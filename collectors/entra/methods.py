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
from core.resources.entra import OfferedMethod
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
ALL_USERS = "all_users"
"""Stands for everybody where else the id of a group does."""
PASSKEYS, CERTIFICATES = "Fido2", "X509Certificate"
CERTIFICATE_MODES = {"x509CertificateMultiFactor": True, "x509CertificateSingleFactor": False}
"""What a certificate counts as where no rule says otherwise; one that is a single factor stands beside another one."""


@collector(permissions=(POLICY,))
def methods(entra: Entra) -> Iterator[SignInMethod | OfferedMethod]:
    """Ways to sign in, whether somebody may use them, and whom the policy offers them to."""
    policy = entra.one(POLICY)
    for entry in policy.parts("authenticationMethodConfigurations"):
        name = entry.text("id")
        yield SignInMethod(
            id=name,
            method=METHODS.get(name) or unobserved(f"Entra's word {name} is not known here"),
            name=name,
            enabled=entra.look(lambda: _is_enabled(policy, entry)),  # noqa: B023 - now
        )
        yield OfferedMethod(
            id=name,
            enabled=entra.look(lambda: _state(entry)),  # noqa: B023 - the same
            everybody=entra.look(lambda: ALL_USERS in _targets(entry, "includeTargets")),  # noqa: B023 - the same
            left_out=entra.look(lambda: _targets(entry, "excludeTargets")),  # noqa: B023 - the same
            resists_phishing=entra.look(lambda: _resists_phishing(entry)),  # noqa: B023 - the same
            set_up_by_people=entra.look(lambda: _is_set_up_by_people(entry)),  # noqa: B023 - the same
        )


def _state(entry: Fields) -> bool:
    state = entry.text("state")
    if state not in STATES:
        raise RestError(f"the state {state} of a method is not known here")
    return STATES[state]


def _targets(entry: Fields, name: str) -> tuple[str, ...]:
    """Ids of users and groups, or the word for everybody."""
    return tuple(sorted({each.text("id") for each in entry.parts(name)}))


def _resists_phishing(entry: Fields) -> bool:
    if entry.text("id") != CERTIFICATES:
        return entry.text("id") == PASSKEYS
    said = entry.part("authenticationModeConfiguration").text("x509CertificateAuthenticationDefaultMode")
    if said not in CERTIFICATE_MODES:
        raise RestError(f"{said} is not known here as what a certificate counts as")
    return CERTIFICATE_MODES[said]


def _is_set_up_by_people(entry: Fields) -> bool:
    """Of passkeys alone the policy says whether people may register any."""
    return entry.text("id") != PASSKEYS or entry.flag("isSelfServiceRegistrationAllowed")


def _is_enabled(policy: Fields, entry: Fields) -> bool:
    if _state(entry):
        return True
    if entry.text("id") in OLD and (migration := _migration(policy)) != COMPLETE:
        raise RestError(f"older policies may still offer it, for their migration is at {migration}")
    return False


def _migration(policy: Fields) -> str:
    """How far the older policies are gone. A tenant that was made after them says null, and can say nothing else
    (https://github.com/cisagov/ScubaGear/issues/1730)."""
    name = "policyMigrationState"
    return COMPLETE if policy.is_null(name) else policy.text(name)
