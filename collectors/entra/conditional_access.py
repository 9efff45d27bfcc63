"""What a policy of Conditional Access says, read strictly: whom it is for, and what narrows it.

https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy. What it demands is read by
`controls.py`. A word or a condition that is not known raises `RestError`: it may narrow the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from collectors.entra.controls import Controls, Strengths
from collectors.entra.roles import ALMIGHTY, PARTNER_TIER2_SUPPORT
from collectors.entra.source import part_or_none, text_or_none, texts_of, texts_or_none
from collectors.rest_answers import Fields, RestError

State = Literal["enabled", "report only", "disabled"]
STATES: Mapping[str, State] = {
    "enabled": "enabled", "enabledForReportingButNotEnforced": "report only", "disabled": "disabled",
}  # fmt: skip
ALL, ALL_SMALL, GUESTS = "All", "all", "GuestsOrExternalUsers"
OF_SOME_TENANTS = " from some tenants"
CHOOSABLE = ALMIGHTY - {PARTNER_TIER2_SUPPORT}
"""The privileged roles that a policy can name."""
MODERN, LEGACY = frozenset({"browser", "mobileAppsAndDesktopClients"}), frozenset({"exchangeActiveSync", "other"})
CLIENTS = frozenset({ALL_SMALL, "easSupported", *MODERN, *LEGACY})
RISKS = {
    "signInRiskLevels": "sign-in risk", "userRiskLevels": "user risk", "servicePrincipalRiskLevels": "service risk",
    "insiderRiskLevels": "insider risk", "agentIdRiskLevels": "agent risk",
}  # fmt: skip
READ: Mapping[str, frozenset[str]] = {
    "users": frozenset({
        f"{way}{who}" for way in ("include", "exclude") for who in ("Users", "Groups", "Roles", "GuestsOrExternalUsers")
    }),
    "applications": frozenset({
        "includeApplications", "excludeApplications", "includeUserActions", "applicationFilter",
        "includeAuthenticationContextClassReferences",
    }),
    "locations": frozenset({"includeLocations", "excludeLocations"}),
    "platforms": frozenset({"includePlatforms", "excludePlatforms"}),
    "devices": frozenset({"deviceFilter"}),
    "authenticationFlows": frozenset({"transferMethods"}),
}  # fmt: skip
"""Conditions, and what is read of each."""
READ_WHOLE = frozenset({"clientApplications", "clientAppTypes", *RISKS})
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
        return self._users is not None and ALL in texts_of(self._users, "includeUsers")

    @property
    def administrators(self) -> bool:
        """Leaving one privileged role out leaves out everybody who has it, and is more than an exception."""
        users = self._users
        if users is None or CHOOSABLE & {*texts_of(users, "excludeRoles")}:
            return False
        return self.everybody or {*texts_of(users, "includeRoles")} >= CHOOSABLE

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Ids of users, groups and roles; guests by Entra's word, with their kinds where these are told, and whether
        only those from some tenants are meant."""
        if (users := self._users) is None:
            return ()
        found = {each for name in ("Users", "Groups", "Roles") for each in users.texts(f"exclude{name}")}
        if guests := part_or_none(users, "excludeGuestsOrExternalUsers"):
            tenants = part_or_none(guests, "externalTenants")
            from_some = tenants is not None and text_or_none(tenants, "membershipKind") != ALL_SMALL
            kinds = guests.text("guestOrExternalUserTypes") or ALL_SMALL
            found.add(f"{GUESTS}: {kinds}{OF_SOME_TENANTS if from_some else ''}")
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
        if not (said := found.texts("clientAppTypes")):
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
        return self._controls is not None and self._controls.blocks

    @property
    def second_factor(self) -> bool:
        return self._controls is not None and self._controls.second_factor

    @property
    def phishing_resistant(self) -> bool:
        return self._controls is not None and self._controls.phishing_resistant

    @property
    def managed_device(self) -> bool:
        return self._controls is not None and self._controls.managed_device

    @cached_property
    def _conditions(self) -> Fields:
        """Raises `RestError` for a condition that is not read, and says something: it may narrow the policy."""
        found = self.entry.part("conditions")
        _refuse_others(found, {*READ, *READ_WHOLE})
        for name, known in READ.items():
            if part := part_or_none(found, name):
                _refuse_others(part, known)
        return found

    @cached_property
    def _users(self) -> Fields | None:
        """`None` in a policy for programs: one of both is required."""
        users = part_or_none(self._conditions, "users")
        if users is None and part_or_none(self._conditions, "clientApplications") is None:
            raise RestError("a policy does not say for whom it is")
        return users

    @cached_property
    def _controls(self) -> Controls | None:
        grant = part_or_none(self.entry, "grantControls")
        return None if grant is None else Controls(grant, self.strengths)

    def _left_out(self) -> Iterator[str]:
        applications = self._conditions.part("applications")
        yield from (f"application {each}" for each in texts_of(applications, "excludeApplications"))
        if locations := part_or_none(self._conditions, "locations"):
            yield from (f"location {self.named(each)}" for each in locations.texts("excludeLocations"))
        if platforms := part_or_none(self._conditions, "platforms"):
            yield from (f"platform {each}" for each in texts_or_none(platforms, "excludePlatforms"))
        if _filter_mode(part_or_none(self._conditions, "devices"), "deviceFilter") == "exclude":
            yield "devices by a filter"
        if _filter_mode(applications, "applicationFilter") == "exclude":
            yield "applications by a filter"

    def _limited_to(self) -> Iterator[str]:
        applications = self._conditions.part("applications")
        included = texts_of(applications, "includeApplications")
        if ALL not in included:
            yield from (f"application {each}" for each in included or ("none",))
            yield from (f"action {each}" for each in texts_or_none(applications, "includeUserActions"))
        if locations := part_or_none(self._conditions, "locations"):
            where = texts_or_none(locations, "includeLocations")
            yield from (f"location {self.named(each)}" for each in where if ALL not in where)
        if platforms := part_or_none(self._conditions, "platforms"):
            which = texts_or_none(platforms, "includePlatforms")
            yield from (f"platform {each}" for each in which if ALL_SMALL not in which)
        if _filter_mode(part_or_none(self._conditions, "devices"), "deviceFilter") == "include":
            yield "devices by a filter"
        if _filter_mode(applications, "applicationFilter") == "include":
            yield "applications by a filter"
        if flows := part_or_none(self._conditions, "authenticationFlows"):
            yield from (f"flow {each}" for each in text_or_none(flows, "transferMethods").split(",") if each)
        for name, risk in RISKS.items():
            if _says_something(self._conditions, name):
                yield f"{risk} {_word_or_words(self._conditions, name)}"


def _refuse_others(entry: Fields, known: Collection[str]) -> None:
    for name in entry.names():
        if name not in known and "@" not in name and _says_something(entry, name):
            raise RestError(f"the condition {name} of a policy is not known here")


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
