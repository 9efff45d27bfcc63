"""What a tenant demands of those who sign in: policies of Conditional Access, and security defaults.

What is demanded of single accounts is asked by `per_user.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network

from collectors.entra.conditional_access import LEGACY, MODERN, Policy
from collectors.entra.source import CONDITIONAL, Entra
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.entra import ConditionalAccess, NamedLocation
from core.resources.idp import SignInPolicy

POLICIES = Read("/v1.0/identity/conditionalAccess/policies", needs="Policy.Read.All", limit=CONDITIONAL)
LOCATIONS = Read("/v1.0/identity/conditionalAccess/namedLocations", needs="Policy.Read.All", limit=CONDITIONAL)
STRENGTHS = Read("/v1.0/policies/authenticationStrengthPolicies", needs="Policy.Read.All", limit=CONDITIONAL)
DEFAULTS = Read("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", needs="Policy.Read.All")
DEFAULTS_NAME = "Security defaults (of administrators always, of others when Entra finds it necessary)"
ALL = MODERN | LEGACY
"""All kinds of programs. A policy is for everything as well when it is for the modern ones and another one turns all
others away."""
Stopping = Callable[[], list[frozenset[str]]]
WORDS = {"All": "all", "AllTrusted": "all trusted ones", "00000000-0000-0000-0000-000000000000": "MFA Trusted IPs"}
"""What stands for locations that have no name of their own."""
NETWORKS, COUNTRIES = "#microsoft.graph.ipNamedLocation", "#microsoft.graph.countryNamedLocation"


@collector(permissions=(DEFAULTS, POLICIES, LOCATIONS, STRENGTHS))
def sign_in(entra: Entra) -> Iterator[SignInPolicy | ConditionalAccess]:
    """Security defaults, and each policy of Conditional Access. One that only reports is not enforced."""
    yield _defaults(entra)
    policies = list(policies_of(entra))
    stopping = remembered(lambda: _stopping_legacy(policies))
    for policy in policies:
        yield _sign_in_policy(entra, policy, stopping)
        yield ConditionalAccess(
            id=policy.entry.text("id"),
            name=entra.look(lambda: policy.entry.text("displayName")),  # noqa: B023 - now
            state=entra.look(lambda: policy.state),  # noqa: B023 - the same
            left_out=entra.look(lambda: policy.left_out),  # noqa: B023 - the same
            limited_to=entra.look(lambda: policy.limited_to),  # noqa: B023 - the same
        )


@collector(permissions=(LOCATIONS,))
def locations(entra: Entra) -> Iterator[NamedLocation]:
    """Named locations: networks, and whether they are trusted; countries."""
    for entry in entra.entries(LOCATIONS):
        networks = _is_of_networks(entry)
        yield NamedLocation(
            id=entry.text("id"),
            name=entra.look(lambda: entry.text("displayName")),  # noqa: B023 - now
            trusted=entra.look(lambda: networks and entry.flag("isTrusted")),  # noqa: B023 - the same
            ranges=entra.look(lambda: _ranges(entry) if networks else ()),  # noqa: B023 - the same
            countries=entra.look(lambda: _countries(entry) if not networks else ()),  # noqa: B023 - the same
        )


def policies_of(entra: Entra) -> Iterator[Policy]:
    """The policies of Conditional Access. Raises `RestError` when these are not all."""
    strengths = _later(lambda: {each.text("id"): each for each in entra.entries(STRENGTHS)})
    places = _later(lambda: {each.text("id"): each for each in entra.entries(LOCATIONS)})

    def named(place: str) -> str:
        if word := WORDS.get(place):
            return word
        found = places().get(place)
        return place if found is None else found.text("displayName")

    for entry in entra.entries(POLICIES):
        yield Policy(entry, strengths, named)


def _later(read: Callable[[], Mapping[str, Fields]]) -> Callable[[], Mapping[str, Fields]]:
    """What is asked once, and only when somebody wants to know."""
    asked = list[Callable[[], Mapping[str, Fields]]]()

    def answer() -> Mapping[str, Fields]:
        if not asked:
            asked.append(remembered(read))
        return asked[0]()

    return answer


def _defaults(entra: Entra) -> SignInPolicy:
    """https://learn.microsoft.com/entra/fundamentals/security-defaults"""
    return SignInPolicy(
        id="security-defaults",
        name=DEFAULTS_NAME,
        enforced=entra.look(lambda: entra.one(DEFAULTS).flag("isEnabled")),
        decides="together",
        everybody=True,
        administrators=True,
        everything=True,
        exceptions=(),
        admits=True,
        second_factor=True,
        phishing_resistant=False,
        stops_legacy=True,
        managed_device=False,
    )


def _sign_in_policy(entra: Entra, policy: Policy, stopping: Stopping) -> SignInPolicy:
    look = entra.look
    return SignInPolicy(
        id=policy.entry.text("id"),
        name=look(lambda: policy.entry.text("displayName")),
        enforced=look(lambda: policy.state == "enabled"),
        decides="together",
        everybody=look(lambda: policy.everybody),
        administrators=look(lambda: policy.administrators),
        everything=look(lambda: policy.whole(ALL) or (policy.whole(MODERN) and bool(stopping()))),
        exceptions=look(lambda: _exceptions(policy, stopping)),
        admits=look(lambda: not policy.blocks),
        second_factor=look(lambda: policy.second_factor),
        phishing_resistant=look(lambda: policy.phishing_resistant),
        stops_legacy=look(lambda: policy.blocks and policy.whole(LEGACY)),
        managed_device=look(lambda: policy.managed_device),
    )


def _exceptions(policy: Policy, stopping: Stopping) -> tuple[str, ...]:
    """Whom a policy leaves out. Of one for browsers and modern programs alone these are also those from whom no policy
    turns old ones away: they come in by these."""
    own = frozenset(policy.exceptions)
    if policy.whole(ALL) or not policy.whole(MODERN) or not stopping():
        return policy.exceptions
    return tuple(sorted(own | min((each - own for each in stopping()), key=len)))


def _stopping_legacy(policies: list[Policy]) -> list[frozenset[str]]:
    """Whom each policy leaves out that is enforced and turns old protocols away from everybody else. Raises `RestError`
    where there is none, and may be one."""
    found, hidden = list[frozenset[str]](), None
    for each in policies:
        try:
            if each.state == "enabled" and each.everybody and each.blocks and each.whole(LEGACY):
                found.append(frozenset(each.exceptions))
        except RestError as error:
            hidden = error
    if hidden and not found:
        raise hidden
    return found


def _is_of_networks(entry: Fields) -> bool:
    kind = entry.text("@odata.type")
    if kind not in (NETWORKS, COUNTRIES):
        raise RestError(f"{kind} is not known here as a kind of location")
    return kind == NETWORKS


def _ranges(entry: Fields) -> tuple[str, ...]:
    """Raises `RestError` for what is no network."""
    try:
        found = [ip_network(each.text("cidrAddress"), strict=False) for each in entry.parts("ipRanges")]
    except ValueError:
        raise RestError("an address of the location is no network") from None
    return tuple(sorted(map(str, found)))


def _countries(entry: Fields) -> tuple[str, ...]:
    return tuple(sorted(entry.texts("countriesAndRegions")))
