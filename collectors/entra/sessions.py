"""How long people stay signed in to a tenant, by all policies of Conditional Access together.

https://learn.microsoft.com/entra/identity/conditional-access/concept-session-lifetime
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.entra.conditional_access import MODERN, Policy
from collectors.entra.sign_in import LOCATIONS, POLICIES, STRENGTHS, policies_of
from collectors.entra.source import Entra, part_or_none, text_or_none
from collectors.rest import remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import SessionPolicy

ROLLING_MINUTES = 90 * 24 * 60
"""Without a policy a session ends when nobody used it for ninety days, and never else."""
EVERY_TIME_MINUTES = 5
"""Entra counts a sign-in of the last five minutes as one of now."""
Policies = Callable[[], list[Policy]]
BOTH, TIME_BASED = "primaryAndSecondaryAuthentication", "timeBased"
"""What older policies, which have neither word, ask for: https://learn.microsoft.com/graph/api/resources/signinfrequencysessioncontrol
needs the first for other intervals alone."""
MINUTES = {"hours": 60, "days": 24 * 60}


@collector(permissions=(POLICIES, LOCATIONS, STRENGTHS))
def sessions(entra: Entra) -> Iterator[SessionPolicy]:
    """The shortest session of everybody in all applications; the same of administrators."""
    policies = list(policies_of(entra))
    enforced = remembered(lambda: [each for each in policies if each.state == "enabled"])
    for name, administrators in (("everybody", False), ("administrators", True)):
        yield _together(entra, name, _those_for(enforced, administrators=administrators), administrators=administrators)


def _those_for(enforced: Policies, *, administrators: bool) -> Policies:
    return remembered(lambda: [each for each in enforced() if _is_for(each, administrators=administrators)])


def _together(entra: Entra, name: str, found: Policies, *, administrators: bool) -> SessionPolicy:
    longest = remembered(lambda: min((end for each in found() for end in _frequency(each)), default=0))
    return SessionPolicy(
        id=name,
        name=f"what holds for {name}",
        everybody=not administrators,
        administrators=administrators,
        longest_minutes=entra.look(longest),
        idle_minutes=entra.look(lambda: min(longest() or ROLLING_MINUTES, ROLLING_MINUTES)),
        survives_browser=entra.look(lambda: not any(_ends_with_browser(each) for each in found())),
    )


def _is_for(policy: Policy, *, administrators: bool) -> bool:
    return (policy.administrators if administrators else policy.everybody) and policy.whole(MODERN)


def _control(policy: Policy, name: str) -> Fields | None:
    """A control of sessions, as far as it is switched on."""
    controls = part_or_none(policy.entry, "sessionControls")
    found = part_or_none(controls, name) if controls else None
    return found if found and found.flag("isEnabled") else None


def _frequency(policy: Policy) -> Iterator[int]:
    """After how many minutes one has to prove anew who one is, with the password as well."""
    control = _control(policy, "signInFrequency")
    if control is None:
        return
    interval = text_or_none(control, "frequencyInterval") or TIME_BASED
    asked = text_or_none(control, "authenticationType") or (BOTH if interval == TIME_BASED else "nothing")
    if asked == "secondaryAuthentication":
        return
    if asked != BOTH:
        raise RestError(f"{asked} is not known here as what is asked for again")
    if interval == "everyTime":
        yield EVERY_TIME_MINUTES
        return
    unit = control.text("type")
    if interval != TIME_BASED or unit not in MINUTES:
        raise RestError(f"{interval} in {unit} is not known here as how often people sign in")
    yield control.number("value") * MINUTES[unit]


def _ends_with_browser(policy: Policy) -> bool:
    control = _control(policy, "persistentBrowser")
    if control is None:
        return False
    mode = control.text("mode")
    if mode not in ("always", "never"):
        raise RestError(f"{mode} is not known here as how long a browser remembers")
    return mode == "never"
