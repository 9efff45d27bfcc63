"""Who signs people in to an organization at GitHub: a provider of its own, or that of its enterprise.

https://docs.github.com/en/graphql/reference/objects#organization, #enterpriseownerinfo
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from collectors.github.source import GRAPH, GRAPH_OF_ENTERPRISE, PLAN, Extent, Github, identity
from collectors.rest import remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.github import GithubSingleSignOn

OF_ORGANIZATION = "query($login:String!){organization(login:$login){viewerCanAdminister samlIdentityProvider{ssoUrl}}}"
OF_ENTERPRISE = (
    "query($slug:String!){enterprise(slug:$slug){ownerInfo{samlIdentityProvider{ssoUrl} oidcProvider{providerType}}}}"
)
SAML, OIDC = "samlIdentityProvider", "oidcProvider"
WITHOUT = ("free", "team")
"""Plans that have no single sign-on (https://docs.github.com/en/get-started/learning-about-github/githubs-plans)."""
OWN_ONLY = "GitHub says that the organization has no identity provider of its own, and its enterprise may have one"
OWN_HINT = "set enterprise, and use a classic token of its administrator with read:enterprise and read:org"
HIDDEN = "GitHub says that there is no identity provider, and says the same to those who may not see it"
HIDDEN_HINT = "use a token of an owner of the organization"
SetUp = tuple[Literal["organization", "enterprise", "nobody"], str]
NOWHERE: SetUp = "nobody", ""


@collector(permissions=(PLAN, GRAPH, GRAPH_OF_ENTERPRISE))
def single_sign_on(github: Github) -> Iterator[GithubSingleSignOn]:
    """Whether an identity provider is set up. Whether everybody has to sign in there GitHub does not tell."""
    extent = github.extent()
    about = github.one(PLAN, org=extent.organization)
    found = remembered(lambda: NOWHERE if is_on_plan_without(about) else _set_up(github, extent))
    yield GithubSingleSignOn(
        id=identity(about),
        plan=github.look(lambda: about.part("plan").text("name")),
        set_up_by=github.look(lambda: found()[0]),
        provider=github.look(lambda: found()[1]),
    )


def is_on_plan_without(about: Fields) -> bool:
    """Whether an organization is on a plan that has no single sign-on. A plan that is not told settles nothing."""
    try:
        return about.part("plan").text("name") in WITHOUT
    except RestError:
        return False


def _set_up(github: Github, extent: Extent) -> SetUp:
    """Where a provider is set up, and where it is. Raises `RestError` where that cannot be known."""
    own = remembered(lambda: _own(github, extent.organization))
    try:
        if found := own():
            return found
    except RestError:
        if not extent.enterprise:
            raise
    if not extent.enterprise:
        raise RestError(OWN_ONLY, OWN_HINT)
    told = github.graph(GRAPH_OF_ENTERPRISE, OF_ENTERPRISE, slug=extent.enterprise)
    enterprise = told.part("enterprise").part("ownerInfo")
    if provider := _of(enterprise, SAML):
        return "enterprise", _host(provider)
    if provider := _of(enterprise, OIDC):
        return "enterprise", f"OpenID Connect, {provider.text('providerType')}"
    if told.failure:
        raise told.failure
    own()  # raises where the organization's own was not told
    return NOWHERE


def _own(github: Github, organization: str) -> SetUp | None:
    """The organization's own provider; `None` when it has none. Raises `RestError` where that cannot be known."""
    told = github.graph(GRAPH, OF_ORGANIZATION, login=organization)
    found = told.part("organization")
    if provider := _of(found, SAML):
        return "organization", _host(provider)
    if told.failure:
        raise told.failure
    if not found.flag("viewerCanAdminister"):
        raise RestError(HIDDEN, HIDDEN_HINT)
    return None


def _of(owner: Fields, name: str) -> Fields | None:
    return None if owner.is_null(name) else owner.part(name)


def _host(provider: Fields) -> str:
    """Which machine signs people in. Raises `RestError`."""
    if not (host := urlsplit(provider.text("ssoUrl")).hostname):
        raise RestError("the address of the identity provider is none")
    return host
