"""What Okta demands of those who sign in.

On the Identity Engine the policy of the application asks for factors, once more than the policy of the organization's
session did: what either of them demands is demanded. So each rule of applications is told with what the session demands
already. On the classic engine the policy of the session is the one that counts for all applications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.okta.applications import APPS
from collectors.okta.groups import GROUPS
from collectors.okta.policies import (
    POLICIES,
    RULES,
    admits,
    everyone_in,
    is_for_everybody,
    policies_of,
    rules_of,
    rules_of_sessions,
)
from collectors.okta.source import PIPELINE, Okta, last_part, named
from collectors.rest import remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import SignInPolicy

CONSOLE_FILTER = 'name eq "saasure"'
"""What Okta calls the console of administrators among applications."""
REQUIRED, ASSURANCE = "REQUIRED", "ASSURANCE"
NO_WORD = "Okta's rules have no word for it that holds for all applications"


@collector(permissions=(PIPELINE, POLICIES, RULES, APPS, GROUPS))
def sign_in(okta: Okta) -> Iterator[SignInPolicy]:
    """Rules of sign-in: for applications on the Identity Engine, for the session on the classic one."""
    if okta.pipeline() == "v1":
        everyone = remembered(lambda: everyone_in(okta))
        for policy, rule in rules_of_sessions(okta, everyone):
            yield _of_session(okta, policy, rule, everyone)
        return
    session, console = remembered(lambda: _session_demands(okta)), remembered(lambda: _policy_of_console(okta))
    for policy in policies_of(okta, "ACCESS_POLICY"):
        for rule in rules_of(okta, policy):
            if _is_for_applications(policy):
                yield _of_applications(okta, policy, rule, session, console)


def _is_for_applications(policy: Fields) -> bool:
    """Whether a policy lets people into applications: one other of the same type says how they change their factors."""
    of = policy.part("_embedded") if "_embedded" in policy else None
    return of is None or "resourceType" not in of or of.text("resourceType") == "APP"


def _session_demands(okta: Okta) -> bool:
    """Whether nobody has a session at all without a second factor, by any policy of sessions. Raises `RestError`."""
    actions = [
        rule.part("actions").part("signon")
        for policy in policies_of(okta, "OKTA_SIGN_ON")
        for rule in rules_of(okta, policy)
    ]
    return bool(actions) and all(each.flag("requireFactor") for each in actions if admits(each))


def _policy_of_console(okta: Okta) -> str:
    """The id of the policy that lets administrators in. Raises `RestError`."""
    for each in okta.entries(APPS, filter=CONSOLE_FILTER):
        return last_part(each.part("_links").part("accessPolicy").text("href"))
    raise RestError("the console of administrators is not among the applications that are shown to us")


def _of_session(okta: Okta, policy: Fields, rule: Fields, everyone: Callable[[], str]) -> SignInPolicy:
    action = rule.part("actions").part("signon")
    look = okta.look
    for_all = look(lambda: is_for_everybody(policy, everyone))
    return SignInPolicy(
        id=f"{policy.text('id')}/{rule.text('id')}",
        name=look(lambda: f"{policy.text('name')}: {rule.text('name')}"),
        enforced=True,
        decides="alone",
        everybody=for_all,
        administrators=for_all,
        everything=True,
        exceptions=look(lambda: _exceptions(rule)),
        admits=look(lambda: admits(action)),
        second_factor=look(lambda: action.flag("requireFactor")),
        phishing_resistant=False,  # the classic engine asks for any of the factors that somebody has
        stops_legacy=unobserved(NO_WORD),
        managed_device=False,
    )


def _of_applications(
    okta: Okta, policy: Fields, rule: Fields, session: Callable[[], bool], console: Callable[[], str]
) -> SignInPolicy:
    action = rule.part("actions").part("appSignOn")
    look = okta.look
    name = policy.text("id")
    return SignInPolicy(
        id=f"{name}/{rule.text('id')}",
        name=look(lambda: f"{policy.text('name')}: {rule.text('name')}"),
        enforced=True,
        decides="alone",
        everybody=look(lambda: _is_for_all(rule)),
        administrators=look(lambda: console() == name and _is_for_all(rule)),
        everything=look(lambda: policy.flag("system")),  # for all applications that were given no other
        exceptions=look(lambda: _exceptions(rule)),
        admits=look(lambda: admits(action)),
        second_factor=look(lambda: _demands_two(action, session)),
        phishing_resistant=look(lambda: _resists_phishing(action.part("verificationMethod"))),
        stops_legacy=unobserved(NO_WORD),
        managed_device=look(lambda: _is_managed(rule)),
    )


def _is_for_all(rule: Fields) -> bool:
    """Whether a rule names nobody whom alone it is for."""
    people = ("conditions", "people")
    return not (
        named(rule, *people, "users", "include")
        or named(rule, *people, "groups", "include")
        or named(rule, "conditions", "userType", "include")
    )


def _exceptions(rule: Fields) -> tuple[str, ...]:
    people = ("conditions", "people")
    found = {*named(rule, *people, "users", "exclude"), *named(rule, *people, "groups", "exclude")}
    return tuple(sorted(found | {*named(rule, "conditions", "userType", "exclude")}))


def _demands_two(action: Fields, session: Callable[[], bool]) -> bool:
    try:
        own = _two_factors(action.part("verificationMethod"))
    except RestError:
        if session():
            return True
        raise
    return own or session()


def _two_factors(method: Fields) -> bool:
    """Two, or one that is two: a possession that opens only to its owner."""
    _constraints(method)
    mode = method.text("factorMode")
    if mode == "1FA":
        return _all_possess(method, "userVerification")
    if mode != "2FA":
        raise RestError(f"{mode} is not known here as a number of factors")
    return True


def _resists_phishing(method: Fields) -> bool:
    return _all_possess(method, "phishingResistant")


def _all_possess(method: Fields, quality: str) -> bool:
    """Whether each of the alternatives that a rule accepts demands a possession of this quality."""
    alternatives = _constraints(method)
    return bool(alternatives) and all("possession" in each and _demands(each, quality) for each in alternatives)


def _demands(alternative: Fields, quality: str) -> bool:
    """Whether a possession has to have it, which is optional unless something is said."""
    wanted = alternative.part("possession")
    if quality not in wanted:
        return False
    if (said := wanted.text(quality)) not in (REQUIRED, "OPTIONAL"):
        raise RestError(f"{said} is not known here as how much a rule demands something")
    return said == REQUIRED


def _constraints(method: Fields) -> list[Fields]:
    """The alternatives; none when any factor will do. Raises `RestError` for a rule that demands in another way."""
    if (kind := method.text("type")) != ASSURANCE:
        raise RestError(f"what rules of the type {kind} demand is not known here")
    return list(method.parts("constraints")) if "constraints" in method else []


def _is_managed(rule: Fields) -> bool:
    if "conditions" not in rule or rule.is_null("conditions"):
        return False
    conditions = rule.part("conditions")
    if "device" not in conditions or conditions.is_null("device"):
        return False
    device = conditions.part("device")
    return "managed" in device and device.flag("managed")
