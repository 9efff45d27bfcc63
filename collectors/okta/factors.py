"""The second factors that people have set up at Okta. There is no question for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.okta.source import Okta, is_active
from collectors.okta.users import USERS, everybody, is_open
from collectors.rest import Read, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.recording import expect_answers
from core.resource import unobserved
from core.resources.idp import Factor, Factors, Method

FACTORS = Read("/api/v1/users/{user}/factors", needs="okta.users.read", limit="/api/v1/users/{user}/factors")
METHODS: dict[str, Method] = {
    "webauthn": "passkey", "u2f": "security key", "signed_nonce": "platform", "push": "push",
    "token:software:totp": "one-time code", "token:hotp": "one-time code", "token:hardware": "one-time code",
    "token": "one-time code", "hotp": "one-time code", "sms": "sms", "call": "voice", "email": "email",
    "question": "question",
}  # fmt: skip
"""Okta's `factorType`. `signed_nonce` is Okta FastPass: a key that the device keeps."""
NOT_YET = ("PENDING_ACTIVATION", "NOT_SETUP", "EXPIRED", "DISABLED")
"""Beside `INACTIVE`: the states of a factor that nobody can use."""

NOT_ASKED = "nobody can sign in to this account, and its factors were not asked for"


@collector(permissions=(USERS, FACTORS), slow=True)
def factors(okta: Okta) -> Iterator[Factors]:
    """Second factors, by one question for each account that somebody can sign in to."""
    accounts, failure = list[tuple[str, str]](), None
    try:
        for entry in everybody(okta):  # first of all, for then it is known how many questions there are
            accounts.append((entry.text("id"), _why_not(entry)))
    except RestError as error:  # those that were seen are asked for all the same
        failure = error
    expect_answers(sum(not why for _, why in accounts))
    yield from side_by_side(lambda account: _factors(okta, *account), accounts)
    if failure:
        raise failure


def _why_not(entry: Fields) -> str:
    """Why the factors of an account are not asked for; empty when they are."""
    try:
        return "" if is_open(entry) else NOT_ASKED
    except RestError as error:
        return str(error)


def _factors(okta: Okta, name: str, why: str) -> Factors:
    """Those of one account. An answer that is missing hides this account's factors, and no other's."""
    if not why:
        try:
            found = [each for each in okta.entries(FACTORS, user=name) if is_active(each, *NOT_YET)]
            active = tuple(sorted(map(_factor, found), key=lambda each: each.name))
            return Factors(id=name, enrolled=bool(active), factors=active)
        except RestError as error:
            why = str(error)
    return Factors(id=name, enrolled=unobserved(why), factors=unobserved(why))


def _factor(entry: Fields) -> Factor:
    name = entry.text("factorType")
    method = METHODS.get(name) or unobserved(f"Okta's word {name} is not known here")
    return Factor(method=method, name=name)
