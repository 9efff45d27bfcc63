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
CHOICES = {"network": "connection", "authContext": "authType", "identityProvider": "provider", "riskScore": "level"}
ANY = ("ANY", "ANYWHERE")
"""Conditions that choose by a word, and the words that restrict nothing."""
LISTS = ("include", "exclude", "behaviors")
INSIDE = {
    "people": ("users", "groups"), "users": LISTS, "groups": LISTS, "userType": LISTS, "risk": LISTS,
}  # fmt: skip
"""Conditions that name whom they are for, and what is in them. All others restrict by being there."""
SECONDS = 60


def policies_of(okta: Okta, kind: str) -> Iterator[Fields]:
    """Policies of a type that are switched on. Raises `RestError` when these are not all."""
    return (each for each in okta.entries(POLICIES, type=kind) if is_active(each))


def rules_of(okta: Okta, policy: Fields) -> Iterator[Fields]:
    """Rules of a policy that are switched on and come to be asked. Raises `RestError` when these are not all.

    The first rule that fits decides, in the order of their priorities: behind one that fits always no other is reached
    (https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/, Policy evaluation).
    """
    found, failure = list[Fields](), None
    try:
        found += (each for each in okta.entries(RULES, policy=policy.text("id")) if is_active(each))
    except RestError as error:
        failure = error
    ends = [place for each in found if _fits_always(each) and (place := _priority(each)) is not None]
    for each in found:
        place = _priority(each)
        if not ends or place is None or place <= min(ends):
            yield each
    if failure:
        raise failure


def rules_of_sessions(okta: Okta, everyone: Callable[[], str]) -> Iterator[tuple[Fields, Fields]]:
    """Policies of sessions, each with its rules that come to be asked: behind a policy for everybody with a rule that
    lets all in no other is reached. Raises `RestError` when these are not all."""
    found, failure = list[Fields](), None
    try:
        found += policies_of(okta, "OKTA_SIGN_ON")
    except RestError as error:
        failure = error
    end: int | None = None
    for policy in sorted(found, key=lambda each: _priority(each) or 0):
        place = _priority(policy)
        if end is not None and place is not None and place > end:
            continue
        rules = list[Fields]()
        try:
            rules += rules_of(okta, policy)
        except RestError as error:
            failure = error
        yield from ((policy, rule) for rule in rules)
        if any(_lets_all_in(each) for each in rules) and _holds_everybody(policy, everyone):
            end = place
    if failure:
        raise failure


def _lets_all_in(rule: Fields) -> bool:
    return _fits_always(rule) and admits(rule.part("actions").part("signon"))


def _holds_everybody(policy: Fields, everyone: Callable[[], str]) -> bool:
    """Whether nobody goes past a policy. Where that cannot be known somebody may."""
    try:
        return is_for_everybody(policy, everyone)
    except RestError:
        return False


def _priority(entry: Fields) -> int | None:
    """The place in the order. What has none that is told may be reached, and hides no other."""
    return None if "priority" not in entry or entry.is_null("priority") else entry.number("priority")


def _fits_always(rule: Fields) -> bool:
    """Whether no condition restricts a rule. One that cannot be read may."""
    if "conditions" not in rule or rule.is_null("conditions"):
        return True
    conditions = rule.part("conditions")
    try:
        return all(_restricts_nothing(conditions, each) for each in conditions.names())
    except RestError:
        return False


def _restricts_nothing(part: Fields, name: str) -> bool:
    """Whether a condition, or a part of one, is null, names nobody, or says that anything will do."""
    if part.is_null(name):
        return True
    if name in CHOICES:
        return part.part(name).text(CHOICES[name]) in ANY
    if name in INSIDE:
        inside = part.part(name)
        return all(each in INSIDE[name] and _restricts_nothing(inside, each) for each in inside.names())
    return name in LISTS and not part.values(name)


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
    for policy, rule in rules_of_sessions(okta, everyone):
        action = rule.part("actions").part("signon")
        if admits(action):
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
