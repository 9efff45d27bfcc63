"""What 2-Step Verification demands, and who administers with which keys, where an ordinary customer shows too little."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from core.engine import collect
from tests.collectors.google_workspace.conftest import WorkspacePlace
from tests.collectors.rest_world import AS_OF, World, clock, same, told
from tests.google_workspace_server import (  # fmt: skip
    ADA,
    ADMINS,
    ANSWERS,
    CUSTOMER,
    DIRECTORY,
    EVE,
    ROOT_UNIT,
    SALES_UNIT,
    TWO_STEP,
    error,
    policy,
    usage,
    user,
)

REPORT = f"/admin/reports/v1/usage/users/{ADA}/dates/2026-11-21"
METHODS = f"{TWO_STEP}enforcement_factor"
LICENCE = {"query": "entity.licenses.exists(license, license in ['/product/Google-Apps'])"}


def policies(acme: WorkspacePlace, *found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is seen of 2-Step Verification where these policies are shown."""
    acme.shows.answers["/v1/policies"] = ("", "policies", list(found))
    unit = acme.unit("second_steps.policies")
    assert not unit.unit.gaps
    return told(unit)["google_workspace_second_step_policy"]


def administrator(acme: WorkspacePlace, name: str = ADA) -> dict[str, Any]:
    unit = acme.unit("administrators.administrators")
    assert not unit.unit.gaps
    return told(unit)["google_workspace_administrator"][name]


def factors(name: str, said: str, unit: str = ROOT_UNIT, **query: Any) -> dict[str, Any]:
    return policy(name, METHODS, {"allowedSignInFactorSet": said}, unit, **query)


def test_what_no_policy_sets_is_what_google_says_or_unknown(acme: WorkspacePlace) -> None:
    found = policies(acme, factors("t1", "PASSKEY_ONLY", SALES_UNIT))
    assert (found[SALES_UNIT]["methods"], found[ROOT_UNIT]["methods"]) == ("PASSKEY_ONLY", "ALL")
    assert (found[ROOT_UNIT]["may_enrol"], found[SALES_UNIT]["trusts_devices"]) == (True, True)
    unset = "? no policy for {} is shown; Google does not tell which default holds instead"
    assert found[SALES_UNIT]["enforced_from"] == unset.format("enforcement")
    assert found[ROOT_UNIT]["new_people_days"] == unset.format("grace_period")
    assert found[ROOT_UNIT]["suspended_days"] == unset.format("sign_in_code")
    assert (found[ROOT_UNIT]["everybody"], found[SALES_UNIT]["everybody"]) == (True, False)


@pytest.mark.parametrize(("order", "expected"), [
    (3, "? a policy for enforcement_factor comes first of which it is not known here whom it is for"),
    (0.5, "PASSKEY_ONLY"),
])  # fmt: skip
@pytest.mark.parametrize("whom", [LICENCE, {"orgUnit": "orgUnits/hidden"}])
def test_a_policy_for_we_do_not_know_whom_hides_those_after_it(
    acme: WorkspacePlace, order: float, expected: str, whom: dict[str, str]
) -> None:
    found = policies(acme, factors("t1", "PASSKEY_ONLY"), factors("t2", "ALL", sortOrder=order, **whom))
    assert list(found) == [ROOT_UNIT]
    assert found[ROOT_UNIT]["methods"] == expected


@pytest.mark.parametrize(("setting", "value", "field", "expected"), [
    ("enforcement_factor", {"allowedSignInFactorSet": "CARRIER_PIGEON"}, "methods",
     "? CARRIER_PIGEON is not known here as a choice of second steps"),
    ("grace_period", {"enrollmentGracePeriod": "a while"}, "new_people_days", "? 'a while' is no span of time"),
    ("grace_period", {"enrollmentGracePeriod": "86401s"}, "new_people_days", 2),
    ("sign_in_code", {"backupCodeExceptionPeriod": "0s"}, "suspended_days", 0),
])  # fmt: skip
def test_values(acme: WorkspacePlace, setting: str, value: dict[str, Any], field: str, expected: Any) -> None:
    found = policies(acme, policy("t1", f"{TWO_STEP}{setting}", value), policy("t2", f"{TWO_STEP}new_one", {}))
    assert found[ROOT_UNIT][field] == expected


def test_a_unit_has_what_is_set_above_it_and_nothing_from_beside_it(acme: WorkspacePlace) -> None:
    kind, items, units = deepcopy(ANSWERS[f"{CUSTOMER}/orgunits"])
    units += [
        {"orgUnitPath": "/Sales/EU", "orgUnitId": "id:eu"},
        {"orgUnitPath": "/SalesForce", "orgUnitId": "id:force"},
    ]
    acme.shows.answers[f"{CUSTOMER}/orgunits"] = (kind, items, units)
    grace = [policy(name, f"{TWO_STEP}grace_period", {"enrollmentGracePeriod": "0s"}, name) for name in ("eu", "force")]
    found = policies(
        acme, *grace, factors("t1", "ALL"), factors("t2", "NO_TELEPHONY", SALES_UNIT, sortOrder=2),
        factors("t3", "PASSKEY_ONLY", SALES_UNIT, sortOrder=2.1, group=f"groups/{ADMINS}"),
    )  # fmt: skip
    assert {each["name"]: each["methods"] for each in found.values()} == {
        "/": "ALL", "/Sales": "NO_TELEPHONY", "/Sales/EU": "NO_TELEPHONY", "/SalesForce": "ALL",
        f"groups/{ADMINS} in /Sales": "PASSKEY_ONLY",
    }  # fmt: skip


def test_without_policies_or_the_topmost_unit_nothing_is_told(acme: WorkspacePlace) -> None:
    kind, items, units = ANSWERS[f"{CUSTOMER}/orgunits"]
    acme.shows.answers[f"{CUSTOMER}/orgunits"] = (kind, items, units[1:])
    (gap,) = acme.unit("second_steps.policies").unit.gaps
    assert gap.reason == "the topmost organizational unit is not shown to us"
    acme.shows.answers["/v1/policies"] = ("", "policies", [])
    (gap,) = acme.unit("second_steps.policies").unit.gaps
    assert gap.reason.startswith("no policy for 2-Step Verification is shown")


@pytest.mark.parametrize(("members", "expected"), [
    ([], "ALL"), ([{"id": EVE, "type": "USER"}], "ALL"), ([{"id": "C012345", "type": "CUSTOMER"}], "PASSKEY_ONLY"),
])  # fmt: skip
def test_who_is_in_the_group_has_its_policy(acme: WorkspacePlace, members: list[dict[str, str]], expected: str) -> None:
    path = f"{DIRECTORY}/groups/{ADMINS}/members?derived"
    acme.shows.answers[path] = ("admin#directory#members", "members", members)
    assert administrator(acme)["methods"] == expected


def test_without_policies_keys_are_told_all_the_same(acme: WorkspacePlace) -> None:
    acme.shows.refused["/v1/policies"] = error(403, "forbidden", "no super administrator")
    found = administrator(acme)
    assert found["methods"].endswith("is answered with status 403 (no super administrator)")
    assert (found["security_keys"], found["passkeys"]) == (1, 0)


def test_who_is_listed_twice_is_one(acme: WorkspacePlace) -> None:
    listed = [user(ADA, "ada", isAdmin=True, isDelegatedAdmin=True)]
    acme.shows.answers[f"{DIRECTORY}/users"] = ("admin#directory#users", "users", listed)
    assert administrator(acme)["security_keys"] == 1


def test_a_unit_that_was_begun_before_midnight_replays_the_same(acme: WorkspacePlace) -> None:
    source, name = acme.source(), "google_workspace.administrators.administrators"
    source._clock = lambda: AS_OF + timedelta(days=1)  # type: ignore[attr-defined] # the engine's says a day less
    unit = collect(acme.collectors[name], source, version="0", clock=clock)
    source.close()
    days = {each.parameters["date"] for each in unit.unit.exchanges if "date" in each.parameters}
    assert max(days) == "2026-11-23"
    world = World({name: acme.collectors[name]}, {}, acme.provider.replay, {name: unit})
    assert same(world.replayed(name), unit)


NONE = "? no usage report of the 7 days before 2026-11-23 tells of this account"


@pytest.mark.parametrize(("reports", "last", "expected"), [
    ([usage(ADA, "2026-11-21", num_security_keys=3, num_passkeys_enrolled=1)], "2026-11-21", 3),
    ([usage(EVE, "2026-11-21", num_security_keys=3, num_passkeys_enrolled=1)], "2026-11-21", 1),
    ([{"entity": {"profileId": ADA}}], "2026-11-21", 1),
    ([], "2026-11-10", NONE),
    ([{"entity": {"profileId": ADA}, "parameters": [{"name": "accounts:num_security_keys", "intValue": "many"}]}], "2026-11-21",
     "? accounts:num_security_keys of a usage report is no number"),
])  # fmt: skip
def test_keys_are_those_of_the_newest_report_that_tells(
    acme: WorkspacePlace, reports: list[dict[str, Any]], last: str, expected: Any
) -> None:
    acme.shows.reported = last
    acme.shows.answers[REPORT] = ("admin#reports#usageReports", "", {"usageReports": reports})
    found = administrator(acme)
    assert found["security_keys"] == expected
    assert acme.server.asked[-1].query.get("parameters") in (
        None,
        "accounts:num_security_keys,accounts:num_passkeys_enrolled",
    )


@pytest.mark.parametrize(("answer", "expected"), [
    (("admin#reports#activities", "", {}), "is not of the kind admin#reports#usageReports"), (None, "status 403 (no)"),
])  # fmt: skip
def test_a_report_that_is_none_or_refused_is_unknown(acme: WorkspacePlace, answer: Any, expected: str) -> None:
    if answer:
        acme.shows.answers[REPORT] = answer
    else:
        acme.shows.refused[REPORT] = error(403, "forbidden", "no")
    found = administrator(acme)
    assert found["security_keys"] == found["passkeys"] == found["keys_counted"]
    assert found["security_keys"].endswith(expected)
    assert administrator(acme, EVE)["security_keys"] == 0
