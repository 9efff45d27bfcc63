"""2-Step Verification as Cloud Identity tells a super administrator: what it demands, of which units and groups.

Each of its settings has policies of its own, for a unit or for a group in a unit:
https://cloud.google.com/identity/docs/concepts/supported-policy-api-settings. Of those that fit an account, the one
with the greatest sort order counts, so that what a unit does not set it has from those above it, and the topmost one
from Google where that says what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args

from collectors.google_workspace.policies import (
    LICENSED,
    POLICIES,
    ROOT,
    SECONDS_OF_DAY,
    UNITS,
    optional,
    order,
    paths_of_units,
    seconds,
)
from collectors.google_workspace.source import Workspace
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.google_workspace import SecondStepPolicy, SecondSteps

PREFIX = "settings/security.two_step_verification_"
ENROLMENT, ENFORCEMENT, METHODS, GRACE, TRUST, CODES = SETTINGS = (
    "enrollment", "enforcement", "enforcement_factor", "grace_period", "device_trust", "sign_in_code",
)  # fmt: skip
DEFAULTS: Mapping[str, Fields] = {
    name: Fields(value, "Google's default")
    for name, value in {
        ENROLMENT: {"allowEnrollment": True}, METHODS: {"allowedSignInFactorSet": "ALL"},
        TRUST: {"allowTrustingDevice": True},
    }.items()
}  # fmt: skip
"""What holds where no policy is shown (https://cloud.google.com/identity/docs/concepts/policy-api-concepts, Default
field values). Of the other settings Google names none."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""What stands as the time from when a second step is demanded where it is not."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """Whom a policy is for: a unit, or a group in it, by their ids."""

    unit: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A policy, and whom it is for: `None` where that is more than one unit or group, or holders of a licence."""

    setting: str
    order: float
    target: Target | None
    value: Fields


class SecondStepPolicies:
    """All policies on 2-Step Verification. `paths` are those of units by their ids."""

    def __init__(self, policies: Collection[Placed], paths: Mapping[str, str]) -> None:
        self._policies = policies
        self.paths = paths

    @property
    def targets(self) -> list[Target]:
        """Everybody that a policy is for, and the topmost unit."""
        top = {Target(unit) for unit, path in self.paths.items() if path == ROOT}
        return sorted(top | {each.target for each in self._policies if each.target})

    def groups(self, setting: str) -> list[str]:
        """The groups that have a policy for a setting."""
        return sorted({each.target.group for each in self._policies if each.setting == setting and each.target} - {""})

    def holding(self, setting: str, path: str, groups: Collection[str]) -> Fields:
        """What a setting is for who is in a unit and, of the groups that have policies, in these.

        Raises `RestError` when neither a policy says nor a default is known, or when a policy may hold of which it is
        not known whom it is for.
        """
        fitting = [
            each
            for each in self._policies
            if each.setting == setting and (each.target is None or self._fits(each.target, path, groups))
        ]
        if not fitting and setting in DEFAULTS:
            return DEFAULTS[setting]
        if not fitting:
            raise RestError(f"no policy for {setting} is shown; Google does not tell which default holds instead")
        found = max(fitting, key=lambda each: each.order)
        if found.target is None:
            raise RestError(f"a policy for {setting} comes first of which it is not known here whom it is for")
        return found.value

    def _fits(self, target: Target, path: str, groups: Collection[str]) -> bool:
        above = self.paths[target.unit].rstrip("/")
        return f"{path.rstrip('/')}/".startswith(f"{above}/") and (not target.group or target.group in groups)


@collector(permissions=(POLICIES, UNITS))
def policies(workspace: Workspace) -> Iterator[SecondStepPolicy]:
    """What 2-Step Verification demands of each unit and group that has a policy of its own, and of the topmost unit."""
    found = second_step_policies(workspace)
    for target in found.targets:
        yield _policy(workspace, found, target)


def second_step_policies(workspace: Workspace) -> SecondStepPolicies:
    """Raises `RestError`, also when there is no policy at all, or the topmost unit is not shown."""
    listed = workspace.entries(POLICIES, "policies", pageSize="100", filter=f"setting.type.matches('^{PREFIX}.*$')")
    found = [each for each in listed if each.part("setting").text("type").removeprefix(PREFIX) in SETTINGS]
    if not found:
        raise RestError(
            "no policy for 2-Step Verification is shown, so that defaults hold which Google does not tell here"
        )
    paths = paths_of_units(workspace)
    if ROOT not in paths.values():
        raise RestError("the topmost organizational unit is not shown to us")
    return SecondStepPolicies([_placed(each, paths) for each in found], paths)


def methods_of(value: Fields) -> SecondSteps:
    """What is taken as a second step. Raises `RestError` for a word that is not known here."""
    if (said := value.text("allowedSignInFactorSet")) not in get_args(SecondSteps):
        raise RestError(f"{said} is not known here as a choice of second steps")
    return cast("SecondSteps", said)


def _placed(entry: Fields, paths: Mapping[str, str]) -> Placed:
    query, setting = entry.part("policyQuery"), entry.part("setting")
    if "query" not in query and "orgUnit" not in query:
        raise RestError("a policy does not say for whom it is")
    unit = optional(query, "orgUnit").removeprefix("orgUnits/")
    target = Target(unit, optional(query, "group").removeprefix("groups/"))
    placed = unit in paths and LICENSED not in optional(query, "query")
    setting_name = setting.text("type").removeprefix(PREFIX)
    return Placed(setting_name, order(entry), target if placed else None, setting.part("value"))


def _policy(workspace: Workspace, policies: SecondStepPolicies, target: Target) -> SecondStepPolicy:
    look, path, groups = workspace.look, policies.paths[target.unit], {target.group}

    def value(setting: str) -> Fields:
        return policies.holding(setting, path, groups)

    return SecondStepPolicy(
        id=f"{target.unit}/{target.group}" if target.group else target.unit,
        name=f"groups/{target.group} in {path}" if target.group else path,
        everybody=path == ROOT and not target.group,
        may_enrol=look(lambda: value(ENROLMENT).flag("allowEnrollment")),
        enforced_from=look(lambda: _from(value(ENFORCEMENT).moment("enforcedFrom"))),
        new_people_days=look(lambda: _days(value(GRACE), "enrollmentGracePeriod")),
        methods=look(lambda: methods_of(value(METHODS))),
        trusts_devices=look(lambda: value(TRUST).flag("allowTrustingDevice")),
        suspended_days=look(lambda: _days(value(CODES), "backupCodeExceptionPeriod")),
    )


def _from(said: datetime) -> datetime | None:
    return None if said == NEVER else said


def _days(value: Fields, name: str) -> int:
    return -(-seconds(value, name) // SECONDS_OF_DAY)
