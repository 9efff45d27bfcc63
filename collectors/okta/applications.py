"""Applications of an organization at Okta, and what they prove themselves with: that there is a secret, never which.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.okta.source import Okta, is_active
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Application, Credential

APPS = Read("/api/v1/apps", needs="okta.apps.read", limit="/api/v1/apps")
KEYS = Read("/api/v1/apps/{app}/credentials/jwks", needs="okta.apps.read", limit="/api/v1/apps/{app}/credentials")
MOST = "200"
OPENID = "OPENID_CONNECT"
MODES = frozenset({
    OPENID, "AUTO_LOGIN", "BASIC_AUTH", "BOOKMARK", "BROWSER_PLUGIN", "SAML_1_1", "SAML_2_0", "SECURE_PASSWORD_STORE",
    "WS_FEDERATION",
})  # fmt: skip
"""The only kind of application that proves itself to Okta, and that can have scopes of its interface."""
SERVICE = "service"
KINDS = frozenset({SERVICE, "web", "native", "browser"})
OKTAS_OWN = frozenset({"saasure", "okta_enduser", "okta_browser_plugin"})
MADE_HERE = "oidc_client"
"""What Okta calls each OpenID Connect application that did not come out of its catalogue."""
BY_SECRET = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})
BY_KEY, BY_NOTHING = "private_key_jwt", "none"
DELETED = "DELETED"
"""A state of an application that nobody can use any more."""
FOR_ENCRYPTION = "enc"
"""The use of a key with which something is encrypted for the application, which proves nothing."""
NO_OWNERS = "Okta's applications have no owners that its interface tells"
NO_MAKER = "Okta does not tell who made an application out of its catalogue, or one of another kind"
NO_USE = "Okta tells the last use of applications in its log alone"
NOT_ASKED = "Okta answers the question for secrets with the secrets, so it is not asked"


@collector(permissions=(APPS, KEYS), slow=True)
def applications(okta: Okta) -> Iterator[Application]:
    """Applications, and their keys, by one question for each that proves itself with keys that are kept at Okta."""
    (apps,) = counted(okta.entries(APPS, limit=MOST))
    yield from side_by_side(lambda entry: _application(okta, entry), apps)


def has_scopes(entry: Fields) -> bool:
    """Whether an application can have scopes of Okta's interface. Raises `RestError`."""
    if (mode := entry.text("signOnMode")) not in MODES:
        raise RestError(f"{mode} is not known here as how somebody signs in to an application")
    return mode == OPENID


def is_service(entry: Fields) -> bool:
    """Whether an application signs in by itself, and so may have roles. Raises `RestError`."""
    if not has_scopes(entry):
        return False
    if (kind := _setting(entry, "application_type")) not in KINDS:
        raise RestError(f"{kind or 'nothing'} is not known here as a kind of application")
    return kind == SERVICE


def client_of(entry: Fields) -> Fields:
    """What an OpenID Connect application signs in with. Raises `RestError`."""
    return entry.part("credentials").part("oauthClient")


def _application(okta: Okta, entry: Fields) -> Application:
    look = okta.look
    return Application(
        id=entry.text("id"),
        name=look(lambda: entry.text("label")),
        enabled=look(lambda: is_active(entry, DELETED)),
        foreign=look(lambda: _is_foreign(entry)),
        owners=unobserved(NO_OWNERS),
        credentials=look(lambda: _credentials(okta, entry)),
        last_used=unobserved(NO_USE),
    )


def _is_foreign(entry: Fields) -> bool:
    name = entry.text("name")
    if name not in OKTAS_OWN and name != MADE_HERE:
        raise RestError(NO_MAKER)
    return name in OKTAS_OWN


def _credentials(okta: Okta, entry: Fields) -> tuple[Credential, ...]:
    """Those that are switched on. Okta gives none of them an end."""
    if not has_scopes(entry):
        return ()
    way = client_of(entry).text("token_endpoint_auth_method")
    if way == BY_NOTHING:
        return ()
    if way in BY_SECRET:
        return (Credential(id="client secret", method="secret", created=unobserved(NOT_ASKED), expires=None),)
    if way != BY_KEY:
        raise RestError(f"{way} is not known here as how an application proves itself")
    if _setting(entry, "jwks_uri"):
        raise RestError("its keys are kept at an address of its own, and not at Okta")
    keys = [_key(okta, each) for each in okta.entries(KEYS, app=entry.text("id")) if _proves(each)]
    return tuple(sorted(keys, key=lambda each: each.id))


def _proves(key: Fields) -> bool:
    return is_active(key) and not ("use" in key and not key.is_null("use") and key.text("use") == FOR_ENCRYPTION)


def _key(okta: Okta, entry: Fields) -> Credential:
    return Credential(
        id=entry.text("id"), method="key", created=okta.look(lambda: entry.moment("created")), expires=None
    )


def _setting(entry: Fields, name: str) -> str:
    """A setting of an OpenID Connect application; empty where it is not there or null. Raises `RestError`."""
    settings = entry.part("settings").part("oauthClient")
    return "" if name not in settings or settings.is_null(name) else settings.text(name)
