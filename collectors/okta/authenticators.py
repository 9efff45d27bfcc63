"""The ways to sign in that an organization at Okta offers."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.okta.factors import METHODS
from collectors.okta.source import PIPELINE, Okta, is_active
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from collectors.rest_pages import next_link
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Method, SignInMethod

AUTHENTICATORS = Read("/api/v1/authenticators", needs="okta.authenticators.read", limit="/api/v1/authenticators")
METHODS_OF = Read(
    "/api/v1/authenticators/{authenticator}/methods", needs="okta.authenticators.read", limit="/api/v1/authenticators"
)
CLASSIC = Read("/api/v1/org/factors", needs="okta.factors.read", limit="/api/v1/org")
PASSWORD, RECOVERY = "password", "recovery"
ENGINE_METHODS: dict[str, Method] = {
    "webauthn": "passkey", "signed_nonce": "platform", "cert": "certificate", "push": "push", "totp": "one-time code",
    "otp": "one-time code", "sms": "sms", "voice": "voice", "email": "email", "security_question": "question",
    "tac": "temporary",
}  # fmt: skip
"""The types of methods of authenticators on the Identity Engine. `idp` and `duo` leave it to somebody else."""


@collector(permissions=(PIPELINE, AUTHENTICATORS, METHODS_OF, CLASSIC))
def authenticators(okta: Okta) -> Iterator[SignInMethod]:
    """Ways to sign in beside passwords, and whether they may be used for that."""
    if okta.pipeline() == "v1":
        for entry in okta.entries(CLASSIC):
            name = entry.text("factorType")
            enabled: bool = okta.look(lambda: is_active(entry, "NOT_SETUP", "DISABLED"))  # noqa: B023 - now
            yield _method(entry.text("id"), name, METHODS, enabled=enabled)
        return
    for entry in okta.entries(AUTHENTICATORS):
        if entry.text("type") == PASSWORD:
            continue
        for each in okta.listing(METHODS_OF, next_link, authenticator=entry.text("id")):
            yield _of_engine(okta, entry, Fields(each, "a method"))


def _of_engine(okta: Okta, authenticator: Fields, method: Fields) -> SignInMethod:
    name = method.text("type")

    def enabled() -> bool:
        on = is_active(method) and is_active(authenticator)
        return on and not _for_recovery_alone(authenticator)

    return _method(f"{authenticator.text('id')}/{name}", name, ENGINE_METHODS, enabled=okta.look(enabled))


def _method(identity: str, name: str, words: dict[str, Method], *, enabled: bool) -> SignInMethod:
    method = words.get(name) or unobserved(f"Okta's word {name} is not known here")
    return SignInMethod(id=identity, method=method, name=name, enabled=enabled)


def _for_recovery_alone(authenticator: Fields) -> bool:
    """Whether it only proves who forgot a password (`settings.allowedFor`)."""
    if "settings" not in authenticator or authenticator.is_null("settings"):
        return False
    settings = authenticator.part("settings")
    if "allowedFor" not in settings:
        return False
    if (said := settings.text("allowedFor")) not in (RECOVERY, "none", "any", "sso"):
        raise RestError(f"{said} is not known here as what an authenticator is for")
    return said in (RECOVERY, "none")
