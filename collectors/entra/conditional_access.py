"""What a policy of Conditional Access says, read strictly: what it does not hold for, and what it demands.

https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy. A word or a condition that is not known raises
`RestError`: it may narrow the policy, or be no more than a password.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from collectors.entra.roles import ALMIGHTY, PARTNER_TIER2_SUPPORT
from collectors.entra.source import part_or_none, text_or_none, texts_of
from collectors.rest_answers import Fields, RestError

State = Literal["enabled", "report only", "disabled"]
STATES: Mapping[str, State] = {
    "enabled": "enabled", "enabledForReportingButNotEnforced": "report only", "disabled": "disabled",
}  # fmt: skip
ALL, ALL_SMALL, GUESTS = "All", "all", "GuestsOrExternalUsers"
CHOOSABLE = ALMIGHTY - {PARTNER_TIER2_SUPPORT}
"""The privileged roles that a policy can name."""
MODERN, LEGACY = frozenset({"browser", "mobileAppsAndDesktopClients"}), frozenset({"exchangeActiveSync", "other"})
CLIENTS = frozenset({ALL_SMALL, "easSupported", *MODERN, *LEGACY})
RISKS = {
    "signInRiskLevels": "sign-in risk", "userRiskLevels": "user risk", "servicePrincipalRiskLevels": "service risk",
    "insiderRiskLevels": "insider risk",
}  # fmt: skip
READ = frozenset(
    {"users", "applications", "clientApplications", "clientAppTypes", "devices", "locations", "platforms", *RISKS}
)
BLOCK = "block"
DEVICES = frozenset({"compliantDevice", "domainJoinedDevice"})
WEAK = frozenset({"approvedApplication", "compliantApplication", "passwordChange"})
RESISTANT = frozenset({"fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"})
PHISHED = frozenset({
    "password", "voice", "sms", "hardwareOath", "softwareOath", "microsoftAuthenticatorPush", "deviceBasedPush",
    "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "email", "federatedSingleFactor",
    "federatedMultiFactor", "x509CertificateSingleFactor", "qrCodePin",
})  # fmt: skip
"""Words of `allowedCombinations` (https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy)."""
Strengths = Callable[[], Mapping[str, Fields]]
Names = Callable[[str], str]


@dataclass(frozen=True)
class Policy:
    """One policy. `strengths` are the authentication strengths by id, `named` is what a location is called."""

    entry: Fields
    strengths: Strengths
    named: Names

    @property
    def state(self) -> State:
        said = self.entry.text("state")
        if said not in STATES:
            raise RestError(f"the state {said} of a policy is not known here")
        return STATES[said]

    @property
    def everybody(self) -> bool:
        users = part_or_none(self._conditions, "users")
        return users is not None and ALL in texts_of(users, "includeUsers")

    @property
    def administrators(self) -> bool:
        users = part_or_none(self._conditions, "users")
        return self.everybody or (users is not None and {*texts_of(users, "includeRoles")} >= CHOOSABLE)

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Ids of users, groups and roles; guests by Entra's word, with their kinds where these are told."""
        if (users := part_or_none(self._conditions, "users")) is None:
            return ()
        found = {each for name in ("Users", "Groups", "Roles") for each in texts_of(users, f"exclude{name}")}
        if guests := part_or_none(users, "excludeGuestsOrExternalUsers"):
            found.add(f"{GUESTS}: {text_or_none(guests, 'guestOrExternalUserTypes') or 'all'}")
        return tuple(sorted(found))

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._left_out())))

    @property
    def limited_to(self) -> tuple[str, ...]:
        return tuple(sorted({*self._limited_to(), *(f"client {each}" for each in self.clients - {ALL_SMALL})}))

    @property
    def clients(self) -> frozenset[str]:
        """Kinds of programs it is for; `all` where nothing is said."""
        found = self._conditions
        if "clientAppTypes" not in found or not (said := texts_of(found, "clientAppTypes")):
            return frozenset({ALL_SMALL})
        if unknown := sorted(set(said) - CLIENTS):
            raise RestError(f"{', '.join(unknown)} is not known here as a kind of program")
        return frozenset(said)

    def whole(self, clients: Collection[str]) -> bool:
        """It holds for all applications, from wherever, at whatever risk, for these kinds of programs at least."""
        fits = ALL_SMALL in self.clients or set(clients) <= self.clients
        return fits and not self.left_out and not set(self._limited_to())

    @property
    def blocks(self) -> bool:
        return self._grant is not None and BLOCK in texts_of(self._grant, "builtInControls")

    @property
    def second_factor(self) -> bool:
        return self._demands(lambda word: word == "mfa", self._is_second_factor)

    @property
    def phishing_resistant(self) -> bool:
        return self._demands(lambda _: False, self._resists_phishing)

    @property
    def managed_device(self) -> bool:
        return self._demands(lambda word: word in DEVICES, lambda _: False, custom=False)

    @cached_property
    def _conditions(self) -> Fields:
        found = self.entry.part("conditions")
        for name in found.names():
            if name not in READ and "@" not in name and _says_something(found, name):
                raise RestError(f"the condition {name} of a policy is not known here")
        return found

    @cached_property
    def _grant(self) -> Fields | None:
        return part_or_none(self.entry, "grantControls")

    def _left_out(self) -> Iterator[str]:
        applications = self._conditions.part("applications")
        yield from (f"application {each}" for each in texts_of(applications, "excludeApplications"))
        if locations := part_or_none(self._conditions, "locations"):
            yield from (f"location {self.named(each)}" for each in _texts(locations, "excludeLocations"))
        if platforms := part_or_none(self._conditions, "platforms"):
            yield from (f"platform {each}" for each in _texts(platforms, "excludePlatforms"))
        if _filter_mode(part_or_none(self._conditions, "devices"), "deviceFilter") == "exclude":
            yield "devices by a filter"
        if _filter_mode(applications, "applicationFilter") == "exclude":
            yield "applications by a filter"

    def _limited_to(self) -> Iterator[str]:
        applications = self._conditions.part("applications")
        included = texts_of(applications, "includeApplications")
        if ALL not in included:
            yield from (f"application {each}" for each in included or ("none",))
            yield from (f"action {each}" for each in _texts(applications, "includeUserActions"))
        if locations := part_or_none(self._conditions, "locations"):
            where = _texts(locations, "includeLocations")
            yield from (f"location {self.named(each)}" for each in where if ALL not in where)
        if platforms := part_or_none(self._conditions, "platforms"):
            which = _texts(platforms, "includePlatforms")
            yield from (f"platform {each}" for each in which if ALL_SMALL not in which)
        if _filter_mode(part_or_none(self._conditions, "devices"), "deviceFilter") == "include":
            yield "devices by a filter"
        if _filter_mode(applications, "applicationFilter") == "include":
            yield "applications by a filter"
        for name, risk in RISKS.items():
            if _says_something(self._conditions, name):
                yield f"{risk} {_word_or_words(self._conditions, name)}"

    def _demands(
        self, meets: Callable[[str], bool], strength: Callable[[Fields], bool], *, custom: bool = True
    ) -> bool:
        """Whether nobody comes in without this: by one of controls that are all needed, or by each of alternatives.

        `custom`: what a control of somebody else's demands is not known.
        """
        if self._grant is None:
            return False
        found: list[bool | None] = [
            True if meets(word) else False if word in WEAK | DEVICES | {BLOCK, "mfa"} else None
            for word in texts_of(self._grant, "builtInControls")
        ]
        found += [None if custom else False for _ in _texts(self._grant, "customAuthenticationFactors")]
        found += [False for _ in _texts(self._grant, "termsOfUse")]
        if demanded := part_or_none(self._grant, "authenticationStrength"):
            found.append(strength(self._strength(demanded)))
        return self._together(found)

    def _together(self, found: list[bool | None]) -> bool:
        operator = text_or_none(self._grant, "operator") if self._grant else ""
        if len(found) > 1 and operator not in ("AND", "OR"):
            raise RestError(f"{operator or 'nothing'} is not known here as what joins the controls of a policy")
        decides = operator != "OR" or len(found) == 1  # one that is met decides where all are needed
        if decides in found:
            return decides
        if None in found:
            raise RestError("a policy demands a control that is not known here")
        return bool(found) and not decides

    def _strength(self, demanded: Fields) -> Fields:
        """A strength as the policy shows it, or as the list of them does where the policy only names it."""
        if "allowedCombinations" in demanded and "requirementsSatisfied" in demanded:
            return demanded
        if found := self.strengths().get(demanded.text("id")):
            return found
        raise RestError("the authentication strength that a policy demands is not shown to us")

    @staticmethod
    def _is_second_factor(strength: Fields) -> bool:
        said = strength.text("requirementsSatisfied")
        if said not in ("none", "mfa"):
            raise RestError(f"{said} is not known here as what an authentication strength satisfies")
        return said == "mfa"

    @staticmethod
    def _resists_phishing(strength: Fields) -> bool:
        combinations = [frozenset(each.split(",")) for each in strength.texts("allowedCombinations")]
        if any(not each & RESISTANT and each <= PHISHED for each in combinations):
            return False
        if unknown := sorted(set().union(*combinations) - RESISTANT - PHISHED):
            raise RestError(f"{', '.join(unknown)} is not known here as a way to sign in")
        return bool(combinations)


def _texts(entry: Fields, name: str) -> tuple[str, ...]:
    """A list of texts; empty where Graph says null or leaves it out, as it does with what was never set."""
    return texts_of(entry, name) if name in entry else ()


def _says_something(entry: Fields, name: str) -> bool:
    """Whether a condition is there that is more than null, an empty list, or an object of such."""
    if name not in entry or entry.is_null(name):
        return False
    try:
        part = entry.part(name)
    except RestError:
        pass
    else:
        return any(_says_something(part, each) for each in part.names() if "@" not in each)
    try:
        return bool(entry.values(name))
    except RestError:
        return True


def _word_or_words(entry: Fields, name: str) -> str:
    try:
        return ", ".join(sorted(entry.texts(name)))
    except RestError:
        return entry.text(name)


def _filter_mode(part: Fields | None, name: str) -> str:
    """Which way a filter works: `include`, `exclude`; empty where there is none."""
    found = part_or_none(part, name) if part else None
    if found is None:
        return ""
    mode = found.text("mode")
    if mode not in ("include", "exclude"):
        raise RestError(f"{mode} is not known here as how a filter works")
    return mode
