"""Policies of an organization at Okta: of passwords, of sessions, and of what is demanded of those who sign in.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.okta.groups import GROUPS
from collectors.okta.source import Okta, is_active, named
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import PasswordPolicy, SessionPolicy

POLICIES = Read("/api/v1/policies", needs="okta.policies.read", limit="/api/v1/policies")
RULES = Read("/api/v1/policies/{policy}/rules", needs="okta.policies.read", limit="/api/v1/policies")
CONSOLE = Read(
    "/api/v1/first-party-app-settings/admin-console", needs="okta.apps.read", limit="/api/v1/first-party-app-settings"
)
BUILT_IN, EVERYONE = 'type eq "BUILT_IN"', "Everyone"
"""How Okta is asked for the groups that it keeps itself, and what it calls the one in which everybody always is."""
DENY = "DENY"
SECONDS = 60


def policies_of(okta: Okta, kind: str) -> Iterator[Fields]:
    """Policies of a type that are switched on. Raises `RestError` when these are not all."""
    return (each for each in okta.entries(POLICIES, type=kind) if is_active(each))


def rules_of(okta: Okta, policy: Fields) -> Iterator[Fields]:
    """Rules of a policy that are switched on. Raises `RestError` when these are not all."""
    return (each for each in okta.entries(RULES, policy=policy.text("id")) if is_active(each))


def everyone_in(okta: Okta) -> str:
    """The id of the group in which everybody always is. Raises `RestError`."""
    for each in okta.entries(GROUPS, filter=BUILT_IN):
        if each.part("profile").text("name") == EVERYONE:
            return each.text("id")
    raise RestError("the group of everybody is not among those that are shown to us")


def is_for_everybody(policy: Fields, everyone: Callable[[], str]) -> bool:
    """Whether a policy is for all people: the system's own, or one that is given to the group of everybody. Raises
    `RestError`."""
    if policy.flag("system"):
        return True
    given_to = named(policy, "conditions", "people", "groups", "include")
    return bool(given_to) and everyone() in given_to


@collector(permissions=(POLICIES,))
def passwords(okta: Okta) -> Iterator[PasswordPolicy]:
    """What passwords have to be, by each policy that is switched on. The system's own holds for all others."""
    for each in policies_of(okta, "PASSWORD"):
        yield _password_policy(okta, each)


@collector(permissions=(POLICIES, RULES, CONSOLE, GROUPS))
def sessions(okta: Okta) -> Iterator[SessionPolicy]:
    """How long sessions last: by each rule that lets somebody in, and in the console of administrators."""
    everyone = remembered(lambda: everyone_in(okta))
    for policy in policies_of(okta, "OKTA_SIGN_ON"):
        for rule in rules_of(okta, policy):
            action = rule.part("actions").part("signon")
            if action.text("access") != DENY:
                yield _session_policy(okta, policy, rule, action.part("session"), everyone)
    console = okta.one(CONSOLE)
    yield SessionPolicy(
        id="admin-console",
        name="Okta Admin Console",
        everybody=False,
        administrators=True,
        longest_minutes=okta.look(lambda: console.number("sessionMaxLifetimeMinutes")),
        idle_minutes=okta.look(lambda: console.number("sessionIdleTimeoutMinutes")),
        survives_browser=False,  # a session there lives inside the one of the organization, which is judged by itself
    )


def _password_policy(okta: Okta, policy: Fields) -> PasswordPolicy:
    look = okta.look

    def part(name: str) -> Fields:
        return policy.part("settings").part("password").part(name)

    return PasswordPolicy(
        id=policy.text("id"),
        name=look(lambda: policy.text("name")),
        default=look(lambda: policy.flag("system")),
        minimum_length=look(lambda: part("complexity").number("minLength")),
        simple_refused=look(lambda: part("complexity").part("dictionary").part("common").flag("exclude")),
        history=look(lambda: part("age").number("historyCount")),
        maximum_days=look(lambda: part("age").number("maxAgeDays")),
        wrong_guesses=look(lambda: part("lockout").number("maxAttempts")),
        locked_seconds=look(lambda: part("lockout").number("autoUnlockMinutes") * SECONDS),
    )


def _session_policy(
    okta: Okta, policy: Fields, rule: Fields, session: Fields, everyone: Callable[[], str]
) -> SessionPolicy:
    look = okta.look
    for_all = look(lambda: is_for_everybody(policy, everyone))
    return SessionPolicy(
        id=f"{policy.text('id')}/{rule.text('id')}",
        name=look(lambda: f"{policy.text('name')}: {rule.text('name')}"),
        everybody=for_all,
        administrators=for_all,
        longest_minutes=look(lambda: session.number("maxSessionLifetimeMinutes")),
        idle_minutes=look(lambda: session.number("maxSessionIdleMinutes")),
        survives_browser=look(lambda: session.flag("usePersistentCookie")),
    )


def admits(action: Fields) -> bool:
    """Whether who meets a rule comes in. Raises `RestError` for a word that is not known."""
    said = action.text("access")
    if said not in ("ALLOW", "CHALLENGE", DENY):
        raise RestError(f"{said} is not known here as what a rule does")
    return said != DENY
